//! An index of the dossiers: partition, then sort key, then the dossier's own key.

use std::collections::BTreeSet;
use std::ops::Bound;

use engine::ports::{DossierKey, Page, PageAsk, PortError};

use super::{foreign, read_cursor, write_cursor};

type Entry = (String, String, String);

/// Entries in their order.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeSet<Entry>);

impl Index {
    /// Replaces the entry of a dossier. A row without the index's keys has none.
    pub(super) fn replace(&mut self, before: Option<Entry>, after: Option<Entry>) {
        if let Some(before) = before {
            self.0.remove(&before);
        }
        self.0.extend(after);
    }

    /// A page of a partition, up to and including the sort key `until`.
    pub(super) fn page(
        &self,
        partition: &str,
        until: Option<&str>,
        ask: &PageAsk,
        size: usize,
    ) -> Result<Page<DossierKey>, PortError> {
        let start = match &ask.after {
            None => Bound::Included((partition.to_owned(), String::new(), String::new())),
            Some(after) => {
                let [sk, pk] = read_cursor(after)?;
                let territory = partition.split_once('#').map(|(territory, _)| territory);
                let ours =
                    DossierKey::parse(&pk).is_some_and(|key| Some(key.territory.as_str()) == territory);
                if !ours || sk.is_empty() || until.is_some_and(|until| sk.as_str() > until) {
                    return Err(foreign());
                }
                Bound::Excluded((partition.to_owned(), sk, pk))
            }
        };
        let rest = self
            .0
            .range((start, Bound::Unbounded))
            .take_while(|(pk, sk, _)| pk == partition && until.is_none_or(|until| sk.as_str() <= until));
        let found: Vec<&Entry> = rest.take(size).collect();
        let next = match found.last() {
            Some((_, sk, pk)) if found.len() == size => Some(write_cursor(&[sk, pk])),
            _ => None,
        };
        let items = found.iter().filter_map(|(_, _, pk)| DossierKey::parse(pk)).collect();
        Ok(Page { items, next })
    }
}
