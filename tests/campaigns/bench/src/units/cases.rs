//! The counts checked on cases computed by hand: each says its arithmetic, and fails on another figure.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::price::{self, Consistency, Mode};
use super::request::{self, Ending, Tables, Target};
use super::table::Table;
use super::{Item, size};

/// A table like `dossiers`: one index of keys, one that copies `name` too.
fn table() -> Table {
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let created = json!({
        "TableName": "t",
        "KeySchema": [key("pk", "HASH")],
        "GlobalSecondaryIndexes": [
            {"IndexName": "keys", "KeySchema": [key("a", "HASH"), key("b", "RANGE")],
             "Projection": {"ProjectionType": "KEYS_ONLY"}},
            {"IndexName": "more", "KeySchema": [key("c", "HASH")],
             "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]}},
        ],
    });
    Table::created_by(&created).unwrap()
}

fn tables() -> Tables {
    BTreeMap::from([("t".to_owned(), table())])
}

fn item(value: Value) -> Item {
    let Value::Object(item) = value else { panic!("an item is an object") };
    item
}

/// An item of exactly so many bytes: `pk` 2 + 1, `x` 1, the rest in its text.
fn weighing(bytes: usize) -> Item {
    item(json!({"pk": {"S": "k"}, "x": {"S": "x".repeat(bytes - 4)}}))
}

fn bytes(value: Value) -> u64 {
    size::of_item(&item(value)).unwrap()
}

fn put(before: Option<usize>, after: usize, mode: Mode) -> u64 {
    price::write(before.map(weighing).as_ref(), Some(&weighing(after)), mode).unwrap()
}

fn index(number: usize, before: Option<Value>, after: Option<Value>) -> u64 {
    let table = table();
    let (before, after) = (before.map(item), after.map(item));
    price::index(&table, &table.indexes[number], before.as_ref(), after.as_ref()).unwrap()
}

fn get(bytes: usize, consistency: Consistency) -> u64 {
    price::get(Some(&weighing(bytes)), consistency).unwrap()
}

fn query(sizes: &[usize], consistency: Consistency) -> u64 {
    let items: Vec<Item> = sizes.iter().map(|it| weighing(*it)).collect();
    price::query(&items, consistency).unwrap()
}

#[test]
fn the_bytes_of_an_item_are_its_names_and_its_values() {
    assert_eq!(bytes(json!({"pk": {"S": "abc"}})), 5, "2 + 3");
    assert_eq!(bytes(json!({"pk": {"S": "é€"}})), 7, "2 + 2 bytes of é + 3 bytes of €");
    assert_eq!(bytes(json!({"n": {"N": "7"}})), 3, "1 + (1 figure: 1) + 1");
    assert_eq!(bytes(json!({"n": {"N": "1234"}})), 4, "1 + (4 figures: 2) + 1");
    assert_eq!(bytes(json!({"n": {"N": "12345"}})), 5, "1 + (5 figures: 3) + 1");
    assert_eq!(bytes(json!({"n": {"N": "1200"}})), 3, "1 + (12, the zeros weigh nothing: 1) + 1");
    assert_eq!(bytes(json!({"n": {"N": "0.0012"}})), 3, "1 + (12: 1) + 1");
    assert_eq!(bytes(json!({"n": {"N": "-12"}})), 4, "1 + (12: 1) + 1 + 1 of sign");
    assert_eq!(bytes(json!({"n": {"N": "0"}})), 2, "1 + (no significant figure: 0) + 1");
    assert_eq!(bytes(json!({"b": {"BOOL": true}})), 2, "1 + 1");
    assert_eq!(bytes(json!({"b": {"NULL": true}})), 2, "1 + 1");
    assert_eq!(bytes(json!({"b": {"B": "AAECAw=="}})), 5, "1 + 4 bytes, whatever their base 64 weighs");
    assert_eq!(bytes(json!({"l": {"L": []}})), 4, "1 + 3");
    assert_eq!(bytes(json!({"l": {"L": [{"S": "ab"}, {"S": "c"}]}})), 9, "1 + 3 + (1 + 2) + (1 + 1)");
    assert_eq!(bytes(json!({"m": {"M": {}}})), 4, "1 + 3");
    assert_eq!(bytes(json!({"m": {"M": {"ab": {"S": "cd"}}}})), 9, "1 + 3 + (1 + 2 + 2)");
    let nested = json!({"m": {"M": {"l": {"L": [{"BOOL": false}]}}}});
    assert_eq!(bytes(nested), 11, "1 + 3 + (1 + 1 + (3 + (1 + 1)))");
    assert_eq!(bytes(json!({"s": {"SS": ["ab", "c"]}})), 4, "1 + 2 + 1");
    assert_eq!(
        size::of_item(&item(json!({"s": {"?": "x"}}))),
        None,
        "an unknown type is not counted as nothing"
    );
}

#[test]
fn a_write_is_rounded_up_to_the_kilobyte() {
    assert_eq!(put(None, 3_584, Mode::Alone), 4, "3.5 KB: 4");
    assert_eq!(put(None, 1_024, Mode::Alone), 1, "1 KB to the byte: 1");
    assert_eq!(put(None, 1_025, Mode::Alone), 2, "one byte more: 2");
    assert_eq!(put(None, 100, Mode::Alone), 1, "never less than 1");
}

#[test]
fn a_write_over_an_item_is_billed_by_the_larger_of_the_two() {
    assert_eq!(put(Some(2_500), 900, Mode::Alone), 3, "2.5 KB before, 0.9 KB after: 3");
    assert_eq!(put(Some(900), 2_500, Mode::Alone), 3, "and the other way: 3");
    let deleted = price::write(Some(&weighing(2_500)), None, Mode::Alone);
    assert_eq!(deleted, Some(3), "a delete by what is deleted: 2.5 KB, 3");
    assert_eq!(price::write(None, None, Mode::Alone), Some(1), "a delete of nothing: 1");
}

#[test]
fn a_transaction_writes_twice() {
    assert_eq!(put(None, 3_072, Mode::Transaction), 6, "3 KB: 3 × 2");
    assert_eq!(put(None, 1_025, Mode::Transaction), 4, "rounded first: 2 × 2");
    assert_eq!(put(Some(2_500), 900, Mode::Transaction), 6, "the larger of the two: 3 × 2");
}

#[test]
fn a_condition_that_does_not_hold_is_billed_all_the_same() {
    assert_eq!(price::refused(Some(&weighing(2_500)), Mode::Alone), Some(3), "by what is there: 2.5 KB, 3");
    assert_eq!(price::refused(None, Mode::Alone), Some(1), "nothing there: 1");
    assert_eq!(price::refused(Some(&weighing(500)), Mode::Transaction), Some(2), "in a transaction: 1 × 2");
}

#[test]
fn an_index_is_written_only_when_its_copy_changes() {
    let at = |b: &str, x: &str| json!({"pk": {"S": "k"}, "a": {"S": "1"}, "b": {"S": b}, "x": {"S": x}});
    assert_eq!(index(0, None, Some(at("1", ""))), 1, "a new entry: 1");
    assert_eq!(index(0, Some(at("1", "")), Some(at("1", "other"))), 0, "what is not copied: 0");
    assert_eq!(index(0, Some(at("1", "")), Some(at("2", ""))), 2, "another key: a delete and a put, 1 + 1");
    assert_eq!(index(0, Some(at("1", "")), None), 1, "the item is deleted: 1");
    let out = json!({"pk": {"S": "k"}, "a": {"S": "1"}});
    assert_eq!(index(0, Some(at("1", "")), Some(out.clone())), 1, "it leaves a sparse index: 1");
    assert_eq!(index(0, Some(out.clone()), Some(at("1", ""))), 1, "it enters it: 1");
    assert_eq!(index(0, Some(out.clone()), Some(out)), 0, "it was not in it and is not: 0");
}

#[test]
fn an_index_that_copies_more_is_billed_by_what_it_copies() {
    let named = |c: &str, name: usize, x: usize| {
        let (name, x) = ("n".repeat(name), "x".repeat(x));
        json!({"pk": {"S": "k"}, "c": {"S": c}, "name": {"S": name}, "x": {"S": x}})
    };
    assert_eq!(index(1, None, Some(named("1", 100, 9_000))), 1, "9 KB that are not copied: 1");
    assert_eq!(index(1, None, Some(named("1", 1_500, 0))), 2, "pk 3 + c 2 + name 1,504: 2");
    let renamed = index(1, Some(named("1", 100, 0)), Some(named("1", 200, 0)));
    assert_eq!(renamed, 1, "a copied attribute changes: 1, not 2");
    let shorter = index(1, Some(named("1", 1_500, 0)), Some(named("1", 100, 0)));
    assert_eq!(shorter, 2, "by the larger of the two copies: 2");
    let moved = index(1, Some(named("1", 1_500, 0)), Some(named("2", 100, 0)));
    assert_eq!(moved, 3, "moved: 2 to delete the old copy, 1 to put the new one");
}

#[test]
fn a_read_is_rounded_up_to_four_kilobytes_and_half_price_when_it_may_be_late() {
    assert_eq!(get(500, Consistency::Strong), 2, "0.5 KB: 1 unit, 2 halves");
    assert_eq!(get(4_097, Consistency::Strong), 4, "4 KB and a byte: 2 units, 4 halves");
    assert_eq!(get(4_097, Consistency::Eventual), 2, "the same, perhaps late: 1 unit, 2 halves");
    assert_eq!(get(500, Consistency::Transaction), 4, "in a transaction: 2 units, 4 halves");
    assert_eq!(price::get(None, Consistency::Strong), Some(2), "nothing there: 1 unit, 2 halves");
    assert_eq!(price::get(None, Consistency::Eventual), Some(1), "nothing there, perhaps late: half a unit");
}

#[test]
fn a_query_sums_then_rounds_and_a_batch_rounds_each() {
    assert_eq!(query(&[1_500, 1_500, 1_500], Consistency::Strong), 4, "4.5 KB: 2 units, 4 halves");
    assert_eq!(query(&[100; 40], Consistency::Eventual), 1, "40 × 100 bytes: 4,000, half a unit");
    assert_eq!(query(&[], Consistency::Eventual), 1, "an empty page: half a unit");
    let asked = json!({"RequestItems": {"t": {"ConsistentRead": true, "Keys": [1, 2, 3, 4]}}});
    let answer = json!({"Responses": {"t": [weighing(500), weighing(5_000)]},
        "UnprocessedKeys": {"t": {"Keys": [4]}}});
    let costs = request::read("BatchGetItem", &asked, &answer).unwrap();
    // 1 unit, 2 units, 1 for the key that leads to nothing, none for the key left aside.
    assert_eq!(costs[0].1.half_reads, 8, "(1 + 2 + 1) × 2");
}

#[test]
fn items_read_in_a_transaction_are_each_read_twice() {
    let asked = json!({"TransactItems": [{"Get": {"TableName": "t"}}, {"Get": {"TableName": "t"}}]});
    let answer = json!({"Responses": [{"Item": weighing(5_000)}, {}]});
    let costs = request::read("TransactGetItems", &asked, &answer).unwrap();
    let halves: Vec<u64> = costs.iter().map(|(_, it)| it.half_reads).collect();
    assert_eq!(halves, [8, 4], "2 units × 2, then nothing there: 1 × 2");
}

#[test]
fn a_transaction_of_an_item_and_a_counter_is_billed_for_both_and_its_index_once() {
    let at = |b: &str| {
        item(json!({"pk": {"S": "k"}, "a": {"S": "1"}, "b": {"S": b}, "x": {"S": "x".repeat(1_200)}}))
    };
    let target = || Target { table: "t".into(), key: item(json!({"pk": {"S": "k"}})) };
    let images =
        [(target(), Some(at("1")), Some(at("2"))), (target(), Some(weighing(200)), Some(weighing(200)))];
    let costs = request::written("TransactWriteItems", &images, Ending::Done, &tables()).unwrap();
    let units: Vec<(&str, u64)> = costs.iter().map(|(name, it)| (name.as_str(), it.writes)).collect();
    // 1.2 KB twice: 2 × 2. The index is moved once the transaction is committed: 1 + 1. The counter: 1 × 2.
    assert_eq!(units, [("t", 4), ("t/keys", 2), ("t", 2)]);
    let refused = request::written("TransactWriteItems", &images, Ending::Refused, &tables()).unwrap();
    assert_eq!(refused.iter().map(|(_, it)| it.writes).sum::<u64>(), 6, "2 × 2 + 1 × 2, and no index");
    let failed = request::written("TransactWriteItems", &images, Ending::Failed, &tables()).unwrap();
    assert!(failed.is_empty(), "what was not carried out is not billed");
}

#[test]
fn a_request_that_nobody_taught_is_not_counted_as_nothing() {
    assert!(request::read("ExecuteStatement", &json!({}), &json!({})).is_none());
    let cut = json!({"TableName": "t", "ProjectionExpression": "pk"});
    assert!(
        request::read("Query", &cut, &json!({"Items": []})).is_none(),
        "what is left out is read all the same"
    );
    let unknown = json!({"TransactItems": [{"Other": {}}]});
    assert!(request::targets("TransactWriteItems", &unknown, &tables()).is_none());
}

#[test]
fn a_batch_of_messages_is_one_request_for_each_64_kilobytes() {
    use super::sqs::Queues;
    assert_eq!(Queues::requests(0), 1, "a receive or a delete: 1");
    assert_eq!(Queues::requests(10 * 600), 1, "ten messages of 600 bytes: 1");
    assert_eq!(Queues::requests(65_536), 1, "64 KB to the byte: 1");
    assert_eq!(Queues::requests(65_537), 2, "one byte more: 2");
}
