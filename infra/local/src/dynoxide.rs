//! DynamoDB in this process: the SDK's requests answered by an embedded engine, without a socket.

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What the SDK writes before the name of an operation.
const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// Opens the database file, or creates it.
///
/// A write that was acknowledged survives the death of the process, not a power cut: on the machine of somebody who
/// tries or develops, the difference is a factor of three in speed.
pub fn open(path: &std::path::Path) -> dynoxide::Result<Database> {
    let database = Database::new(&path.to_string_lossy())?;
    // The only public way to ask for `synchronous = NORMAL`.
    database.disable_bulk_loading()?;
    Ok(database)
}

/// An HTTP client for the SDK whose server is this database.
pub fn http_client(database: Database) -> SharedHttpClient {
    SharedHttpClient::new(InProcess { connector: SharedHttpConnector::new(Connector(database)) })
}

#[derive(Debug)]
struct InProcess {
    connector: SharedHttpConnector,
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.connector.clone()
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("dynoxide", None))
    }
}

struct Connector(Database);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dynoxide::Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let database = self.0.clone();
        HttpConnectorFuture::new(async move {
            let answer = tokio::task::spawn_blocking(move || answer(&database, &request));
            // A panic of the engine is one request's failure; the SDK tries again.
            let (status, body) = answer.await.map_err(|it| ConnectorError::other(it.into(), None))?;
            let status = StatusCode::try_from(status).map_err(|it| ConnectorError::other(it.into(), None))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        })
    }
}

/// The status and the body of the answer, as DynamoDB would give them.
fn answer(database: &Database, request: &HttpRequest) -> (u16, String) {
    let operation = request.headers().get("x-amz-target").and_then(|it| it.strip_prefix(TARGET_PREFIX));
    let result = match (operation, request.body().bytes()) {
        (Some(operation), Some(body)) => dispatch(database, operation, body),
        _ => Err(unknown_operation()),
    };
    match result {
        Ok(body) => (200, body),
        Err(error) => (error.status_code(), error.to_json()),
    }
}

fn dispatch(db: &Database, operation: &str, body: &[u8]) -> dynoxide::Result<String> {
    match operation {
        "BatchGetItem" => run(body, |it| db.batch_get_item(it)),
        "BatchWriteItem" => run(body, |it| db.batch_write_item(it)),
        "CreateTable" => run(body, |it| db.create_table(it)),
        "DeleteItem" => run(body, |it| db.delete_item(it)),
        "DeleteTable" => run(body, |it| db.delete_table(it)),
        "DescribeTable" => run(body, |it| db.describe_table(it)),
        "DescribeTimeToLive" => run(body, |it| db.describe_time_to_live(it)),
        "GetItem" => run(body, |it| db.get_item(it)),
        "ListTables" => run(body, |it| db.list_tables(it)),
        "PutItem" => run(body, |it| db.put_item(it)),
        "Query" => run(body, |it| db.query(it)),
        "Scan" => run(body, |it| db.scan(it)),
        "TransactGetItems" => run(body, |it| db.transact_get_items(it)),
        "TransactWriteItems" => run(body, |it| db.transact_write_items(it)),
        "UpdateItem" => run(body, |it| db.update_item(it)),
        "UpdateTable" => run(body, |it| db.update_table(it)),
        "UpdateTimeToLive" => run(body, |it| db.update_time_to_live(it)),
        _ => Err(unknown_operation()),
    }
}

/// Reads the request, runs it, writes the response.
fn run<Request: DeserializeOwned, Response: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Request) -> dynoxide::Result<Response>,
) -> dynoxide::Result<String> {
    let request = serde_json::from_slice(body).map_err(|it| unreadable(&it))?;
    serde_json::to_string(&operation(request)?)
        .map_err(|it| DynoxideError::InternalServerError(it.to_string()))
}

/// What DynamoDB says of a request it cannot read: a value that is refused, or JSON of another shape.
/// The engine marks its own refusals with a word that must not reach the wire.
fn unreadable(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    match text.strip_prefix("VALIDATION:").or_else(|| text.strip_prefix("VALIDATION_REQUEST:")) {
        Some(refusal) => DynoxideError::ValidationException(refusal.to_owned()),
        None => DynoxideError::SerializationException(text),
    }
}

fn unknown_operation() -> DynoxideError {
    DynoxideError::SerializationException("UnknownOperationException".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let db = database();
        let (status, _) =
            ask(&db, "PutItem", &json!({"TableName": "essai", "Item": {"pk": {"S": "a"}, "n": {"N": "1"}}}));
        assert_eq!(status, 200);
        let (_, body) = ask(&db, "GetItem", &json!({"TableName": "essai", "Key": {"pk": {"S": "a"}}}));
        assert_eq!(body["Item"]["n"], json!({"N": "1"}));
    }

    #[test]
    fn a_condition_that_fails_answers_400_with_the_exception_s_name() {
        let db = database();
        let put = json!({
            "TableName": "essai", "Item": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(pk)",
        });
        ask(&db, "PutItem", &put);
        let (status, body) = ask(&db, "PutItem", &put);
        assert_eq!(status, 400);
        assert_eq!(body["__type"], "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException");
    }

    #[test]
    fn a_cancelled_transaction_gives_one_reason_per_item() {
        let db = database();
        ask(&db, "PutItem", &json!({"TableName": "essai", "Item": {"pk": {"S": "a"}}}));
        let put = |pk: &str| {
            json!({"Put": {
                "TableName": "essai", "Item": {"pk": {"S": pk}}, "ConditionExpression": "attribute_not_exists(pk)",
            }})
        };
        let (status, body) = ask(&db, "TransactWriteItems", &json!({"TransactItems": [put("b"), put("a")]}));
        assert_eq!(status, 400);
        assert_eq!(body["__type"], "com.amazonaws.dynamodb.v20120810#TransactionCanceledException");
        assert_eq!(body["CancellationReasons"][0]["Code"], "None");
        assert_eq!(body["CancellationReasons"][1]["Code"], "ConditionalCheckFailed");
        let (_, body) = ask(&db, "GetItem", &json!({"TableName": "essai", "Key": {"pk": {"S": "b"}}}));
        assert!(body.get("Item").is_none(), "nothing was written");
    }

    #[test]
    fn an_unknown_operation_is_refused() {
        let (status, body) = ask(&database(), "Invented", &json!({}));
        assert_eq!(status, 400);
        assert_eq!(body["__type"], "com.amazon.coral.service#SerializationException");
    }

    #[test]
    fn a_request_of_the_wrong_shape_is_refused() {
        let (status, _) = ask(&database(), "GetItem", &json!({"TableName": 12}));
        assert_eq!(status, 400);
    }

    #[test]
    fn what_was_written_is_there_when_the_file_is_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dynamo.sqlite");
        let db = open(&path).unwrap();
        create(&db);
        ask(&db, "PutItem", &json!({"TableName": "essai", "Item": {"pk": {"S": "a"}}}));
        drop(db);
        let db = open(&path).unwrap();
        let (_, body) = ask(&db, "GetItem", &json!({"TableName": "essai", "Key": {"pk": {"S": "a"}}}));
        assert_eq!(body["Item"]["pk"]["S"], "a");
    }

    fn ask(db: &Database, operation: &str, body: &Value) -> (u16, Value) {
        let mut request = HttpRequest::new(SdkBody::from(body.to_string()));
        request.headers_mut().insert("x-amz-target", format!("{TARGET_PREFIX}{operation}"));
        let (status, body) = answer(db, &request);
        (status, serde_json::from_str(&body).unwrap())
    }

    fn database() -> Database {
        let db = Database::memory().unwrap();
        create(&db);
        db
    }

    fn create(db: &Database) {
        let (status, body) = ask(
            db,
            "CreateTable",
            &json!({
                "TableName": "essai",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            }),
        );
        assert_eq!(status, 200, "{body}");
    }
}
