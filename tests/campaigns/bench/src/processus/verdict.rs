//! The judgment: what was left, against what was promised. Plain JSON in, violations out.
//!
//! I1 nothing lost, and nothing kept of whom nothing may be kept · I2 nothing doubled · I3 one référent at most, exactly
//! one once named · I4 the counter is the true count, and within the capacity · I7 nothing crosses a territory · I8 it
//! ends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::journey::{Lived, REFERENTS};
use super::people::Story;
use super::weather::is_poison;
use super::world::{QUEUES, TERRITORIES, World};
use crate::items::{self, StoreError};
use crate::queues::Count;

/// What was left when everything had ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    /// The items of each table.
    pub(super) tables: BTreeMap<&'static str, Vec<Value>>,
    /// The names of the documents.
    pub(super) documents: BTreeSet<String>,
    /// How many documents were written over.
    pub(super) replaced: u64,
    /// The queues.
    pub(super) queues: BTreeMap<String, Count>,
    /// The dead letters that anybody could read.
    pub(super) dead: u64,
}

/// What should have happened.
#[derive(Clone, Debug)]
pub(super) struct Expected<'a> {
    /// Everybody, as those who asked saw it.
    pub(super) lived: &'a [Lived],
    /// The places of each référent.
    pub(super) capacity: u64,
    /// How many poisons each queue received.
    pub(super) poisons: &'a BTreeMap<&'static str, u64>,
}

impl Left {
    /// Reads it from a world.
    pub(super) fn of(world: &World) -> Result<Self, StoreError> {
        let cloud = world.cloud();
        let mut tables = BTreeMap::new();
        for table in items::TABLES {
            tables.insert(table, items::plain(cloud.database(), table)?);
        }
        let dead = QUEUES.iter().flat_map(|it| cloud.queues().dead(it)).filter(|it| !is_poison(it)).count();
        Ok(Self {
            tables,
            documents: cloud.documents().all().into_keys().collect(),
            replaced: cloud.documents().replaced(),
            queues: cloud.queues().counts(),
            dead: dead as u64,
        })
    }

    fn table(&self, name: &str) -> &[Value] {
        self.tables.get(name).map_or(&[], Vec::as_slice)
    }

    /// The rows of a dossier in a table whose sort key starts so.
    fn rows<'a>(&'a self, table: &str, pk: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a Value> {
        let of_dossier = move |it: &&Value| it["pk"] == pk && text(&it["sk"]).starts_with(prefix);
        self.table(table).iter().filter(of_dossier)
    }
}

/// What was violated, one sentence each.
pub(super) fn judge(left: &Left, expected: &Expected<'_>) -> Vec<String> {
    let mut found = Found(Vec::new());
    queues(left, expected.poisons, &mut found);
    everybody(left, expected, &mut found);
    for dossier in left.table("dossiers") {
        one(left, dossier, &mut found);
    }
    places(left, expected, &mut found);
    documents(left, &mut found);
    territories(left, &mut found);
    found.0
}

/// What was violated where everybody was erased, one sentence each.
pub(super) fn judge_erased(left: &Left) -> Vec<String> {
    let mut found = Found(Vec::new());
    queues(left, &BTreeMap::new(), &mut found);
    for dossier in left.table("dossiers") {
        erased(left, dossier, &mut found);
        outbox(dossier, &mut found);
    }
    for referent in left.table("referents") {
        found.unless(referent["actifs"] == 0, || {
            format!("I4 {} compte {} personnes, n’en a aucune", referent["sk"], referent["actifs"])
        });
    }
    found.0
}

struct Found(Vec<String>);

impl Found {
    fn unless(&mut self, holds: bool, violation: impl FnOnce() -> String) {
        if !holds {
            self.0.push(violation());
        }
    }
}

fn queues(left: &Left, poisons: &BTreeMap<&'static str, u64>, found: &mut Found) {
    for (name, count) in &left.queues {
        let poisons = poisons.get(name.as_str()).copied().unwrap_or(0);
        found.unless(count.balances(), || format!("I1 la file {name} ne tombe pas juste : {count:?}"));
        let ended = count.waiting == 0 && count.flying == 0;
        found.unless(ended, || format!("I8 la file {name} n’est pas vide : {count:?}"));
        found.unless(count.dead == poisons, || {
            format!("I1 {} lettres mortes dans {name} pour {poisons} poisons", count.dead)
        });
    }
    found.unless(left.dead == 0, || format!("I1 {} lettres mortes lisibles", left.dead));
}

fn everybody(left: &Left, expected: &Expected<'_>, found: &mut Found) {
    let stored: BTreeMap<&str, &Value> =
        left.table("dossiers").iter().map(|it| (text(&it["pk"]), it)).collect();
    let receipts: BTreeSet<String> = expected.lived.iter().map(Lived::pk).collect();
    found.unless(receipts.len() == expected.lived.len(), || "I2 deux personnes, un seul dossier".to_owned());
    for pk in stored.keys().filter(|it| !receipts.contains(**it)) {
        found.0.push(format!("I2 le dossier {pk} n’est à personne"));
    }
    for lived in expected.lived {
        let pk = lived.pk();
        let Some(dossier) = stored.get(pk.as_str()) else {
            found.0.push(format!("I1 le dossier {pk} a disparu"));
            continue;
        };
        if matches!(lived.person.story, Story::Erased(_)) {
            erased(left, dossier, found);
            continue;
        }
        let state = text(&dossier["etat"]["code"]);
        let due: &[&str] = match (lived.signed, lived.person.story == Story::TooLate) {
            (true, _) => &["affecte", "en_attente_de_place"],
            (false, true) => &["attente_france_travail"],
            (false, false) => &["a_orienter"],
        };
        found.unless(due.contains(&state), || {
            format!("I1 le dossier {pk} ({:?}) est resté {state}", lived.person.story)
        });
        let signatures = nature(left, &pk, "orientation");
        found.unless(signatures == u64::from(lived.signed), || {
            format!("I2 le carnet de {pk} dit {signatures} orientations")
        });
        let letters = left.rows("envois", &pk, "envoi#decision/").count();
        found.unless(letters == usize::from(lived.signed), || {
            format!("I2 {letters} décisions notifiées à {pk}")
        });
        if matches!(lived.person.story, Story::Late | Story::TooLate) {
            let waiting = &dossier["etat"]["attente"];
            found.unless(waiting.get("defaut").is_some(), || format!("I1 {pk} n’a pas de défaut préparé"));
        }
    }
}

/// Erased stays erased: a tombstone without content, a key that was destroyed, and nothing else anywhere.
fn erased(left: &Left, dossier: &Value, found: &mut Found) {
    let pk = text(&dossier["pk"]);
    let tombstone = dossier.get("etat").is_none() && dossier["efface"]["reste"] == "rien";
    found.unless(tombstone, || format!("I1 {pk} n’est pas effacé pour de bon"));
    let keys: Vec<_> = left.rows("cles", pk, "").collect();
    let destroyed = keys.iter().all(|it| it.get("cle").is_none() && it["detruite"] == true);
    found.unless(keys.len() == 1 && destroyed, || format!("I1 la clé de {pk} n’est pas détruite"));
    for table in ["personnes", "reponses", "carnets", "envois"] {
        let rows = left.rows(table, pk, "").count();
        found.unless(rows == 0, || format!("I1 il reste {rows} lignes de {table} de {pk}, effacé"));
    }
    let id = pk.split('#').nth(1).unwrap_or_default();
    let doors = left.table("acces").iter().filter(|it| it["dossier"] == id).count();
    found.unless(doors == 0, || format!("I1 il reste {doors} portes vers {pk}, effacé"));
    let documents = left.documents.iter().filter(|it| it.contains(id)).count();
    found.unless(documents == 0, || format!("I1 il reste {documents} documents de {pk}, effacé"));
}

/// What holds for every dossier, whatever happened to it.
fn one(left: &Left, dossier: &Value, found: &mut Found) {
    outbox(dossier, found);
    if dossier.get("efface").is_some() {
        return;
    }
    let pk = text(&dossier["pk"]);
    let ledger = &dossier["registre"];
    let number = |list: &str, stream: &str| ledger[list][stream].as_u64().unwrap_or(0);
    for stream in ["triage", "assignment"] {
        let (sent, applied) = (number("emis", stream), number("recus", stream));
        found.unless(sent == applied, || format!("I1 {pk} : {sent} messages {stream}, {applied} appliqués"));
    }
    let automatic = |it: &&Value| it["auteur"] == "parcours";
    let entries = left.rows("carnets", pk, "entree#").filter(automatic).count() as u64;
    let asked = number("emis", "carnet");
    found.unless(entries == asked, || {
        format!("I1 I2 le carnet de {pk} a {entries} entrées pour {asked} messages")
    });
    let sent = left.rows("envois", pk, "envoi#").count() as u64;
    found.unless(sent <= number("emis", "reminders"), || format!("I2 {sent} envois de {pk}"));
    let receipts = left.rows("envois", pk, "envoi#recu").count();
    found.unless(receipts == 1, || format!("I1 I2 {receipts} accusés de réception pour {pk}"));
    for (table, prefix, least) in [("personnes", "-", 1), ("cles", "", 1), ("reponses", "dsp#", 1)] {
        let rows = left.rows(table, pk, prefix).count();
        found.unless(rows == least, || format!("I1 I2 {rows} lignes de {table} pour {pk}"));
    }
    let held = held(dossier);
    let territory = pk.split('#').next().unwrap_or_default();
    let indexed = dossier.get("referent_pk").map(text);
    let due = held.map(|it| format!("{territory}#{it}"));
    found.unless(indexed == due.as_deref(), || format!("I3 {pk} : l’index dit {indexed:?}, l’état {due:?}"));
    if dossier["etat"]["code"] == "affecte" {
        found.unless(held.is_some(), || format!("I3 {pk} est affecté à personne"));
        found.unless(nature(left, pk, "referent") >= 1, || format!("I1 le carnet de {pk} ne nomme personne"));
    }
}

fn outbox(dossier: &Value, found: &mut Found) {
    let waiting = dossier["registre"]["sortie"].as_object().map_or(0, serde_json::Map::len);
    found.unless(waiting == 0, || format!("I1 {waiting} messages attendent dans {}", dossier["pk"]));
}

/// The référent whose place a dossier holds.
fn held(dossier: &Value) -> Option<&str> {
    let state = &dossier["etat"];
    let placements = [&state["referent"], &state["contact"], &state["attente"]["contact"]];
    placements.into_iter().find_map(|it| it["referent"].as_str())
}

fn places(left: &Left, expected: &Expected<'_>, found: &mut Found) {
    let referents = left.table("referents");
    let due = TERRITORIES.len() * REFERENTS;
    found.unless(referents.len() == due, || format!("I1 {} référents pour {due}", referents.len()));
    for referent in referents {
        let (territory, id) = (text(&referent["pk"]), text(&referent["sk"]));
        let of_this =
            |it: &&Value| text(&it["pk"]).starts_with(&format!("{territory}#")) && held(it) == Some(id);
        let truth = left.table("dossiers").iter().filter(of_this).count() as u64;
        let counted = referent["actifs"].as_u64().unwrap_or(u64::MAX);
        found.unless(counted == truth, || {
            format!("I4 {territory}/{id} compte {counted} personnes, en a {truth}")
        });
        let chosen = |it: &&Lived| it.person.territory == territory && it.chosen.as_deref() == Some(id);
        let beyond = expected.lived.iter().filter(chosen).count() as u64;
        found.unless(truth <= expected.capacity + beyond, || {
            format!("I4 {territory}/{id} a {truth} personnes pour {} places", expected.capacity)
        });
        let waits = |it: &&Value| {
            let searched = it["etat"]["attente"].get("contact_demande_le").is_some();
            let waits = searched || it["etat"]["code"] == "en_attente_de_place";
            waits && text(&it["pk"]).starts_with(&format!("{territory}#"))
        };
        let forgotten = left.table("dossiers").iter().filter(waits).count();
        found.unless(counted >= expected.capacity || forgotten == 0, || {
            format!("I1 {forgotten} personnes attendent une place, {territory}/{id} en a")
        });
    }
}

fn documents(left: &Left, found: &mut Found) {
    found.unless(left.replaced == 0, || format!("I2 {} documents réécrits", left.replaced));
    let dossiers: BTreeMap<&str, &Value> =
        left.table("dossiers").iter().map(|it| (text(&it["pk"]), it)).collect();
    let (mut due, mut spared) = (BTreeSet::new(), BTreeSet::new());
    for row in left.table("envois") {
        let (pk, key) = (text(&row["pk"]), text(&row["sk"]).trim_start_matches("envoi#"));
        let name = format!("envois/{}/{}.json", pk.replace('#', "/"), key.replace('/', "-"));
        if row["etat"] != "envoye" && dossiers.get(pk).is_some_and(|dossier| is_moot(key, dossier)) {
            // Perhaps claimed by a process that died; what it would have said was no longer true when it came again.
            spared.insert(name);
            continue;
        }
        due.insert(name);
        // A decision rests on the requests for answers: they are known to have left.
        let known = row["etat"] == "envoye" || !key.starts_with("H1/");
        found.unless(known, || format!("I1 {pk} {key} est resté {}", row["etat"]));
    }
    for run in left.table("balayages").iter().filter(|it| !text(&it["sk"]).starts_with("cle#")) {
        let (pk, sk) = (text(&run["pk"]), text(&run["sk"]));
        found.unless(run["etat"] == "termine", || {
            format!("I8 le balayage {pk} {sk} est resté {}", run["etat"])
        });
        due.insert(format!("balayages/{pk}/{sk}.json"));
    }
    for name in due.symmetric_difference(&left.documents).filter(|it| !spared.contains(*it)) {
        found.0.push(format!("I1 I2 le document {name} manque, ou est de trop"));
    }
}

/// Whether what was to be said, named by its key, is no longer true of the dossier.
fn is_moot(key: &str, dossier: &Value) -> bool {
    let state = &dossier["etat"];
    let unsigned =
        ["depose", "urgence", "a_orienter", "attente_france_travail"].iter().any(|it| state["code"] == *it);
    match key.split_once('/') {
        Some(("contact", referent)) => state["attente"]["contact"]["referent"] != referent,
        Some(("H0", _)) => state["code"] != "urgence",
        Some(("H1" | "H3", _)) => !unsigned,
        Some(("referent", named)) => {
            let referent = named.split('/').next().unwrap_or_default();
            state["referent"]["referent"] != referent
        }
        _ => key == "france-travail" && state["code"] != "attente_france_travail",
    }
}

fn territories(left: &Left, found: &mut Found) {
    let owner: BTreeMap<&str, &str> = left
        .table("dossiers")
        .iter()
        .filter_map(|it| text(&it["pk"]).split_once('#').map(|(a, b)| (b, a)))
        .collect();
    found.unless(owner.len() == left.table("dossiers").len(), || {
        "I7 un dossier est dans deux territoires".to_owned()
    });
    for table in ["personnes", "reponses", "carnets", "envois"] {
        for row in left.table(table) {
            let named = text(&row["pk"]).split_once('#');
            let right = named.is_some_and(|(territory, id)| owner.get(id) == Some(&territory));
            found.unless(right, || format!("I7 une ligne de {table} est à {}", row["pk"]));
        }
    }
}

/// The automatic entries of a carnet of this nature.
fn nature(left: &Left, pk: &str, nature: &str) -> u64 {
    left.rows("carnets", pk, "entree#").filter(|it| it["nature"] == nature).count() as u64
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
