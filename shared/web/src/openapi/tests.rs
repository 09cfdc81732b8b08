//! The document against the routes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document;

/// `("get", "/v1/dossiers")` for every JSON route of the router, read in its source: a router does not tell its routes.
fn routes() -> BTreeSet<(String, String)> {
    let source = include_str!("../router.rs");
    let mut found = BTreeSet::new();
    for line in source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let Some((path, handlers)) = line.split_once('"') else { continue };
        if !path.starts_with("/v1") && path != "/sante" {
            continue;
        }
        for method in ["get", "put", "post", "delete", "patch"] {
            if handlers.contains(&format!("{method}(")) {
                found.insert((method.to_owned(), path.to_owned()));
            }
        }
    }
    found
}

fn json() -> Value {
    serde_json::to_value(document()).unwrap()
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let document = json();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(described, routes());
    assert!(described.len() > 18);
}

#[test]
fn every_reference_leads_to_a_schema() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|it| references(it, found));
            }
            Value::Array(list) => list.iter().for_each(|it| references(it, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = json();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_document_says_who_may_ask_and_how_every_operation_says_no() {
    let document = json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["components"]["securitySchemes"]["jeton"]["scheme"], "bearer");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("default"), "{method} {path}");
            if operation["security"] == serde_json::json!([{ "jeton": [] }]) {
                assert!(responses.contains_key("401") && responses.contains_key("403"), "{method} {path}");
            }
            if method == "post" {
                let named = |it: &&Value| it["name"] == "Idempotency-Key" && it["required"] == true;
                assert!(operation["parameters"].as_array().unwrap().iter().any(|it| named(&it)), "{path}");
            }
        }
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let ids: BTreeSet<&str> = super::OPERATIONS.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), super::OPERATIONS.len());
}
