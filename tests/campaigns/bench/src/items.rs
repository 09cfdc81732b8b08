//! The items of a store as plain JSON, read and written without fault, beside the functions.

use std::collections::BTreeMap;

use dynoxide::Database;
use local::dynoxide::respond;
use serde_json::{Map, Value, json};

use crate::cloud::PREFIX;

/// The tables, without their prefix.
pub const TABLES: [&str; 10] = [
    "dossiers",
    "personnes",
    "reponses",
    "acces",
    "referents",
    "carnets",
    "envois",
    "cles",
    "balayages",
    "cadres",
];

/// An operation on the store failed; it never should.
#[derive(Debug, thiserror::Error)]
#[error("the store answered {status} to {operation}: {body}")]
pub struct StoreError {
    operation: String,
    status: u16,
    body: String,
}

impl StoreError {
    /// Whether the condition of a write did not hold.
    pub fn is_condition(&self) -> bool {
        self.body.contains("ConditionalCheckFailedException")
    }
}

/// Does one operation of DynamoDB.
pub fn ask(database: &Database, operation: &str, request: &Value) -> Result<Value, StoreError> {
    let (status, body) = respond(database, operation, request.to_string().as_bytes());
    if status == 200 {
        return Ok(serde_json::from_str(&body).unwrap_or_default());
    }
    Err(StoreError { operation: operation.to_owned(), status, body })
}

/// Every item of a table, as DynamoDB writes them.
pub fn raw(database: &Database, table: &str) -> Result<Vec<Value>, StoreError> {
    let mut items = Vec::new();
    let mut request = json!({ "TableName": format!("{PREFIX}{table}"), "ConsistentRead": true });
    loop {
        let mut page = ask(database, "Scan", &request)?;
        if let Some(found) = page["Items"].as_array_mut() {
            items.append(found);
        }
        match page.get("LastEvaluatedKey") {
            Some(last) => request["ExclusiveStartKey"] = last.clone(),
            None => return Ok(items),
        }
    }
}

/// Every item of a table, in plain JSON.
pub fn plain(database: &Database, table: &str) -> Result<Vec<Value>, StoreError> {
    Ok(raw(database, table)?.iter().map(plain_item).collect())
}

/// One item by its partition key, in plain JSON; null when it is not there.
pub fn one(database: &Database, table: &str, pk: &str) -> Result<Value, StoreError> {
    let key = json!({ "pk": { "S": pk } });
    let request = json!({ "TableName": format!("{PREFIX}{table}"), "Key": key, "ConsistentRead": true });
    Ok(ask(database, "GetItem", &request)?.get("Item").map(plain_item).unwrap_or_default())
}

/// Every item of every table, as DynamoDB writes them: a photograph.
pub type Photograph = BTreeMap<&'static str, Vec<Value>>;

/// Takes the photograph of these tables.
pub fn photograph(database: &Database, tables: &[&'static str]) -> Result<Photograph, StoreError> {
    tables
        .iter()
        .map(|table| {
            let mut items = raw(database, table)?;
            items.sort_by_key(|it| (text(&it["pk"]), text(&it["sk"])));
            Ok((*table, items))
        })
        .collect()
}

/// Puts these tables back as they were.
pub fn restore(database: &Database, photograph: &Photograph) -> Result<(), StoreError> {
    for (table, items) in photograph {
        let name = format!("{PREFIX}{table}");
        let now = raw(database, table)?;
        for item in now.iter().filter(|item| !items.iter().any(|it| key(it) == key(item))) {
            ask(database, "DeleteItem", &json!({ "TableName": name, "Key": key(item) }))?;
        }
        for item in items.iter().filter(|item| !now.contains(item)) {
            ask(database, "PutItem", &json!({ "TableName": name, "Item": item }))?;
        }
    }
    Ok(())
}

fn key(item: &Value) -> Value {
    let mut key = json!({ "pk": item["pk"] });
    if let Some(sk) = item.get("sk") {
        key["sk"] = sk.clone();
    }
    key
}

fn text(attribute: &Value) -> String {
    attribute["S"].as_str().unwrap_or_default().to_owned()
}

fn plain_item(item: &Value) -> Value {
    let attributes = item.as_object().into_iter().flatten();
    Value::Object(attributes.map(|(name, value)| (name.clone(), plain_value(value))).collect::<Map<_, _>>())
}

fn plain_value(attribute: &Value) -> Value {
    let Some((kind, value)) = attribute.as_object().and_then(|it| it.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), value) {
        ("N", Value::String(number)) => serde_json::from_str(number).unwrap_or_default(),
        ("M", map) => plain_item(map),
        ("L", Value::Array(list)) => list.iter().map(plain_value).collect(),
        ("NULL", _) => Value::Null,
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_reads_as_plain_json() {
        let item = json!({
            "pk": {"S": "a"}, "n": {"N": "12"}, "m": {"M": {"b": {"BOOL": true}, "l": {"L": [{"NULL": true}]}}},
        });
        assert_eq!(plain_item(&item), json!({"pk": "a", "n": 12, "m": {"b": true, "l": [null]}}));
    }
}
