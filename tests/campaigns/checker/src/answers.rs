//! I1 and I2 at the door: a request sent again is answered like the first time, and its key never serves for another
//! body.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Findings;
use crate::history::{Ask, Request};
use crate::story::{Asked, Story};

const GRANTED: &str = "ok";

/// What may be answered to a request that was granted before: the same, "later", or that it was erased since.
const SAME: [&str; 3] = [GRANTED, "occupe", "efface"];

/// Where a request goes: who answers, about what, on which route.
type Door<'a> = (&'a str, Option<&'a str>, &'static str);

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    let mut doors: BTreeMap<Door<'_>, Vec<&Asked<'_>>> = BTreeMap::new();
    for asked in story.requests.values() {
        if let Some(route) = route(&asked.request.ask) {
            let request = asked.request;
            let door = (request.territory.as_str(), request.dossier.as_deref(), route);
            doors.entry(door).or_default().push(asked);
        }
    }
    for ((_, dossier, route), requests) in &doors {
        again(route, requests, findings);
        for (place, first) in requests.iter().enumerate() {
            for other in &requests[place + 1..] {
                let same_key = first.request.key == other.request.key;
                // A route remembers its last key: with a third request in between, the first may be forgotten.
                let remembered = forgets_nothing(first.request) || requests.len() == 2;
                let both = granted(first) && granted(other);
                findings.require(!(same_key && remembered && both), "I1", || {
                    let about = dossier.unwrap_or(&first.request.key);
                    format!("{about} : {route} accordé deux fois sous la même clé, à deux corps différents")
                });
            }
        }
    }
    persons(story, findings);
}

/// Whoever sends again what was granted is told so again.
fn again(route: &str, requests: &[&Asked<'_>], findings: &mut Findings) {
    let alone = requests.len() == 1;
    for asked in requests.iter().filter(|it| alone || forgets_nothing(it.request)) {
        let after = asked.answers.iter().skip_while(|it| it.1 != GRANTED);
        for (_, outcome, _) in after {
            findings.require(SAME.contains(outcome), "I2", || {
                let number = asked.request.number;
                format!("la demande {number} ({route}), accordée puis renvoyée, reçoit {outcome}")
            });
        }
    }
}

/// The values of the person are those of the application that opened the dossier.
fn persons(story: &Story<'_>, findings: &mut Findings) {
    for (pk, life) in &story.lives {
        let Some(last) = life.last.filter(|it| !it.erased()) else { continue };
        let opened = &last.0["registre"]["cles"]["demandes"]["corps"];
        let of_file = Value::from("fichier");
        let opened = if life.is_from_file() { &of_file } else { opened };
        for table in ["personnes", "reponses"] {
            // A claim is that of the application which joined it.
            let told = |it: &(&str, &Value)| it.1["corps"].is_string() && !it.0.starts_with("demande#");
            for (sk, row) in story.partition(table, pk, "").filter(told) {
                findings.require(row["corps"] == *opened, "I1", || {
                    format!("{pk} : {table} {sk} vient d’une autre demande que le dossier")
                });
            }
        }
    }
}

fn granted(asked: &Asked<'_>) -> bool {
    asked.answers.iter().any(|it| it.1 == GRANTED)
}

/// Routes that keep each key for as long as what it opened.
fn forgets_nothing(request: &Request) -> bool {
    matches!(request.ask, Ask::Submit | Ask::Entry | Ask::Give { .. })
}

/// The route of what has a key; a look has none, and a record is written as often as one likes.
fn route(ask: &Ask) -> Option<&'static str> {
    match ask {
        Ask::Submit => Some("demandes"),
        Ask::Confirm { .. } => Some("droit"),
        Ask::Tell { .. } => Some("nouvelle"),
        Ask::Close => Some("urgence"),
        Ask::Sign { .. } => Some("orientation"),
        Ask::Change { .. } => Some("referent"),
        Ask::Entry => Some("carnet"),
        Ask::Erase => Some("effacement"),
        Ask::Give { .. } => Some("fichiers"),
        Ask::Referent { .. } | Ask::Sweep { .. } | Ask::Look => None,
    }
}
