//! The two indexes of the dossiers, as a store that replicates late shows them: an entry appears after a while, and
//! the one that it replaces stays for another while. In between a dossier is in two places, or in none.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::rows::DossierRow;
use engine::DossierKey;
use engine::ports::{Page, PageAsk, PortError};
use fastrand::Rng;

use crate::weather::{Fault, Tally, Weather};

/// Which index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Index {
    File,
    Caseload,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    partition: String,
    sort: String,
}

impl Place {
    fn is_in(&self, territory: &str, name: &str) -> bool {
        self.partition.strip_prefix(territory).and_then(|it| it.strip_prefix('#')) == Some(name)
    }
}

#[derive(Debug)]
struct Entry {
    place: Option<Place>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// Both indexes: for each dossier, where it is, was and will be seen.
#[derive(Debug, Default)]
pub(crate) struct Indexes(BTreeMap<(Index, DossierKey), Vec<Entry>>);

impl Indexes {
    /// A dossier was written: its entries will follow.
    pub(crate) fn follow(
        &mut self,
        key: DossierKey,
        row: &DossierRow,
        now: DateTime<Utc>,
        (lag, rng): (i64, &mut Rng),
        tally: &mut Tally,
    ) {
        let file = Place { partition: row.file_pk.clone(), sort: row.file_sk.clone() };
        self.move_to((Index::File, key), Some(file), now, (lag, rng), tally);
        let caseload = row.referent_pk.clone().zip(row.referent_sk.clone());
        let caseload = caseload.map(|(partition, sort)| Place { partition, sort });
        self.move_to((Index::Caseload, key), caseload, now, (lag, rng), tally);
    }

    fn move_to(
        &mut self,
        of: (Index, DossierKey),
        place: Option<Place>,
        now: DateTime<Utc>,
        (lag, rng): (i64, &mut Rng),
        tally: &mut Tally,
    ) {
        let entries = self.0.entry(of).or_default();
        entries.retain(|it| it.until > now);
        if entries.last().is_some_and(|it| it.place == place) {
            return;
        }
        let mut later = || now + TimeDelta::milliseconds(if lag == 0 { 0 } else { rng.i64(0..=lag * 1_000) });
        let (gone, seen) = (later(), later());
        let mut from = seen;
        if let Some(last) = entries.last_mut() {
            // Changes of one dossier are replicated in their order.
            last.until = gone.max(last.from);
            from = seen.max(last.from);
            if from > now {
                tally.count(Fault::IndexLag);
            }
            if from > last.until {
                tally.count(Fault::IndexMissing);
            } else if from < last.until {
                tally.count(Fault::IndexGhost);
            }
        }
        entries.push(Entry { place, from, until: DateTime::<Utc>::MAX_UTC });
    }

    /// A page of a partition, up to and including the sort key `until`, as it is seen now.
    pub(crate) fn page(
        &self,
        index: Index,
        (territory, name): (&str, &str),
        until: Option<DateTime<Utc>>,
        ask: &PageAsk,
        (now, weather, rng): (DateTime<Utc>, &Weather, &mut Rng),
        tally: &mut Tally,
    ) -> Result<Page<DossierKey>, PortError> {
        let after = ask.after.as_deref().map(read_cursor).transpose()?;
        let mut bound: Option<String> = None;
        let mut seen: Vec<(&str, DossierKey)> = Vec::new();
        for ((of, key), entries) in &self.0 {
            for entry in entries.iter().filter(|it| *of == index && it.from <= now && now < it.until) {
                let Some(place) = entry.place.as_ref().filter(|it| it.is_in(territory, name)) else {
                    continue;
                };
                // Written only when it is read: most partitions are empty.
                let until = until.filter(|_| bound.is_none()).map(contracts::rows::instant);
                bound = bound.or(until);
                let wanted = bound.as_deref().is_none_or(|it| place.sort.as_str() <= it);
                if wanted
                    && after.as_ref().is_none_or(|it| (it.0.as_str(), it.1) < (place.sort.as_str(), *key))
                {
                    seen.push((&place.sort, *key));
                }
            }
        }
        seen.sort_unstable();
        seen.dedup_by_key(|(_, key)| *key);
        let limit = if ask.limit == 0 { usize::MAX } else { ask.limit as usize };
        let mut size = limit;
        if weather.page != 0 {
            size = limit.min(rng.usize(1..=weather.page as usize));
            // A page may be empty and still have a next one.
            if !seen.is_empty() && rng.u8(..) < 16 {
                tally.count(Fault::EmptyPage);
                return Ok(Page { items: Vec::new(), next: Some(ask.after.clone().unwrap_or_else(start)) });
            }
        }
        if seen.len() > size && size < limit {
            tally.count(Fault::CutPage);
        }
        let cut = seen.len() > size;
        seen.truncate(size);
        let next = seen.last().filter(|_| cut).map(|(sort, key)| write_cursor(sort, *key));
        Ok(Page { items: seen.into_iter().map(|(_, key)| key).collect(), next })
    }
}

fn write_cursor(sort: &str, key: DossierKey) -> String {
    format!("{sort}|{}", key.pk())
}

/// The cursor before the first entry.
fn start() -> String {
    "|".to_owned()
}

fn read_cursor(cursor: &str) -> Result<(String, DossierKey), PortError> {
    let foreign = || PortError::new(PortError::CURSOR, "the cursor belongs to no list");
    let (sort, pk) = cursor.split_once('|').ok_or_else(foreign)?;
    if pk.is_empty() {
        let first = DossierKey::parse("01#00000000-0000-0000-0000-000000000000").ok_or_else(foreign)?;
        return Ok((String::new(), first));
    }
    Ok((sort.to_owned(), DossierKey::parse(pk).ok_or_else(foreign)?))
}
