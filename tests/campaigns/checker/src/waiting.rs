//! I1 about places: at the end nobody waits for one while somebody who could take them has one free.

use serde_json::Value;

use crate::Findings;
use crate::calendar::date_at;
use crate::read::{Row, day, text};
use crate::story::Story;

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for life in story.lives.values() {
        let Some(row) = life.last else { continue };
        let waits = match row.state() {
            "en_attente_de_place" => true,
            "a_orienter" | "attente_france_travail" => {
                row.waiting()["contact_demande_le"].is_string() && row.places().next().is_none()
            }
            _ => false,
        };
        if !waits {
            continue;
        }
        for referent in &story.history.end.referents {
            findings.require(!could_take(story, row, referent), "I1", || {
                format!("{} attend, et {} a de la place", row.pk(), referent["sk"])
            });
        }
    }
}

/// Whether this référent serves this person, has a free place and is there.
fn could_take(story: &Story<'_>, row: Row<'_>, referent: &Value) -> bool {
    let Some(zone) = story.zone(row.territory()) else { return false };
    let today = date_at(zone, story.history.end.at);
    let organisme = text(&referent["organisme"]);
    let serves = match row.decision() {
        Some(decision) => {
            let target = &decision["cible"];
            let parcours = referent["parcours"].as_array();
            target["organisme"] == organisme && parcours.is_some_and(|it| it.contains(&target["parcours"]))
        }
        None => matches!(organisme, "departement" | "delegataire"),
    };
    let communes = referent["communes"].as_array();
    let covers = communes.is_none_or(|it| it.is_empty() || it.contains(&row.0["commune"]));
    let away = referent["absences"].as_array().into_iter().flatten().any(|it| {
        day(&it["du"]).is_some_and(|it| it <= today) && day(&it["au"]).is_some_and(|it| today <= it)
    });
    referent["pk"] == row.territory()
        && serves
        && covers
        && !away
        && referent["actifs"].as_u64() < referent["capacite"].as_u64()
}
