//! DynamoDB in this process: the SDK's requests answered by an embedded engine, without a socket.

use std::path::Path;

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

mod client;
pub use client::{Watch, http_client, watched_http_client};

/// The engine: a connection that writes, and one that reads.
///
/// The engine lets one write at a time, and lets others read meanwhile: each read sees everything that was acknowledged
/// before it began.
pub struct Engine {
    writer: Database,
    reader: Database,
}

impl From<Database> for Engine {
    /// One connection for both: a database in memory has no other.
    fn from(database: Database) -> Self {
        Self { reader: database.clone(), writer: database }
    }
}

/// Opens the database file, or creates it.
///
/// A write that was acknowledged survives the death of the process, not a power cut: on the machine of somebody who
/// tries or develops, the difference is a factor of three in speed.
pub fn open(path: &Path) -> dynoxide::Result<Engine> {
    let connect = || -> dynoxide::Result<Database> {
        let database = Database::new(&path.to_string_lossy())?;
        // The only public way to ask for `synchronous = NORMAL`.
        database.disable_bulk_loading()?;
        Ok(database)
    };
    Ok(Engine { writer: connect()?, reader: connect()? })
}

impl Engine {
    /// Answers a request that writes, in the calling thread: the status and the body, as DynamoDB would give them.
    pub fn write(&self, operation: &str, body: &[u8]) -> (u16, String) {
        respond(&self.writer, operation, body)
    }
}

/// The status and the body of the answer to an operation, as in `PutItem`, as DynamoDB would give them.
pub fn respond(database: &Database, operation: &str, body: &[u8]) -> (u16, String) {
    match dispatch(database, operation, body) {
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
        create(&db.writer);
        ask(&db.writer, "PutItem", &json!({"TableName": "essai", "Item": {"pk": {"S": "a"}}}));
        drop(db);
        let db = open(&path).unwrap();
        let (_, body) = ask(&db.reader, "GetItem", &json!({"TableName": "essai", "Key": {"pk": {"S": "a"}}}));
        assert_eq!(body["Item"]["pk"]["S"], "a");
    }

    #[test]
    fn what_one_connection_was_told_is_written_the_other_reads_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir.path().join("dynamo.sqlite")).unwrap();
        create(&db.writer);
        for n in 0..200 {
            let item = json!({"pk": {"S": "a"}, "n": {"N": n.to_string()}});
            ask(&db.writer, "PutItem", &json!({"TableName": "essai", "Item": item}));
            let (_, body) =
                ask(&db.reader, "GetItem", &json!({"TableName": "essai", "Key": {"pk": {"S": "a"}}}));
            assert_eq!(body["Item"], item);
        }
    }

    fn ask(db: &Database, operation: &str, body: &Value) -> (u16, Value) {
        let (status, body) = respond(db, operation, body.to_string().as_bytes());
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
