//! I7, nothing crosses a territory: rows, messages, letters, référents, answers.

use std::collections::BTreeMap;

use crate::Findings;
use crate::history::What;
use crate::read::{Row, territory_of, text};
use crate::story::Story;

const RULE: &str = "I7";

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    let mut homes: BTreeMap<&str, &str> = BTreeMap::new();
    for pk in story.lives.keys() {
        if let Some((territory, id)) = pk.split_once('#') {
            let home = *homes.entry(id).or_insert(territory);
            findings.require(home == territory, RULE, || format!("{id} est à {home} et à {territory}"));
        }
    }
    rows(story, &homes, findings);
    messages(story, findings);
    letters(story, findings);
    answers(story, findings);
}

fn rows(story: &Story<'_>, homes: &BTreeMap<&str, &str>, findings: &mut Findings) {
    for event in &story.history.events {
        let What::Commit { row, referents } = &event.what else { continue };
        let row = Row(row);
        let territory = row.territory();
        findings.require(story.zone(territory).is_some(), RULE, || format!("{} n’est pas servi", row.pk()));
        for key in [&row.0["file_pk"], &row.0["referent_pk"]] {
            let there = key.as_str().is_none_or(|it| territory_of(it) == territory);
            findings.require(there, RULE, || format!("{} est rangé sous {key}", row.pk()));
        }
        for referent in referents {
            findings.require(referent["pk"] == territory, RULE, || {
                format!("{} prend une place à {}", row.pk(), referent["pk"])
            });
        }
    }
    for (table, pk, sk) in story.sides.keys() {
        let (territory, id) = pk.split_once('#').unwrap_or((pk, ""));
        let served = story.zone(territory).is_some();
        let at_home = homes.get(id).is_none_or(|it| *it == territory);
        findings.require(served && at_home, RULE, || format!("une ligne de {table} sous {pk} {sk}"));
    }
}

/// A message speaks of a dossier where it lives, and says nobody's name.
fn messages(story: &Story<'_>, findings: &mut Findings) {
    for (name, travel) in &story.messages {
        let known = story.lives.contains_key(name.0.as_str()) || story.zone(&name.0).is_some();
        findings.require(known, RULE, || format!("{name:?} parle d’un dossier qui n’existe pas"));
        for (_, body) in &travel.bodies {
            let named = story.setting.people.iter().find(|it| body.contains(&it.first_name));
            findings.require(named.is_none(), RULE, || format!("{name:?} porte un prénom"));
        }
    }
}

/// A letter says the name of its person and of nobody else, and names référents of its territory only. A text message
/// goes to the number of its person, and names nobody.
fn letters(story: &Story<'_>, findings: &mut Findings) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for letter in &story.letters {
        let said = text(&letter.json["texte"]);
        let to_person = matches!(text(&letter.json["canal"]), "sms" | "courriel" | "courrier");
        let named: Vec<_> = story.setting.people.iter().filter(|it| letter.tells_of(it)).collect();
        let by_name = named.iter().any(|it| said.contains(&it.first_name));
        findings.require(!(letter.rings() && by_name), RULE, || {
            format!("le SMS {} de {} nomme quelqu’un", letter.json["cle"], letter.dossier)
        });
        findings.require(named.len() == usize::from(to_person), RULE, || {
            format!("la lettre {} de {} nomme {} personnes", letter.json["cle"], letter.dossier, named.len())
        });
        // Whoever is erased and is in the next file has another dossier: only one of theirs is alive.
        let pk = format!("{}#{}", letter.territory, letter.dossier);
        let life = story.lives.get(pk.as_str());
        let forgotten = life.is_some_and(|it| it.erased() && (it.is_from_file() || story.is_shared(&pk)));
        for person in named {
            let owner = if forgotten {
                letter.dossier
            } else {
                *owners.entry(&person.first_name).or_insert(letter.dossier)
            };
            findings.require(owner == letter.dossier && person.territory == letter.territory, RULE, || {
                format!("la lettre {} de {} nomme quelqu’un d’autre", letter.json["cle"], letter.dossier)
            });
        }
        for referent in &story.history.end.referents {
            let foreign = referent["pk"] != letter.territory && said.contains(text(&referent["nom"]));
            findings.require(!foreign, RULE, || {
                format!("une lettre de {} nomme {}", letter.dossier, referent["sk"])
            });
        }
        findings.require(letter.json["dossier"] == letter.dossier, RULE, || {
            format!("la lettre de {} est rangée sous {}", letter.json["dossier"], letter.dossier)
        });
    }
}

/// A professional is answered about their own territory only, and an answer never says that a value is broken.
fn answers(story: &Story<'_>, findings: &mut Findings) {
    for asked in story.requests.values() {
        let request = asked.request;
        let foreign = request.dossier.as_deref().is_some_and(|it| territory_of(it) != request.territory);
        for (_, outcome, dossiers) in &asked.answers {
            findings.require(!foreign || *outcome != "ok", RULE, || {
                format!("accordé à un autre territoire : {request:?}")
            });
            findings.require(*outcome != "casse", "I1", || format!("illisible : {request:?}"));
            for dossier in *dossiers {
                let there =
                    territory_of(dossier) == request.territory && story.lives.contains_key(dossier.as_str());
                findings.require(there, RULE, || format!("{dossier} est montré à {}", request.territory));
            }
        }
    }
}
