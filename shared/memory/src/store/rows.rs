//! The side tables: generic rows under a partition key and a sort key.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use contracts::rows::SideRow;
use engine::ports::{Page, PageAsk, PortError, Rows, Table, When};

use super::{MemoryStore, foreign, read_cursor, write_cursor};

impl Rows for MemoryStore {
    async fn get(&self, table: Table, pk: &str, sk: &str) -> Result<Option<SideRow>, PortError> {
        let found = self.content().sides.get(&(table, pk.to_owned(), sk.to_owned())).cloned();
        Ok(found.map(|attributes| SideRow { pk: pk.to_owned(), sk: sk.to_owned(), attributes }))
    }

    async fn get_many(&self, table: Table, keys: &[(String, String)]) -> Result<Vec<SideRow>, PortError> {
        let content = self.content();
        let keys: BTreeSet<&(String, String)> = keys.iter().collect();
        let found = keys.into_iter().filter_map(|(pk, sk)| {
            let attributes = content.sides.get(&(table, pk.clone(), sk.clone()))?.clone();
            Some(SideRow { pk: pk.clone(), sk: sk.clone(), attributes })
        });
        Ok(found.collect())
    }

    async fn put(&self, table: Table, row: SideRow, when: When) -> Result<bool, PortError> {
        let mut content = self.content();
        let key = (table, row.pk, row.sk);
        let holds = holds(&when, content.sides.get(&key));
        if holds {
            content.sides.insert(key, row.attributes);
        }
        Ok(holds)
    }

    async fn query(
        &self,
        table: Table,
        pk: &str,
        prefix: &str,
        page: PageAsk,
    ) -> Result<Page<SideRow>, PortError> {
        let start = match &page.after {
            None => Bound::Included((table, pk.to_owned(), prefix.to_owned())),
            Some(after) => {
                let [sk] = read_cursor(after)?;
                if sk.is_empty() || !sk.starts_with(prefix) {
                    return Err(foreign());
                }
                Bound::Excluded((table, pk.to_owned(), sk))
            }
        };
        let size = self.page_size(&page);
        let items: Vec<SideRow> = self
            .content()
            .sides
            .range((start, Bound::Unbounded))
            .take_while(|((of, at, sk), _)| *of == table && at == pk && sk.starts_with(prefix))
            .take(size)
            .map(|((_, pk, sk), attributes)| SideRow {
                pk: pk.clone(),
                sk: sk.clone(),
                attributes: attributes.clone(),
            })
            .collect();
        let next = match items.last() {
            Some(last) if items.len() == size => Some(write_cursor(&[&last.sk])),
            _ => None,
        };
        Ok(Page { items, next })
    }

    async fn delete_when(&self, table: Table, pk: &str, sk: &str, when: When) -> Result<bool, PortError> {
        let key = (table, pk.to_owned(), sk.to_owned());
        let mut content = self.content();
        let holds = holds(&when, content.sides.get(&key));
        if holds {
            content.sides.remove(&key);
        }
        Ok(holds)
    }
}

/// Whether a row is as a write wants it.
fn holds(when: &When, row: Option<&BTreeMap<String, serde_json::Value>>) -> bool {
    match when {
        When::Always => true,
        When::Absent => row.is_none(),
        When::Is { attribute, value } => {
            row.and_then(|it| it.get(*attribute)).and_then(|it| it.as_str()) == Some(value.as_str())
        }
    }
}
