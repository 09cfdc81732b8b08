//! A judge who never finds anything proves nothing: each thing that can go wrong is seen.

use serde_json::json;

use super::super::people::Person;
use super::*;

const PK: &str = "77#d";

#[test]
fn a_sound_world_violates_nothing() {
    assert_eq!(judged(&sound()), Vec::<String>::new());
}

#[test]
fn a_dossier_that_disappeared_is_seen() {
    sees("I1", |left| rows(left, "dossiers").clear());
}

#[test]
fn a_message_left_in_an_outbox_is_seen() {
    sees("I1", |left| dossier(left)["registre"]["sortie"] = json!({ "carnet#2": {} }));
}

#[test]
fn a_message_never_applied_is_seen() {
    sees("I1", |left| dossier(left)["registre"]["recus"]["triage"] = json!(0));
}

#[test]
fn a_carnet_entry_lost_or_doubled_is_seen() {
    sees("I1", |left| {
        rows(left, "carnets").pop();
    });
    sees("I2", |left| {
        let again = json!({ "pk": PK, "sk": "entree#9", "nature": "orientation", "auteur": "parcours" });
        rows(left, "carnets").push(again);
    });
}

#[test]
fn a_letter_lost_doubled_claimed_only_or_rewritten_is_seen() {
    sees("I1", |left| {
        left.documents.pop_first();
    });
    sees("I2", |left| {
        left.documents.insert("envois/77/d/autre.json".to_owned());
    });
    sees("I2", |left| {
        rows(left, "envois").push(json!({ "pk": PK, "sk": "envoi#decision/2", "etat": "envoye" }));
        left.documents.insert("envois/77/d/decision-2.json".to_owned());
    });
    sees("I1", |left| {
        *dossier(left) = unsigned();
        rows(left, "envois").push(json!({ "pk": PK, "sk": "envoi#H1/0", "etat": "reserve" }));
        left.documents.insert("envois/77/d/H1-0.json".to_owned());
    });
    sees("I2", |left| left.replaced = 1);
}

#[test]
fn a_claim_whose_letter_left_is_enough() {
    let mut left = sound();
    for row in rows(&mut left, "envois") {
        row["etat"] = json!("reserve");
    }
    assert_eq!(judged(&left), Vec::<String>::new());
}

#[test]
fn what_was_claimed_and_is_no_longer_true_need_not_be_said() {
    let mut left = sound();
    for key in ["contact/ref-2", "H3/0", "H0/0", "france-travail"] {
        let sk = format!("envoi#{key}");
        rows(&mut left, "envois").push(json!({ "pk": PK, "sk": sk, "etat": "reserve" }));
    }
    dossier(&mut left)["registre"]["emis"]["reminders"] = json!(6);
    assert_eq!(judged(&left), Vec::<String>::new());
}

#[test]
fn a_dossier_assigned_to_nobody_or_to_another_than_its_index_says_is_seen() {
    sees("I3", |left| dossier(left)["etat"] = json!({ "code": "affecte" }));
    sees("I3", |left| dossier(left)["referent_pk"] = json!("77#ref-1"));
}

#[test]
fn a_counter_that_lies_and_a_place_too_many_are_seen() {
    sees("I4", |left| rows(left, "referents")[0]["actifs"] = json!(2));
    let mut left = sound();
    let violations = judge(&left, &expecting(&lived(), 0));
    assert!(violations.iter().any(|it| it.starts_with("I4")), "{violations:?}");
    rows(&mut left, "referents").pop();
    assert!(!judged(&left).is_empty(), "a référent who disappeared");
}

#[test]
fn a_row_in_another_territory_is_seen() {
    sees("I7", |left| rows(left, "reponses").push(json!({ "pk": "93#d", "sk": "trace#1" })));
}

#[test]
fn a_dead_letter_and_a_queue_that_does_not_end_are_seen() {
    let count = |count| {
        move |left: &mut Left| {
            left.queues.insert("triage".to_owned(), count);
        }
    };
    sees("I1", count(Count { accepted: 1, dead: 1, ..Count::default() }));
    sees("I8", count(Count { accepted: 1, waiting: 1, ..Count::default() }));
    sees("I1", count(Count { accepted: 2, done: 1, ..Count::default() }));
}

#[test]
fn a_second_dossier_for_one_application_is_seen() {
    sees("I2", |left| {
        let mut again = dossier(left).clone();
        again["pk"] = json!("77#e");
        rows(left, "dossiers").push(again);
    });
}

#[test]
fn somebody_left_waiting_while_there_is_room_is_seen() {
    sees("I1", |left| {
        *dossier(left) = json!({
            "pk": PK, "etat": { "code": "en_attente_de_place" },
            "registre": { "emis": { "triage": 1, "assignment": 1, "carnet": 2, "reminders": 2 },
                          "recus": { "triage": 1, "assignment": 1 } },
        });
        rows(left, "referents")[0]["actifs"] = json!(0);
    });
}

#[test]
fn an_erased_dossier_of_which_nothing_is_left_violates_nothing() {
    assert_eq!(judge(&buried(), &expecting(&erased_person(), 1)), Vec::<String>::new());
    assert_eq!(judge_erased(&buried()), Vec::<String>::new());
}

#[test]
fn whatever_is_left_or_comes_back_of_an_erased_dossier_is_seen() {
    let spoilt: [fn(&mut Left); 9] = [
        |left| *left = sound(),
        |left| dossier(left)["efface"]["reste"] = json!("retardataires"),
        |left| rows(left, "cles").clear(),
        |left| rows(left, "cles")[0] = json!({ "pk": PK, "sk": "dossier", "cle": "x" }),
        |left| rows(left, "personnes").push(json!({ "pk": PK, "sk": "-" })),
        |left| rows(left, "reponses").push(json!({ "pk": PK, "sk": "trace#1" })),
        |left| rows(left, "acces").push(json!({ "pk": "77#suivi#x", "sk": "-", "dossier": "d" })),
        |left| left.documents.extend(["envois/77/d/recu.json".to_owned()]),
        |left| rows(left, "referents")[0]["actifs"] = json!(1),
    ];
    for (rank, spoil) in spoilt.into_iter().enumerate() {
        let mut left = buried();
        spoil(&mut left);
        assert!(!judge(&left, &expecting(&erased_person(), 1)).is_empty(), "{rank}");
        assert!(!judge_erased(&left).is_empty(), "{rank}");
    }
}

fn sees(invariant: &str, spoil: impl FnOnce(&mut Left)) {
    let mut left = sound();
    spoil(&mut left);
    let violations = judged(&left);
    assert!(violations.iter().any(|it| it.contains(invariant)), "{invariant} is not among {violations:?}");
}

fn judged(left: &Left) -> Vec<String> {
    judge(left, &expecting(&lived(), 1))
}

fn lived() -> [Lived; 1] {
    let person = Person { index: 0, territory: "77", story: Story::Counter };
    [Lived { person, dossier: "d".to_owned(), signed: true, chosen: None }]
}

static NO_POISON: BTreeMap<&str, u64> = BTreeMap::new();

fn expecting(lived: &[Lived], capacity: u64) -> Expected<'_> {
    Expected { lived, capacity, poisons: &NO_POISON }
}

fn rows<'a>(left: &'a mut Left, table: &'static str) -> &'a mut Vec<Value> {
    left.tables.entry(table).or_default()
}

fn dossier(left: &mut Left) -> &mut Value {
    &mut rows(left, "dossiers")[0]
}

fn erased_person() -> [Lived; 1] {
    let mut lived = lived();
    lived[0].person.story = Story::Erased(1);
    lived
}

/// A dossier that nobody signed, nor anybody will.
fn unsigned() -> Value {
    json!({
        "pk": PK, "etat": { "code": "a_orienter" },
        "registre": { "emis": { "triage": 1, "reminders": 3 }, "recus": { "triage": 1 } },
    })
}

/// The same person as in a sound world, erased.
fn buried() -> Left {
    let mut left = sound();
    for table in ["personnes", "reponses", "carnets", "envois"] {
        rows(&mut left, table).clear();
    }
    left.documents.clear();
    *rows(&mut left, "cles") = vec![json!({ "pk": PK, "sk": "dossier", "detruite": true })];
    *dossier(&mut left) = json!({ "pk": PK, "efface": { "reste": "rien" }, "registre": { "emis": {} } });
    rows(&mut left, "referents")[0]["actifs"] = json!(0);
    left
}

/// One person, placed with the first référent of the first territory.
fn sound() -> Left {
    let referent = |territory: &str, index: usize| {
        let actifs = u64::from(territory == "77" && index == 0);
        json!({ "pk": territory, "sk": format!("ref-{index}"), "actifs": actifs })
    };
    let referents = TERRITORIES.iter().flat_map(|it| (0..REFERENTS).map(move |index| referent(it, index)));
    let row = |sk: &str| json!({ "pk": PK, "sk": sk });
    let entry =
        |sk: &str, nature: &str| json!({ "pk": PK, "sk": sk, "nature": nature, "auteur": "parcours" });
    let sent = |sk: &str| json!({ "pk": PK, "sk": sk, "etat": "envoye" });
    let dossier = json!({
        "pk": PK, "referent_pk": "77#ref-0",
        "etat": { "code": "affecte", "referent": { "referent": "ref-0" } },
        "registre": {
            "emis": { "triage": 1, "assignment": 1, "carnet": 2, "reminders": 2 },
            "recus": { "triage": 1, "assignment": 1 },
        },
    });
    Left {
        tables: BTreeMap::from([
            ("dossiers", vec![dossier]),
            ("personnes", vec![row("-")]),
            ("cles", vec![row("-")]),
            ("reponses", vec![row("dsp#1")]),
            ("carnets", vec![entry("entree#1", "orientation"), entry("entree#2", "referent")]),
            ("envois", vec![sent("envoi#recu"), sent("envoi#decision/1")]),
            ("referents", referents.collect()),
        ]),
        documents: BTreeSet::from(
            ["envois/77/d/recu.json", "envois/77/d/decision-1.json"].map(str::to_owned),
        ),
        ..Left::default()
    }
}
