//! I2, nothing is doubled: effects are counted by what they are about, not by the key that the engine chose.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Findings;
use crate::history::Ask;
use crate::lost::{entries, same_entries};
use crate::read::{Row, text};
use crate::story::{Life, Story};

const RULE: &str = "I2";

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    dossiers(story, findings);
    for (pk, life) in &story.lives {
        writes((pk, story.is_shared(pk)), life, findings);
        carnet(story, pk, life, findings);
    }
    for asked in story.requests.values().filter(|it| it.request.ask == Ask::Entry) {
        let (there, asked_for) = (entries(story, asked), same_entries(story, asked, |_| true));
        findings.require(there <= asked_for, RULE, || {
            format!("{:?} : {there} entrées écrites, {asked_for} demandées", asked.request.dossier)
        });
    }
    for (name, travel) in &story.messages {
        if name.1 != "sweep" && name.1 != "imports" {
            findings.require(travel.bodies.len() == 1, RULE, || {
                format!("{name:?} est parti sous plusieurs corps")
            });
        }
    }
    sweeps(story, findings);
}

/// One application, one dossier; one person, one dossier that is not erased, by however many ways they came in.
fn dossiers(story: &Story<'_>, findings: &mut Findings) {
    let mut opened: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut owners: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut living: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let erased = |pk: &str| story.lives.get(pk).is_some_and(Life::erased);
    for asked in story.requests.values().filter(|it| it.request.ask == Ask::Submit) {
        let (territory, key) = (asked.request.territory.as_str(), asked.request.key.as_str());
        let visitor = story.setting.people.iter().find(|it| it.visits.iter().any(|visit| visit == key));
        let whose = (territory, visitor.map_or(key, |it| it.first_name.as_str()));
        for dossier in asked.answers.iter().flat_map(|it| it.2) {
            let first = *opened.entry((territory, key)).or_insert(dossier);
            // Of an application that joined a dossier nothing is left once that one is erased.
            let forgotten = visitor.is_some() && erased(first);
            findings.require(first == dossier || forgotten, RULE, || {
                format!("{key} de {territory} a ouvert {first} et {dossier}")
            });
            let owner = *owners.entry(dossier).or_insert(whose);
            findings.require(owner == whose, RULE, || format!("{dossier} est à {owner:?} et à {whose:?}"));
            if !erased(dossier) {
                living.entry(whose).or_default().insert(dossier);
            }
        }
    }
    for (whose, dossiers) in living {
        findings.require(dossiers.len() == 1, RULE, || format!("{whose:?} a {dossiers:?}"));
    }
    let applications = story
        .requests
        .values()
        .filter(|it| it.request.ask == Ask::Submit)
        .map(|it| (&it.request.territory, &it.request.key))
        .collect::<BTreeSet<_>>();
    let never = |it: &Life<'_>| it.last.is_some_and(Row::never_opened);
    let opened = story.lives.values().filter(|it| !it.is_from_file() && !never(it)).count();
    findings.require(opened <= applications.len(), RULE, || {
        format!("{opened} dossiers pour {} demandes", applications.len())
    });
}

/// A dossier counts its writes one by one, and what has been decided or explained stays.
fn writes((pk, answers_again): (&str, bool), life: &Life<'_>, findings: &mut Findings) {
    for (before, version) in life.steps() {
        let row = version.row;
        let revision = before.map_or(0, |it| it.number("revision"));
        findings.require(row.number("revision") == revision + 1, RULE, || {
            format!("{pk} : révision {} après {revision}", row.number("revision"))
        });
        let Some(before) = before else { continue };
        findings
            .require(row.number("etag") >= before.number("etag"), RULE, || format!("{pk} : l’etag recule"));
        if row.erased() {
            continue;
        }
        for stream in crate::story::STREAMS {
            let back = row.emitted(stream) < before.emitted(stream)
                || row.received(stream) < before.received(stream);
            findings.require(!back, RULE, || format!("{pk} : les numéros de {stream} reculent"));
        }
        // A right that opens again is another journey: it is proposed and decided anew.
        if before.closed() && !row.closed() {
            continue;
        }
        if let Some(decision) = before.decision() {
            findings.require(row.decision() == Some(decision), RULE, || format!("{pk} : décidé deux fois"));
        }
        if let (Some(one), Some(other)) = (before.proposal(), row.proposal()) {
            // Whoever answers again is proposed something again.
            findings.require(one == other || answers_again, RULE, || format!("{pk} : proposé deux fois"));
        }
    }
}

/// The carnet says each thing once.
fn carnet(story: &Story<'_>, pk: &str, life: &Life<'_>, findings: &mut Findings) {
    let count = |matches: &dyn Fn(&Value) -> bool| {
        story.partition("carnets", pk, "").filter(|it| matches(it.1)).count()
    };
    let orientations = count(&|it| it["nature"] == "orientation");
    let decided = life.decisions();
    findings.require(orientations <= decided, RULE, || {
        format!("{pk} : {orientations} orientations au carnet, {decided} décidées")
    });
    let (named, kept) = (life.assignments().len(), count(&|it| it["nature"] == "referent"));
    findings.require(kept <= named, RULE, || format!("{pk} : {kept} référents au carnet, {named} nommés"));
    for (_, place) in life.assignments() {
        let times = life.assignments().iter().filter(|it| it.1.referent == place.referent).count();
        let kept = count(&|it| it["nature"] == "referent" && it["referent"] == place.referent);
        findings
            .require(kept <= times, RULE, || format!("{pk} : {} est {kept} fois au carnet", place.referent));
    }
}

/// A sweep takes one photograph, and leaves one report.
fn sweeps(story: &Story<'_>, findings: &mut Findings) {
    for ((table, territory, name), versions) in &story.sides {
        if *table != "balayages" || name.starts_with("cle#") {
            continue;
        }
        let rows: Vec<&Value> = versions.iter().filter_map(|it| it.1).collect();
        for pair in rows.windows(2) {
            let order = ["en_attente", "en_cours", "termine"];
            let at = |row: &Value| order.iter().position(|it| *it == text(&row["etat"]));
            findings.require(at(pair[0]) < at(pair[1]), RULE, || {
                format!("balayage {territory} {name} : {} après {}", pair[1]["etat"], pair[0]["etat"])
            });
            let frozen = pair[0]["rapport"].is_null() || pair[0]["rapport"] == pair[1]["rapport"];
            findings.require(frozen, RULE, || format!("balayage {territory} {name} : le rapport change"));
        }
    }
}
