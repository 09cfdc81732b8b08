//! Each promise, broken once by hand, is caught: a checker that has never caught anything proves nothing.

#[cfg(test)]
mod lost;
#[cfg(test)]
mod tale;

use checker::{Ask, What};
use serde_json::json;
use tale::{ID, PK, Tale, message, named, referent, signed, submitted, to_orient};

fn whole() -> Tale {
    let mut tale = Tale::new();
    tale.triaged().assigned();
    tale
}

#[test]
fn a_true_history_breaks_no_promise() {
    assert_eq!(whole().judged(), []);
    let mut waiting = Tale::new();
    waiting.triaged();
    assert_eq!(waiting.judged(), []);
}

#[test]
fn a_letter_written_twice_under_two_keys_is_doubled() {
    let mut tale = whole();
    tale.letter("autre-cle", "Votre orientation est décidée", "Bonjour Abélard,");
    tale.breaks("I2", "décision, dit 2 fois");
}

#[test]
fn an_entry_written_twice_under_two_keys_is_doubled() {
    let mut tale = whole();
    tale.entry("entree#3", json!({"nature": "referent", "referent": "ref-0"}));
    tale.breaks("I2", "référents au carnet");
}

#[test]
fn an_application_that_opens_two_dossiers_is_doubled() {
    let mut tale = whole();
    let other = PK.replace("01", "02");
    let mut row = submitted();
    row["pk"] = other.clone().into();
    tale.write(row).tell(What::Answered { request: 1, outcome: "ok", dossiers: vec![other] });
    tale.breaks("I2", "a ouvert");
}

#[test]
fn a_decision_that_changes_was_taken_twice() {
    let mut tale = whole();
    let mut row = named();
    row["revision"] = 5.into();
    row["etat"]["decision"]["agent"] = "agent-2".into();
    tale.tell(What::Commit { row, referents: vec![referent(1)] });
    tale.breaks("I2", "décidé deux fois");
}

#[test]
fn a_lost_write_shows_in_the_revisions() {
    let mut tale = whole();
    tale.write(named());
    tale.breaks("I2", "révision 4 après 4");
}

#[test]
fn two_places_or_none_are_one_too_many_or_one_too_few() {
    let mut two = named();
    two["etat"]["contact"] = json!({"referent": "ref-1", "depuis": "2026-03-02T09:00:00Z"});
    let mut none = named();
    none["etat"]["referent"] = json!(null);
    for (row, words) in [(two, "tient 2 places"), (none, "n’a pas de référent")] {
        let mut tale = Tale::new();
        tale.triaged().tell(What::Commit { row, referents: vec![referent(1)] });
        tale.breaks("I3", words);
    }
}

#[test]
fn a_place_that_is_left_without_another_leaves_a_gap() {
    let mut tale = whole();
    let mut row = signed();
    row["revision"] = 5.into();
    tale.tell(What::Commit { row, referents: vec![referent(0)] });
    tale.breaks("I3", "n’a plus personne");
}

#[test]
fn a_counter_that_is_not_the_true_count_is_caught_at_once() {
    let mut tale = whole();
    tale.tell(What::Referent { row: referent(0) });
    tale.breaks("I4", "le compteur dit 0, 1 dossiers");
}

#[test]
fn a_capacity_is_exceeded_by_a_head_with_a_motive_or_not_at_all() {
    let full = || {
        let mut row = referent(1);
        row["capacite"] = 0.into();
        row
    };
    let mut tale = Tale::new();
    tale.triaged();
    let mut decided = tale.clone();
    tale.tell(What::Commit { row: named(), referents: vec![full()] });
    tale.breaks("I4", "personne ne l’a décidé");

    let motive =
        json!({"vers": "ref-0", "par": "agent-1", "motif": "charge", "au_dela_de_la_capacite": true});
    decided.ask(3, Ask::Change { to: "ref-0".into() }, true).side("reponses", "changement#1", motive);
    decided.tell(What::Commit { row: named(), referents: vec![full()] });
    assert!(decided.judged().iter().all(|it| it.rule != "I4"));
}

#[test]
fn whoever_waits_while_somebody_has_room_was_forgotten() {
    let mut tale = Tale::new();
    let mut row = signed();
    row["etat"]["code"] = "en_attente_de_place".into();
    row["etat"]["cherche_le"] = "2026-03-02T09:00:00Z".into();
    tale.triaged().write(row);
    tale.breaks("I1", "a de la place");
}

#[test]
fn what_the_law_wants_is_done_in_time() {
    for (days, words) in [
        (22, "une alerte était dû"),
        (32, "un contact était dû"),
        (32, "une orientation par défaut était dû"),
        (44, "le passage à France Travail était dû"),
    ] {
        let mut tale = Tale::new();
        tale.triaged().wait(days);
        tale.breaks("I6", words);
    }
    let mut forgotten = Tale::new();
    forgotten.ask(1, Ask::Submit, false).write(submitted());
    forgotten.breaks("I6", "le triage était dû");
}

#[test]
fn missing_answers_are_asked_for() {
    let mut tale = Tale::new();
    let mut row = to_orient();
    row["etat"]["proposition"]["incomplete"] = true.into();
    tale.ask(1, Ask::Submit, false).write(submitted()).write(row).wait(4);
    tale.breaks("I6", "une demande de réponses était dû");
}

#[test]
fn nothing_comes_early_and_no_rung_is_climbed_twice() {
    let alert = |revision: u64, number: u64, at: &str| {
        let mut row = to_orient();
        row["revision"] = revision.into();
        row["rappels"]["alertes"] = 1.into();
        row["registre"]["emis"]["reminders"] = number.into();
        let message = json!({"type": "fr.spie.relance.due.v1", "data": {"horloge": "H3", "echelon": 0}});
        row["registre"]["sortie"] = json!({format!("reminders#{number}"): {"le": at, "message": message}});
        row
    };
    let mut early = Tale::new();
    early.triaged().wait(19).write(alert(3, 2, "2026-03-21T09:00:00Z"));
    early.breaks("I6", "dû le");

    let mut twice = Tale::new();
    twice.triaged().wait(21).write(alert(3, 2, "2026-03-23T09:00:00Z")).write(alert(
        4,
        3,
        "2026-03-23T09:00:00Z",
    ));
    twice.breaks("I6", "deux fois");
}

#[test]
fn an_alert_that_was_asked_for_is_given() {
    let mut row = to_orient();
    row["revision"] = 3.into();
    row["rappels"]["alertes"] = 1.into();
    row["registre"]["emis"]["reminders"] = 2.into();
    let message = json!({"type": "fr.spie.relance.due.v1", "data": {"horloge": "H3", "echelon": 0}});
    row["registre"]["sortie"] = json!({"reminders#2": {"le": "2026-03-23T09:00:00Z", "message": message}});
    let mut tale = Tale::new();
    tale.triaged().wait(21).write(row.clone()).send(&row, &["reminders#2"]);
    tale.breaks("I1", "une alerte de retard n’a pas été dit");
    tale.letter("H3-0", "Orientation à signer : jour 21", "Le dossier attend.");
    assert_eq!(tale.judged(), []);
}

#[test]
fn nobody_s_telephone_rings_on_a_sunday_and_what_waits_for_its_hour_leaves() {
    let mut tale = Tale::new();
    tale.triaged().wait(6).rung("+33639980077", "Référent 77 Un vous accompagne.");
    tale.breaks("I6", "un SMS parti le 2026-03-08");

    let mut tale = whole();
    let line = |attributes| What::Side {
        table: "envois",
        pk: "77#attente".into(),
        sk: format!("2026-03-03T08:00:00Z#{ID}#2"),
        attributes,
    };
    tale.tell(line(Some(json!({}))));
    tale.breaks("I6", "attend toujours son heure");
    tale.tell(line(None));
    assert_eq!(tale.judged(), []);
}

#[test]
fn france_travail_is_awaited_from_the_legal_midnight() {
    let mut row = to_orient();
    row["etat"]["code"] = "attente_france_travail".into();
    row["etat"]["depuis"] = "2026-04-13T00:00:00Z".into();
    let mut tale = Tale::new();
    tale.triaged().wait(43).write(row);
    tale.breaks("I6", "France Travail attendu depuis");
}

#[test]
fn nothing_crosses_a_territory() {
    let mut foreign_row = whole();
    let pk = format!("93#{ID}");
    foreign_row.tell(What::Side { table: "carnets", pk, sk: "entree#9".into(), attributes: Some(json!({})) });
    foreign_row.breaks("I7", "une ligne de carnets");

    let mut foreign_place = Tale::new();
    let mut elsewhere = referent(1);
    elsewhere["pk"] = "93".into();
    foreign_place.triaged().tell(What::Commit { row: named(), referents: vec![elsewhere] });
    foreign_place.breaks("I7", "prend une place à");

    let mut foreign_name = whole();
    foreign_name.letter("contact", "Quelqu’un à appeler dès maintenant", "Bonjour Blandine,");
    foreign_name.breaks("I7", "nomme quelqu’un d’autre");

    let rung = |telephone: &str, text: &str| {
        let mut tale = Tale::new();
        tale.triaged().rung(telephone, text);
        tale
    };
    rung("+33639980093", "Votre orientation est décidée.").breaks("I7", "nomme quelqu’un d’autre");
    rung("+33639980000", "Votre orientation est décidée.").breaks("I7", "nomme 0 personnes");
    rung("+33639980077", "Bonjour Abélard,").breaks("I7", "nomme quelqu’un");

    let mut shown = whole();
    let dossiers = vec![format!("93#{ID}")];
    shown.ask(5, Ask::Look, false).tell(What::Answered { request: 5, outcome: "ok", dossiers });
    shown.breaks("I7", "est montré à 77");
}

#[test]
fn a_message_names_nobody() {
    let mut tale = whole();
    let named = message(&submitted(), "triage#1");
    let body = named.body.replace("{}", "{\"prenom\":\"Abélard\"}");
    tale.tell(What::Sent(checker::Message { body: body.into(), ..named }));
    tale.breaks("I7", "porte un prénom");
}

#[test]
fn it_ends() {
    let mut tale = whole();
    tale.history.end.waiting.push(message(&submitted(), "triage#1"));
    tale.breaks("I8", "restent sur les files");
    let mut endless = whole();
    endless.tell(What::Endless);
    endless.breaks("I8", "ne finit pas");
}

#[test]
fn a_decision_is_somebodys() {
    let mut tale = Tale::new();
    tale.triaged().write(signed());
    tale.breaks("parcours", "une décision sans que personne");
    let mut back = whole();
    back.write(to_orient());
    back.breaks("parcours", "passe de affecte à a_orienter");
}

#[test]
fn an_erased_dossier_leaves_nothing_and_stays_erased() {
    let tombstone = |left: &str| {
        json!({"pk": PK, "v": 1, "revision": 5, "etag": 5, "file_pk": "77#efface", "file_sk": "",
            "efface": {"reste": left}, "registre": {}})
    };
    let erased = |left: &str| {
        let mut tale = whole();
        tale.ask(9, Ask::Erase, true);
        tale.tell(What::Commit { row: tombstone(left), referents: vec![referent(0)] }).grant(9);
        tale
    };
    erased("rien").breaks("effacement", "carnets garde");
    erased("rien").breaks("effacement", "recu.json reste");
    erased("tout").breaks("effacement", "n’est pas fini");

    let mut clean = erased("rien");
    for sk in ["entree#1", "entree#2"] {
        clean.tell(What::Side { table: "carnets", pk: PK.into(), sk: sk.into(), attributes: None });
    }
    for fact in ["recu", "decision"] {
        clean.tell(What::Document { name: format!("envois/77/{ID}/{fact}.json"), bytes: None });
    }
    assert_eq!(clean.judged(), []);

    clean.tell(What::Commit { row: named(), referents: vec![referent(1)] });
    clean.breaks("parcours", "passe de efface");
}

#[test]
fn a_sweep_ends_once_with_the_figures_it_froze() {
    let run = |state: &str, figures: u64| {
        let attributes = Some(json!({"etat": state, "rapport": {"stock": figures}}));
        What::Side { table: "balayages", pk: "77".into(), sk: "2026-03".into(), attributes }
    };
    let mut twice = whole();
    twice.tell(run("termine", 1)).tell(run("termine", 1));
    twice.breaks("I2", "après");
    let mut other = whole();
    other.tell(run("en_cours", 1)).tell(run("termine", 2));
    other.breaks("I2", "le rapport change");
}
