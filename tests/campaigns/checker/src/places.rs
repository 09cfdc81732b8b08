//! I3 and I4: at most one référent per dossier and no gap between two; the counter is the true count, under capacity.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Findings;
use crate::history::{Ask, What};
use crate::read::{Row, text};
use crate::story::Story;

/// A référent, by territory and identifier.
type Key<'a> = (&'a str, &'a str);

/// Who holds what, and what the counters say.
#[derive(Default)]
struct Places<'a> {
    held: BTreeMap<&'a str, Key<'a>>,
    true_count: BTreeMap<Key<'a>, u64>,
    counters: BTreeMap<Key<'a>, u64>,
}

pub(crate) fn judge<'a>(story: &Story<'a>, findings: &mut Findings) {
    let mut places = Places::default();
    for (index, event) in story.history.events.iter().enumerate() {
        if let What::Commit { row, referents } = &event.what {
            let touched = places.write(Row(row), findings);
            for referent in referents {
                places.count(story, index, Row(row), referent, findings);
            }
            for key in touched.into_iter().flatten() {
                places.compare(key, findings);
            }
        } else if let What::Referent { row } = &event.what {
            let key: Key<'a> = (text(&row["pk"]), text(&row["sk"]));
            places.counters.insert(key, row["actifs"].as_u64().unwrap_or(0));
            places.compare(key, findings);
        }
    }
    for row in &story.history.end.referents {
        places.counters.insert((text(&row["pk"]), text(&row["sk"])), row["actifs"].as_u64().unwrap_or(0));
    }
    let all: Vec<Key<'_>> = places.counters.keys().chain(places.true_count.keys()).copied().collect();
    for key in all {
        places.compare(key, findings);
    }
}

impl<'a> Places<'a> {
    /// A dossier is written: who it holds a place at, before and after.
    fn write(&mut self, row: Row<'a>, findings: &mut Findings) -> [Option<Key<'a>>; 2] {
        let pk = row.pk();
        let held: Vec<_> = row.places().collect();
        findings.require(held.len() <= 1, "I3", || format!("{pk} tient {} places", held.len()));
        findings.require(!row.closed() || held.is_empty(), "I3", || format!("{pk}, clos, tient une place"));
        findings.require(row.state() != "affecte" || held.len() == 1, "I3", || {
            format!("{pk} n’a pas de référent")
        });
        let after = held.first().map(|it| (row.territory(), it.referent));
        let said = after.map(|(territory, referent)| format!("{territory}#{referent}"));
        findings.require(row.0["referent_pk"].as_str() == said.as_deref(), "I3", || {
            format!("{pk} est dans la liste de {}", row.0["referent_pk"])
        });
        let before = self.held.get(pk).copied();
        findings.require(before.is_none() || after.is_some() || row.erased() || row.closed(), "I3", || {
            format!("{pk} n’a plus personne à appeler")
        });
        if before != after {
            if let Some(before) = before {
                *self.true_count.entry(before).or_default() -= 1;
            }
            if let Some(after) = after {
                *self.true_count.entry(after).or_default() += 1;
                self.held.insert(pk, after);
            } else {
                self.held.remove(pk);
            }
        }
        [before, after]
    }

    /// The transaction left this référent's row: nobody is taken beyond the capacity without a head and a motive.
    fn count(
        &mut self,
        story: &Story<'a>,
        index: usize,
        row: Row<'_>,
        referent: &'a Value,
        findings: &mut Findings,
    ) {
        let key = (text(&referent["pk"]), text(&referent["sk"]));
        let now = referent["actifs"].as_u64().unwrap_or(0);
        let before = self.counters.insert(key, now).unwrap_or(0);
        let capacity = referent["capacite"].as_u64().unwrap_or(0);
        if now > before && now > capacity {
            findings.require(exceeded(story, index, row.pk(), key), "I4", || {
                format!("{key:?} suit {now} personnes pour {capacity} places, et personne ne l’a décidé")
            });
        }
    }

    fn compare(&self, key: Key<'_>, findings: &mut Findings) {
        let of = |counts: &BTreeMap<Key<'a>, u64>| counts.get(&key).copied().unwrap_or(0);
        let (counter, count) = (of(&self.counters), of(&self.true_count));
        findings.require(counter == count, "I4", || {
            format!("{key:?} : le compteur dit {counter}, {count} dossiers y sont")
        });
    }
}

/// Whether a head of territory decided, with a motive, to exceed this capacity for this dossier.
fn exceeded(story: &Story<'_>, index: usize, pk: &str, (territory, referent): Key<'_>) -> bool {
    let heads: Vec<&str> = story
        .requests
        .values()
        .filter(|it| it.index < index && it.request.head && it.request.territory == territory)
        .filter(|it| it.request.dossier.as_deref() == Some(pk))
        .filter(|it| matches!(&it.request.ask, Ask::Change { to } if to == referent))
        .filter_map(|it| it.request.by.as_deref())
        .collect();
    story
        .sides
        .iter()
        .filter(|((table, of, sk), _)| *table == "reponses" && *of == pk && sk.starts_with("changement#"))
        .flat_map(|(_, versions)| versions)
        .filter(|(at, _)| *at < index)
        .filter_map(|(_, row)| *row)
        .any(|row| {
            row["vers"] == referent
                && row["au_dela_de_la_capacite"] == true
                && !text(&row["motif"]).is_empty()
                && heads.contains(&text(&row["par"]))
        })
}
