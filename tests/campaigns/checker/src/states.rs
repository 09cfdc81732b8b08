//! The journey: each state follows from the one before, a decision from somebody who asked to sign it.

use crate::Findings;
use crate::history::{Ask, Request};
use crate::read::{Row, text};
use crate::story::{Life, Story, Version};

const RULE: &str = "parcours";

/// Which states may follow which.
const FOLLOWS: [(&str, &[&str]); 8] = [
    ("depose", &["a_orienter", "clos"]),
    ("urgence", &["depose", "clos"]),
    ("a_orienter", &["oriente", "attente_france_travail", "clos"]),
    ("attente_france_travail", &["oriente", "a_orienter", "clos"]),
    ("oriente", &["affecte", "en_attente_de_place", "clos"]),
    ("en_attente_de_place", &["affecte", "clos"]),
    ("affecte", &["clos"]),
    ("clos", &["depose"]),
];

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for (pk, life) in &story.lives {
        for (before, version) in life.steps() {
            let after = version.row.state();
            let Some(before) = before else {
                let first = matches!(after, "depose" | "urgence") || version.row.never_opened();
                findings.require(first, RULE, || format!("{pk} commence par {after}"));
                continue;
            };
            let known = FOLLOWS.iter().find(|it| it.0 == before.state()).map_or(&[][..], |it| it.1);
            // Whatever the state, a dossier may be erased; what is erased stays erased.
            let erased = after == "efface";
            findings.require(before.state() == after || known.contains(&after) || erased, RULE, || {
                format!("{pk} passe de {} à {after}", before.state())
            });
            // A right that opens again is another journey: what was asked for in the first one is to be asked again.
            let again = before.closed() && !version.row.closed() && !erased;
            findings.require(!again || version.row.0["rappels"].is_null(), RULE, || {
                format!("{pk} recommence avec les rappels du parcours d’avant")
            });
            asked(story, (pk, life), before, version, findings);
        }
    }
}

/// What only people may do was asked by somebody.
fn asked(
    story: &Story<'_>,
    (pk, life): (&str, &Life<'_>),
    before: Row<'_>,
    version: &Version<'_>,
    findings: &mut Findings,
) {
    let row = version.row;
    let mut somebody = |what: &str, matches: &dyn Fn(&Request) -> bool| {
        let found = story.requests.values().any(|it| {
            it.index < version.index && it.request.dossier.as_deref() == Some(pk) && matches(it.request)
        });
        findings.require(found, RULE, || format!("{pk} : {what} sans que personne l’ait demandé"));
    };
    if row.erased() {
        if !before.erased() {
            somebody("un effacement", &|it| it.ask == Ask::Erase && it.head);
        }
        return;
    }
    if before.decision().is_none()
        && let Some(decision) = row.decision()
    {
        let target = &decision["cible"];
        somebody("une décision", &|it| {
            it.by.as_deref() == Some(text(&decision["agent"]))
                && it.territory == row.territory()
                && matches!(&it.ask, Ask::Sign { parcours, organisme, .. }
                    if target["parcours"] == *parcours && target["organisme"] == *organisme)
        });
    }
    if before.state() == "urgence" && row.state() == "depose" {
        somebody("une urgence fermée", &|it| it.ask == Ask::Close);
    }
    // What a flow of the CAF says of a right is heard like what an agent says.
    let shared = story.is_shared(pk);
    let flow = (shared || life.is_from_file())
        && story.requests.values().any(|it| {
            it.index < version.index
                && it.request.territory == row.territory()
                && matches!(&it.request.ask, Ask::Give { flow: true, people } if !people.is_empty())
        });
    // So is what an agent types for whoever is known.
    let typed =
        shared && story.requests.values().any(|it| it.index < version.index && it.request.ask == Ask::Submit);
    if !flow && !typed && before.clock() != row.clock() {
        somebody("un droit confirmé", &|it| matches!(it.ask, Ask::Confirm { .. }));
    }
    // No flow of these suspends: it says that the right is open.
    let lifted = flow && before.suspended() && !row.suspended();
    if !lifted && before.suspended() != row.suspended() {
        somebody("une suspension", &|it| matches!(it.ask, Ask::Confirm { .. } | Ask::Tell { .. }));
    }
    // No file of these says that a right ended.
    if row.closed() && !before.closed() {
        somebody("une fin", &|it| it.ask == Ask::Tell { nature: "clos" });
    }
    if before.state() == "affecte" && !row.closed() && before.assigned() != row.assigned() {
        somebody("un référent changé", &|it| matches!(it.ask, Ask::Change { .. }));
    }
}
