//! DynamoDB: the embedded engine, and the ways in which the real one answers less than was asked.

use dynoxide::Database;
use hyper::body::Bytes;
use local::dynoxide::respond;
use serde_json::{Value, json};

use super::{Answer, Call};

/// A cut page holds at most this many items.
const CUT: u64 = 2;

/// What the engine answers.
pub(super) fn answer(database: &Database, call: &Call) -> Answer {
    let (status, body) = respond(database, &call.operation, &call.body);
    Answer { status, body }
}

/// A write that crossed another one: a transaction is cancelled, a single write is refused.
pub(super) fn conflict(call: &Call) -> Answer {
    let body = if call.is("TransactWriteItems") {
        let items = parse(call).get("TransactItems").and_then(Value::as_array).map_or(0, Vec::len);
        let reason = |at: usize| json!({ "Code": if at == 0 { "TransactionConflict" } else { "None" } });
        json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "x",
            "CancellationReasons": (0..items).map(reason).collect::<Vec<_>>(),
        })
    } else {
        json!({ "__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException", "message": "x" })
    };
    Answer { status: 400, body: body.to_string() }
}

/// Reads the first half of the keys of each table, and says which it left.
pub(super) fn leave_aside(database: &Database, call: &Call) -> (Answer, bool) {
    let mut asked = parse(call);
    let mut left = json!({});
    for (table, wanted) in asked["RequestItems"].as_object_mut().into_iter().flatten() {
        let Some(keys) = wanted["Keys"].as_array_mut() else { continue };
        let rest = keys.split_off(keys.len().div_ceil(2));
        if !rest.is_empty() {
            left[table] = wanted.clone();
            left[table]["Keys"] = rest.into();
        }
    }
    let mut given = answer(database, &Call { body: Bytes::from(asked.to_string()), ..call.clone() });
    let changed = left.as_object().is_some_and(|it| !it.is_empty());
    if changed && let Ok(mut body) = serde_json::from_str::<Value>(&given.body) {
        body["UnprocessedKeys"] = left;
        given.body = body.to_string();
    }
    (given, changed)
}

/// Answers a short page; whether there is more says whether it was cut.
pub(super) fn cut_page(database: &Database, call: &Call) -> (Answer, bool) {
    let mut asked = parse(call);
    asked["Limit"] = asked["Limit"].as_u64().unwrap_or(CUT).min(CUT).into();
    let given = answer(database, &Call { body: Bytes::from(asked.to_string()), ..call.clone() });
    let more =
        serde_json::from_str::<Value>(&given.body).is_ok_and(|it| it.get("LastEvaluatedKey").is_some());
    (given, more)
}

/// Answers a page of an index that lags: every second row is missing, and the first is there again as that of a
/// dossier that does not exist.
pub(super) fn stale(database: &Database, call: &Call) -> (Answer, bool) {
    let mut given = answer(database, call);
    let Ok(mut page) = serde_json::from_str::<Value>(&given.body) else { return (given, false) };
    let Some(rows) = page["Items"].as_array_mut() else { return (given, false) };
    let Some(first) = rows.first() else { return (given, false) };
    let mut ghost = first.clone();
    let territory = first["pk"]["S"].as_str().and_then(|it| it.split('#').next()).unwrap_or_default();
    ghost["pk"] = json!({ "S": format!("{territory}#{NOBODY}") });
    let mut rank = 0;
    rows.retain(|_| {
        rank += 1;
        rank % 2 == 1
    });
    rows.push(ghost);
    given.body = page.to_string();
    (given, true)
}

/// The dossier of nobody.
const NOBODY: &str = "00000000-0000-4000-8000-00000000dead";

fn parse(call: &Call) -> Value {
    serde_json::from_slice(&call.body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "essai";

    fn database() -> Database {
        let database = Database::memory().unwrap();
        let table = json!({
            "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"},
            ],
        });
        assert_eq!(respond(&database, "CreateTable", table.to_string().as_bytes()).0, 200);
        for number in 0..5 {
            let put =
                json!({"TableName": TABLE, "Item": {"pk": {"S": "a"}, "sk": {"S": number.to_string()}}});
            assert_eq!(respond(&database, "PutItem", put.to_string().as_bytes()).0, 200);
        }
        database
    }

    fn query() -> Call {
        let query = json!({
            "TableName": TABLE, "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "a"}},
        });
        Call::of("Query", &query.to_string())
    }

    #[test]
    fn a_cut_page_says_where_to_go_on() {
        let (given, cut) = cut_page(&database(), &query());
        let body: Value = serde_json::from_str(&given.body).unwrap();
        assert!(cut);
        assert_eq!(body["Items"].as_array().unwrap().len(), 2);
        assert_eq!(body["LastEvaluatedKey"]["sk"]["S"], "1");
    }

    #[test]
    fn an_index_that_lags_misses_rows_and_has_a_ghost() {
        let (given, changed) = stale(&database(), &query());
        let body: Value = serde_json::from_str(&given.body).unwrap();
        let keys: Vec<&str> =
            body["Items"].as_array().unwrap().iter().filter_map(|it| it["pk"]["S"].as_str()).collect();
        assert!(changed);
        assert_eq!(keys, ["a", "a", "a", &format!("a#{NOBODY}")]);
    }

    #[test]
    fn keys_left_aside_are_named() {
        let key = |number: u32| json!({"pk": {"S": "a"}, "sk": {"S": number.to_string()}});
        let ask =
            json!({"RequestItems": {TABLE: {"ConsistentRead": true, "Keys": [key(0), key(1), key(2)]}}});
        let (given, changed) = leave_aside(&database(), &Call::of("BatchGetItem", &ask.to_string()));
        let body: Value = serde_json::from_str(&given.body).unwrap();
        assert!(changed);
        assert_eq!(body["Responses"][TABLE].as_array().unwrap().len(), 2);
        assert_eq!(body["UnprocessedKeys"][TABLE], json!({"ConsistentRead": true, "Keys": [key(2)]}));
    }
}
