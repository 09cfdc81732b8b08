//! What is lost is found: granted and nowhere, written and never sent, sent and never handled, undone unseen.

use checker::{Ask, What};
use serde_json::json;

use crate::tale::{Tale, message, named, referent, signed, submitted};
use crate::whole;

#[test]
fn a_granted_application_without_a_dossier_is_lost() {
    let mut tale = Tale::new();
    tale.ask(1, Ask::Submit, false).grant(1);
    tale.breaks("I1", "accordé et introuvable");
}

#[test]
fn a_request_sent_again_is_answered_like_the_first_time() {
    let mut tale = whole();
    tale.tell(What::Answered { request: 1, outcome: "occupe", dossiers: Vec::new() });
    assert_eq!(tale.judged(), [], "later is no refusal");
    tale.tell(What::Answered { request: 1, outcome: "cle_reemployee", dossiers: Vec::new() });
    tale.breaks("I2", "accordée puis renvoyée");
}

#[test]
fn another_body_under_the_same_key_is_not_granted() {
    let mut tale = whole();
    tale.ask(7, Ask::Submit, false).grant(7);
    tale.breaks("I1", "à deux corps différents");
}

#[test]
fn the_values_of_a_person_come_from_the_application_that_opened_the_dossier() {
    let mut tale = whole();
    tale.side("personnes", "-", json!({"corps": "un autre corps"}));
    tale.breaks("I1", "vient d’une autre demande");
}

#[test]
fn what_was_written_and_never_sent_waits_for_the_dead_letter_that_caused_it() {
    let ask = Ask::Sign { parcours: "social", organisme: "departement", france_travail: false };
    let mut tale = Tale::new();
    tale.triaged().ask(2, ask, false).write(signed()).send(&signed(), &["carnet#1", "assignment#1"]).grant(2);
    tale.entry(
        "entree#1",
        json!({"nature": "orientation", "parcours": "social", "organisme": "departement"}),
    );
    let mut row = named();
    for name in ["carnet#2", "reminders#2"] {
        row["registre"]["sortie"][name]["par"] = "etape:assignment".into();
    }
    tale.tell(What::Commit { row, referents: vec![referent(1)] });
    tale.breaks("I1", "n’est pas au carnet");

    tale.history.end.dead.push(message(&signed(), "assignment#1"));
    assert_eq!(tale.judged(), [], "an operator sees it among the dead letters");
}

#[test]
fn a_granted_signature_that_cannot_be_seen_is_lost() {
    let mut tale = Tale::new();
    tale.triaged();
    tale.ask(2, Ask::Sign { parcours: "social", organisme: "departement", france_travail: false }, false)
        .grant(2);
    tale.breaks("I1", "accordé et introuvable");
}

#[test]
fn a_message_that_never_left_or_was_never_handled_is_lost() {
    let mut tale = whole();
    let carnet = message(&signed(), "carnet#1");
    tale.history.events.retain(|it| !matches!(&it.what, What::Done(done) if *done == carnet));
    tale.breaks("I1", "n’a jamais été traité");

    let mut dead = tale;
    dead.history.end.dead.push(carnet);
    assert_eq!(dead.judged(), [], "an operator sees it among the dead letters");

    let mut numbered = Tale::new();
    let mut row = submitted();
    row["registre"]["sortie"] = json!({});
    numbered.ask(1, Ask::Submit, false).write(row);
    numbered.breaks("I1", "n’attend nulle part");
}

#[test]
fn an_outbox_that_stays_full_is_lost() {
    let mut tale = Tale::new();
    tale.ask(1, Ask::Submit, false).write(submitted());
    tale.breaks("I1", "attendent encore de partir");
}

#[test]
fn a_carnet_without_its_entries_has_lost_them() {
    for (nature, words) in [("orientation", "l’orientation"), ("referent", "ref-0")] {
        let mut tale = whole();
        tale.history.events.retain(
            |it| !matches!(&it.what, What::Side { attributes: Some(row), .. } if row["nature"] == nature),
        );
        tale.breaks("I1", words);
    }
}

#[test]
fn a_letter_that_was_not_written_is_lost() {
    for (fact, words) in
        [("recu", "accusé de réception"), ("decision", "la décision"), ("decision", "le nom")]
    {
        let mut tale = whole();
        tale.history
            .events
            .retain(|it| !matches!(&it.what, What::Document { name, .. } if name.contains(fact)));
        tale.breaks("I1", words);
    }
}

#[test]
fn what_is_changed_on_an_older_copy_undoes_what_was_done_since() {
    let changed = || {
        let mut row = named();
        row["revision"] = 5.into();
        What::Commit { row, referents: vec![referent(1)] }
    };
    let mut tale = whole();
    tale.tell_on(3, changed());
    tale.breaks("I1", "d’après la copie 3, par-dessus la copie 4");
    let mut tale = whole();
    tale.tell_on(4, changed());
    assert!(tale.judged().iter().all(|it| !it.facts.contains("copie")));

    let record = |revision: u64| {
        let mut row = referent(1);
        row["revision"] = revision.into();
        What::Referent { row }
    };
    let mut tale = whole();
    tale.tell(record(1)).tell(record(2)).tell_on(1, record(3));
    tale.breaks("I1", "d’après la copie 1, par-dessus la copie 2");
}
