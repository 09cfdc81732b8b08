//! The side tables: generic rows under a partition key and a sort key.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::rows::SideRow;
use engine::ports::{Page, PageAsk, PortError, Rows, Table, When};
use serde_dynamo::to_attribute_value;

use super::{DynamoStore, cursor, decode, limit, text};
use crate::error::{condition_held, failed, unexpected, unreadable};

impl Rows for DynamoStore {
    async fn get(&self, table: Table, pk: &str, sk: &str) -> Result<Option<SideRow>, PortError> {
        let answer = self
            .client
            .get_item()
            .table_name(self.side_table(table))
            .key("pk", text(pk))
            .key("sk", text(sk))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("read a row"))?;
        answer.item.map(|item| row("read a row", decode("read a row", item)?)).transpose()
    }

    async fn get_many(&self, table: Table, keys: &[(String, String)]) -> Result<Vec<SideRow>, PortError> {
        let keys: BTreeSet<&(String, String)> = keys.iter().collect();
        let keys = keys.into_iter().map(|(pk, sk)| vec![("pk", pk.clone()), ("sk", sk.clone())]).collect();
        let found = self.read_batch("read rows", &self.side_table(table), keys).await?;
        found.into_iter().map(|item| row("read rows", item)).collect()
    }

    async fn put(&self, table: Table, row: SideRow, when: When) -> Result<bool, PortError> {
        let put = self.client.put_item().table_name(self.side_table(table));
        let put = put.set_item(Some(item("write a row", row)?));
        let Condition { expression, names, values } = when.into();
        let put = put.set_condition_expression(expression.map(str::to_owned));
        let put = put.set_expression_attribute_names(names).set_expression_attribute_values(values);
        condition_held("write a row", put.send().await)
    }

    async fn query(
        &self,
        table: Table,
        pk: &str,
        prefix: &str,
        page: PageAsk,
    ) -> Result<Page<SideRow>, PortError> {
        let mut query = self
            .client
            .query()
            .table_name(self.side_table(table))
            .consistent_read(true)
            .set_limit(limit(page.limit))
            .expression_attribute_values(":pk", text(pk));
        query = if prefix.is_empty() {
            query.key_condition_expression("pk = :pk")
        } else {
            query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix))
        };
        if let Some(after) = &page.after {
            let [sk] = cursor::read(after)?;
            if sk.is_empty() || !sk.starts_with(prefix) {
                return Err(cursor::foreign());
            }
            query = query.exclusive_start_key("pk", text(pk)).exclusive_start_key("sk", text(sk));
        }
        let answer = query.send().await.map_err(failed("list rows"))?;
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| row("list rows", decode("list rows", item)?))
            .collect::<Result<_, _>>()?;
        let next = match answer.last_evaluated_key {
            None => None,
            Some(last) => {
                let sk = last.get("sk").and_then(|it| it.as_s().ok());
                Some(cursor::write(&[
                    sk.ok_or_else(|| unexpected("list rows", "the last key has no sort key"))?
                ]))
            }
        };
        Ok(Page { items, next })
    }

    async fn delete_when(&self, table: Table, pk: &str, sk: &str, when: When) -> Result<bool, PortError> {
        let delete = self.client.delete_item().table_name(self.side_table(table));
        let delete = delete.key("pk", text(pk)).key("sk", text(sk));
        let Condition { expression, names, values } = when.into();
        let delete = delete.set_condition_expression(expression.map(str::to_owned));
        let delete = delete.set_expression_attribute_names(names).set_expression_attribute_values(values);
        condition_held("delete a row", delete.send().await)
    }
}

/// The condition of a write, as the SDK takes it.
#[expect(clippy::disallowed_types, reason = "the SDK's own shape")]
struct Condition {
    expression: Option<&'static str>,
    names: Option<std::collections::HashMap<String, String>>,
    values: Option<Item>,
}

impl From<When> for Condition {
    fn from(when: When) -> Self {
        match when {
            When::Always => Self { expression: None, names: None, values: None },
            When::Absent => Self { expression: Some("attribute_not_exists(pk)"), names: None, values: None },
            When::Is { attribute, value } => Self {
                expression: Some("#attribute = :value"),
                names: Some([("#attribute".to_owned(), attribute.to_owned())].into()),
                values: Some([(":value".to_owned(), text(value))].into()),
            },
        }
    }
}

/// An item as the SDK takes it.
#[expect(clippy::disallowed_types, reason = "the SDK's own shape")]
pub(super) type Item = std::collections::HashMap<String, AttributeValue>;

/// Puts the keys among the attributes.
pub(super) fn item(operation: &'static str, row: SideRow) -> Result<Item, PortError> {
    let mut item = Item::from([("pk".to_owned(), text(row.pk)), ("sk".to_owned(), text(row.sk))]);
    for (name, value) in row.attributes {
        item.insert(name, to_attribute_value(value).map_err(unreadable(operation))?);
    }
    Ok(item)
}

/// Takes the keys out of the attributes.
fn row(
    operation: &'static str,
    mut attributes: BTreeMap<String, serde_json::Value>,
) -> Result<SideRow, PortError> {
    let mut key = |name| match attributes.remove(name) {
        Some(serde_json::Value::String(key)) => Ok(key),
        _ => Err(unexpected(operation, "a row has no readable key")),
    };
    let (pk, sk) = (key("pk")?, key("sk")?);
    Ok(SideRow { pk, sk, attributes })
}
