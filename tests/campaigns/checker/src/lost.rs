//! I1, nothing is lost: what was granted is there, what was numbered was sent, what was sent was handled.

use serde_json::Value;

use crate::history::Ask;
use crate::read::{Row, day, text};
use crate::story::{Asked, Life, STREAMS, Story, Version};
use crate::{Findings, Violation};

const RULE: &str = "I1";

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for asked in story.requests.values() {
        if let Some((index, _, dossiers)) = asked.answers.iter().find(|it| it.1 == "ok") {
            granted(story, asked, (*index, dossiers), findings);
        }
    }
    for (pk, life) in &story.lives {
        messages(story, pk, life, findings);
    }
    kept(story, findings);
}

/// What was granted can be seen in the state before the answer left.
fn granted(
    story: &Story<'_>,
    asked: &Asked<'_>,
    (index, dossiers): (usize, &[String]),
    findings: &mut Findings,
) {
    let request = asked.request;
    let life = request.dossier.as_deref().and_then(|it| story.lives.get(it));
    let seen = |holds: &dyn Fn(&Version<'_>) -> bool| {
        life.is_some_and(|it| it.versions.iter().take_while(|it| it.index < index).any(holds))
    };
    let kept = match &request.ask {
        Ask::Submit => dossiers
            .first()
            .and_then(|it| story.lives.get(it.as_str()))
            .is_some_and(|it| it.versions.first().is_some_and(|it| it.index < index)),
        Ask::Confirm { received, duties } => seen(&|it| {
            let right = &it.row.0["droit"];
            day(&right["date_reception"]) == Some(*received) && right["droits_devoirs"] == *duties
        }),
        Ask::Tell { nature: "clos" } => seen(&|it| it.row.closed()),
        Ask::Tell { nature } => seen(&|it| it.row.suspended() == (*nature == "suspendu")),
        Ask::Close => seen(&|it| it.row.state() == "urgence") && seen(&|it| it.row.state() != "urgence"),
        Ask::Sign { parcours, organisme, france_travail } => seen(&|it| {
            it.row.decision().is_some_and(|it| {
                it["cible"]["parcours"] == *parcours
                    && it["cible"]["organisme"] == *organisme
                    && it["decidee_par_france_travail_le"].is_string() == *france_travail
                    && it["agent"].as_str() == request.by.as_deref()
            })
        }),
        Ask::Change { to } => seen(&|it| it.row.assigned().is_some_and(|it| it.referent == to)),
        Ask::Entry => life.is_some_and(Life::erased) || entries(story, asked) >= accepted(story, asked),
        Ask::Referent { id, capacity } => story.history.events[..index].iter().any(|it| {
            matches!(&it.what, crate::What::Referent { row }
                if row["sk"] == *id && row["pk"] == request.territory && row["capacite"] == *capacity)
        }),
        Ask::Sweep { name } => swept(story, &request.territory, name),
        Ask::Erase => seen(&|it| it.row.erased()),
        // `files` counts what they open.
        Ask::Give { .. } | Ask::Look => true,
    };
    findings.require(kept, RULE, || format!("accordé et introuvable : {request:?}"));
}

/// How many entries of their own somebody has in a carnet.
pub(crate) fn entries(story: &Story<'_>, asked: &Asked<'_>) -> usize {
    let (Some(pk), Some(by)) = (&asked.request.dossier, &asked.request.by) else { return 0 };
    let author = format!("agent:{by}");
    story
        .partition("carnets", pk, "")
        .filter(|(_, it)| it["nature"] == "texte" && it["auteur"] == author)
        .count()
}

/// How many different entries of theirs were accepted there.
fn accepted(story: &Story<'_>, asked: &Asked<'_>) -> usize {
    same_entries(story, asked, |it| it.answers.iter().any(|it| it.1 == "ok"))
}

/// How many different keys were used by the same author, in the same carnet, by requests that match.
pub(crate) fn same_entries(
    story: &Story<'_>,
    asked: &Asked<'_>,
    matches: impl Fn(&Asked<'_>) -> bool,
) -> usize {
    let of = asked.request;
    let mut keys: Vec<&str> = story
        .requests
        .values()
        .filter(|it| {
            it.request.ask == Ask::Entry && it.request.dossier == of.dossier && it.request.by == of.by
        })
        .filter(|it| matches(it))
        .map(|it| it.request.key.as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

/// The run was done, or its message is among the dead letters.
fn swept(story: &Story<'_>, territory: &str, name: &str) -> bool {
    let done = story.side(("balayages", territory, name)).is_some_and(|it| it["etat"] == "termine");
    let simulation = name.starts_with("simulation-");
    let month = name.trim_start_matches("simulation-");
    done || story.history.end.dead.iter().filter(|it| it.queue == "sweep").any(|it| {
        let body: Value = serde_json::from_str(&it.body).unwrap_or_default();
        body["territoire"] == territory
            && body["data"]["mois"] == month
            && body["data"]["simulation"] == simulation
    })
}

/// Each message that a dossier numbered left, and was handled or is among the dead letters.
fn messages(story: &Story<'_>, pk: &str, life: &Life<'_>, findings: &mut Findings) {
    let Some(last) = life.last else { return };
    let left = |name: &&String| {
        let entry = name.split_once('#').and_then(|(stream, number)| Some((stream, number.parse().ok()?)));
        entry.is_none_or(|(stream, number)| !story.is_dead(pk, stream, number))
    };
    let waits = last.outbox().map_or(0, |it| it.keys().filter(left).count());
    findings.require(waits == 0, RULE, || format!("{pk} : {waits} messages attendent encore de partir"));
    for stream in ["triage", "assignment"] {
        let (emitted, received) = (last.emitted(stream), last.received(stream));
        findings.require(emitted == received, RULE, || {
            format!("{pk} : {stream} a reçu {received} messages sur {emitted}")
        });
    }
    for emitted in &life.emitted {
        let name = (pk.to_owned(), emitted.stream.to_owned(), emitted.number);
        if emitted.message.is_none() {
            findings.found(RULE, format!("{name:?} est numéroté et n’attend nulle part"));
        }
        // Of an erased dossier nobody has to be told anything; a place is still on offer.
        if life.erased() && emitted.stream != "places" {
            continue;
        }
        let handled = story.messages.get(&name).is_some_and(|it| it.done.is_some());
        let dead = || story.is_dead(pk, emitted.stream, emitted.number);
        findings.require(handled || dead(), RULE, || format!("{name:?} n’a jamais été traité"));
    }
    if !life.erased() {
        carnet(story, pk, life, findings);
    }
}

/// The carnet holds the orientation and every référent.
fn carnet(story: &Story<'_>, pk: &str, life: &Life<'_>, findings: &mut Findings) {
    if story.awaits_operator(pk, "carnet") {
        return;
    }
    let entry = |matches: &dyn Fn(&Value) -> bool| story.partition("carnets", pk, "").any(|it| matches(it.1));
    if let Some(decision) = life.last.and_then(Row::decision) {
        let target = &decision["cible"];
        let there = entry(&|it| {
            it["nature"] == "orientation"
                && it["parcours"] == target["parcours"]
                && it["organisme"] == target["organisme"]
        });
        findings.require(there, RULE, || format!("{pk} : l’orientation n’est pas au carnet"));
    }
    for (_, place) in life.assignments() {
        let there = entry(&|it| it["nature"] == "referent" && it["referent"] == place.referent);
        findings.require(there, RULE, || format!("{pk} : {} n’est pas au carnet", place.referent));
    }
}

/// What the store holds at the end is what the history says was written.
fn kept(story: &Story<'_>, findings: &mut Findings) {
    let end = &story.history.end;
    findings.require(end.dossiers.len() == story.lives.len(), RULE, || {
        format!("{} dossiers écrits, {} gardés", story.lives.len(), end.dossiers.len())
    });
    for row in &end.dossiers {
        let written = story.lives.get(text(&row["pk"])).and_then(|it| it.last);
        if written.is_none_or(|it| it.0 != row) {
            findings.0.push(Violation { rule: RULE, facts: format!("gardé autrement qu’écrit : {row}") });
        }
    }
    // A stream whose name nobody knows would escape every rule.
    for life in story.lives.values() {
        let streams = life.last.and_then(|it| it.0["registre"]["emis"].as_object());
        for stream in streams.into_iter().flat_map(serde_json::Map::keys) {
            findings.require(STREAMS.contains(&stream.as_str()), RULE, || format!("flux inconnu : {stream}"));
        }
    }
}
