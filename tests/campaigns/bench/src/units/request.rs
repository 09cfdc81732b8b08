//! What a request to DynamoDB touches, and what it is billed once its answer is known.

use std::collections::BTreeMap;

use serde_json::Value;

use super::price::{self, Consistency, Mode};
use super::table::Table;
use super::{Item, Line, size};

/// The tables that exist.
pub(super) type Tables = BTreeMap<String, Table>;

/// One item that a request writes, or checks in a transaction.
#[derive(Debug)]
pub(super) struct Target {
    /// The table.
    pub(super) table: String,
    /// The item's key.
    pub(super) key: Item,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was done.
    Done,
    /// A condition did not hold: nothing was written, and it is billed.
    Refused,
    /// It was not carried out, and is not billed.
    Failed,
}

impl Ending {
    /// Reads the status and the body of an answer.
    pub(super) fn of(status: u16, answer: &Value) -> Self {
        let kind = answer.get("__type").and_then(Value::as_str).unwrap_or_default();
        let refused = ["ConditionalCheckFailedException", "TransactionCanceledException"];
        match status {
            200 => Self::Done,
            _ if refused.iter().any(|it| kind.ends_with(it)) => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// What a request costs, per table or index. `None` when it is a request that nobody taught this module to count.
pub(super) type Costs = Option<Vec<(String, Line)>>;

/// The items that a request writes; empty when it writes none, `None` when it cannot be told.
pub(super) fn targets(operation: &str, request: &Value, tables: &Tables) -> Option<Vec<Target>> {
    match operation {
        "PutItem" => Some(vec![put(request, tables)?]),
        "UpdateItem" | "DeleteItem" => Some(vec![keyed(request)?]),
        "TransactWriteItems" => {
            let items = request.get("TransactItems")?.as_array()?;
            items.iter().map(|it| transacted(it, tables)).collect()
        }
        "BatchWriteItem" => {
            let mut all = Vec::new();
            for (table, writes) in request.get("RequestItems")?.as_object()? {
                for write in writes.as_array()? {
                    all.push(batched(table, write, tables)?);
                }
            }
            Some(all)
        }
        _ => Some(Vec::new()),
    }
}

/// The cost of written items, each as it was before and as it is after.
pub(super) fn written(
    operation: &str,
    images: &[(Target, Option<Item>, Option<Item>)],
    ending: Ending,
    tables: &Tables,
) -> Costs {
    let mode = if operation == "TransactWriteItems" { Mode::Transaction } else { Mode::Alone };
    let mut costs = Vec::new();
    for (target, before, after) in images {
        let (before, after) = (before.as_ref(), after.as_ref());
        let largest = after.map_or(Some(0), size::of_item)?;
        let line = |writes| Line { writes, largest, ..Line::default() };
        match ending {
            Ending::Failed => {}
            Ending::Refused => costs.push((target.table.clone(), line(price::refused(before, mode)?))),
            Ending::Done => {
                costs.push((target.table.clone(), line(price::write(before, after, mode)?)));
                let table = tables.get(&target.table)?;
                for index in &table.indexes {
                    let units = price::index(table, index, before, after)?;
                    if units > 0 {
                        let line = Line { writes: units, ..Line::default() };
                        costs.push((format!("{}/{}", table.name, index.name), line));
                    }
                }
            }
        }
    }
    Some(costs)
}

/// The cost of a read, from what it brought.
pub(super) fn read(operation: &str, request: &Value, answer: &Value) -> Costs {
    let line = |half_reads| Line { half_reads, ..Line::default() };
    let table = || request.get("TableName").and_then(Value::as_str).map(str::to_owned);
    match operation {
        "GetItem" => {
            let item = answer.get("Item").and_then(Value::as_object);
            Some(vec![(table()?, line(price::get(item, consistency(request))?))])
        }
        "Query" | "Scan" => {
            // What is filtered or left out is read all the same, and is not in the answer: it cannot be counted here.
            let cut = ["FilterExpression", "ProjectionExpression", "Select", "QueryFilter", "ScanFilter"];
            if cut.iter().any(|it| request.get(*it).is_some()) {
                return None;
            }
            let index = request.get("IndexName").and_then(Value::as_str);
            let resource = index.map_or_else(table, |index| Some(format!("{}/{index}", table()?)));
            Some(vec![(resource?, line(price::query(&items(answer.get("Items")?)?, consistency(request))?))])
        }
        "BatchGetItem" => batch_get(request, answer),
        "TransactGetItems" => transact_get(request, answer),
        "CreateTable" | "DescribeTable" => Some(Vec::new()),
        _ => None,
    }
}

/// Each item is rounded by itself; a key that leads to nothing is billed, a key left aside is not.
fn batch_get(request: &Value, answer: &Value) -> Costs {
    let mut costs = Vec::new();
    for (table, asked) in request.get("RequestItems")?.as_object()? {
        let found = answer.get("Responses").and_then(|it| it.get(table));
        let found = found.map_or(Some(Vec::new()), items)?;
        let aside = answer.get("UnprocessedKeys").and_then(|it| it.get(table)?.get("Keys")?.as_array());
        let consistency = consistency(asked);
        let keys = asked.get("Keys")?.as_array()?.len();
        let nothing = keys.checked_sub(found.len() + aside.map_or(0, Vec::len))?;
        let mut half_reads = price::get(None, consistency)? * nothing as u64;
        for item in &found {
            half_reads += price::get(Some(item), consistency)?;
        }
        costs.push((table.clone(), Line { half_reads, ..Line::default() }));
    }
    Some(costs)
}

/// Each item by itself, read twice.
fn transact_get(request: &Value, answer: &Value) -> Costs {
    let asked = request.get("TransactItems")?.as_array()?;
    let found = answer.get("Responses")?.as_array()?;
    let one = |(asked, found): (&Value, &Value)| {
        let table = asked.get("Get")?.get("TableName")?.as_str()?.to_owned();
        let item = found.get("Item").and_then(Value::as_object);
        let half_reads = price::get(item, Consistency::Transaction)?;
        Some((table, Line { half_reads, ..Line::default() }))
    };
    asked.iter().zip(found).map(one).collect()
}

fn consistency(request: &Value) -> Consistency {
    match request.get("ConsistentRead").and_then(Value::as_bool) {
        Some(true) => Consistency::Strong,
        Some(false) | None => Consistency::Eventual,
    }
}

fn items(list: &Value) -> Option<Vec<Item>> {
    list.as_array()?.iter().map(|it| it.as_object().cloned()).collect()
}

fn put(request: &Value, tables: &Tables) -> Option<Target> {
    let table = request.get("TableName")?.as_str()?;
    let key = tables.get(table)?.key_of(request.get("Item")?.as_object()?);
    Some(Target { table: table.to_owned(), key })
}

fn keyed(request: &Value) -> Option<Target> {
    let table = request.get("TableName")?.as_str()?.to_owned();
    Some(Target { table, key: request.get("Key")?.as_object()?.clone() })
}

fn transacted(item: &Value, tables: &Tables) -> Option<Target> {
    let (kind, write) = item.as_object()?.iter().find(|(_, it)| !it.is_null())?;
    match kind.as_str() {
        "Put" => put(write, tables),
        "Update" | "Delete" | "ConditionCheck" => keyed(write),
        _ => None,
    }
}

fn batched(table: &str, write: &Value, tables: &Tables) -> Option<Target> {
    let key = match (write.get("PutRequest"), write.get("DeleteRequest")) {
        (Some(put), None) => tables.get(table)?.key_of(put.get("Item")?.as_object()?),
        (None, Some(delete)) => delete.get("Key")?.as_object()?.clone(),
        _ => return None,
    };
    Some(Target { table: table.to_owned(), key })
}
