//! Pages of the two indexes of dossiers.

use engine::ports::{DossierKey, Page, PageAsk, PortError};

use super::{DynamoStore, cursor, limit, text};
use crate::error::{failed, unexpected};

/// An index of the dossiers and its keys.
pub(super) struct Index {
    operation: &'static str,
    name: &'static str,
    pk: &'static str,
    sk: &'static str,
}

/// By state, the most urgent first.
pub(super) const FILE: Index =
    Index { operation: "read the index of states", name: "file", pk: "file_pk", sk: "file_sk" };

/// By référent, the oldest first.
pub(super) const REFERENT: Index =
    Index { operation: "read a list of a referent", name: "referent", pk: "referent_pk", sk: "referent_sk" };

impl DynamoStore {
    /// A page of an index, in the order of its sort key, up to and including `until`.
    pub(super) async fn read_index(
        &self,
        index: &Index,
        partition: String,
        until: Option<String>,
        ask: PageAsk,
    ) -> Result<Page<DossierKey>, PortError> {
        let mut query = self
            .client
            .query()
            .table_name(self.dossiers_table())
            .index_name(index.name)
            .set_limit(limit(ask.limit))
            .expression_attribute_names("#pk", index.pk)
            .expression_attribute_values(":pk", text(&partition));
        if let Some(after) = &ask.after {
            let [sk, pk] = start(after, &partition, until.as_deref())?;
            query = query
                .exclusive_start_key("pk", text(pk))
                .exclusive_start_key(index.pk, text(partition))
                .exclusive_start_key(index.sk, text(sk));
        }
        query = match until {
            None => query.key_condition_expression("#pk = :pk"),
            Some(until) => query
                .key_condition_expression("#pk = :pk AND #sk <= :until")
                .expression_attribute_names("#sk", index.sk)
                .expression_attribute_values(":until", text(until)),
        };
        let answer = query.send().await.map_err(failed(index.operation))?;
        let corrupt = || unexpected(index.operation, "an entry of the index has no readable key");
        let items = answer
            .items
            .unwrap_or_default()
            .iter()
            .map(|item| {
                let pk = item.get("pk").and_then(|it| it.as_s().ok());
                pk.and_then(|it| DossierKey::parse(it)).ok_or_else(corrupt)
            })
            .collect::<Result<_, _>>()?;
        let next = match answer.last_evaluated_key {
            None => None,
            Some(last) => {
                let key = |name| last.get(name).and_then(|it| it.as_s().ok()).ok_or_else(corrupt);
                Some(cursor::write(&[key(index.sk)?, key("pk")?]))
            }
        };
        Ok(Page { items, next })
    }
}

/// Where the page before ended. DynamoDB refuses a start outside what is asked for: so is it here, with a better word.
fn start(after: &str, partition: &str, until: Option<&str>) -> Result<[String; 2], PortError> {
    let [sk, pk] = cursor::read(after)?;
    let territory = partition.split_once('#').map(|(territory, _)| territory);
    let ours = DossierKey::parse(&pk).is_some_and(|key| Some(key.territory.as_str()) == territory);
    if ours && !sk.is_empty() && until.is_none_or(|until| sk.as_str() <= until) {
        Ok([sk, pk])
    } else {
        Err(cursor::foreign())
    }
}
