//! Whatever is posted, the border answers: with a value, or with errors that a person can act on.

use chrono::NaiveDate;
use domain::Territory;
use proptest::prelude::*;
use proptest::sample::Index;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::doc::{
    BalayageDemandeJson, ChangementReferentJson, DelegationPutJson, DemandeJson, DroitDemandeJson,
    NouvelleEntreeJson, ReferentPutJson, SignatureJson, UrgenceJson,
};
use super::goldens::golden;
use super::*;
use crate::border::{Rejected, read_json};

/// A parser, whether its schema reads what it accepts, and an example.
type Parser = (fn(&Value) -> Option<Rejected>, fn(&Value) -> bool, Value);

fn parsers() -> Vec<Parser> {
    vec![
        (
            |it| Demande::parse(it, &admission(&[territory()], true)).err(),
            fits::<DemandeJson>,
            golden!("api-demande-requete"),
        ),
        (
            |it| Demande::parse(it, &admission(&[territory()], false)).err(),
            fits::<DemandeJson>,
            golden!("api-demande-publique-requete"),
        ),
        (|it| DroitBody::parse(it, today()).err(), fits::<DroitDemandeJson>, golden!("api-droit-requete")),
        (
            |it| NouvelleDroit::parse(it, today()).err(),
            fits::<NouvelleDroitJson>,
            golden!("api-droit-nouvelle-requete"),
        ),
        (
            |it| SignatureBody::parse(it, today()).err(),
            fits::<SignatureJson>,
            golden!("api-signature-requete"),
        ),
        (
            |it| ChangeReferent::parse(it).err(),
            fits::<ChangementReferentJson>,
            golden!("api-changement-referent-requete"),
        ),
        (|it| UrgenceBody::parse(it).err(), fits::<UrgenceJson>, golden!("api-urgence-requete")),
        (|it| NewEntry::parse(it).err(), fits::<NouvelleEntreeJson>, golden!("api-entree-requete")),
        (
            |it| ReferentBody::parse(it, territory()).err(),
            fits::<ReferentPutJson>,
            golden!("api-referent-requete"),
        ),
        (|it| DelegationBody::parse(it).err(), fits::<DelegationPutJson>, golden!("api-delegation-requete")),
        (|it| BalayageBody::parse(it).err(), fits::<BalayageDemandeJson>, golden!("api-balayage-requete")),
    ]
}

fn fits<T: DeserializeOwned>(body: &Value) -> bool {
    serde_json::from_value::<T>(body.clone()).is_ok()
}

fn territory() -> Territory {
    "77".parse().unwrap()
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
}

fn admission(served: &[Territory], trusted: bool) -> Admission<'_> {
    Admission { served, trusted, today: today() }
}

/// Any JSON, with texts that look like ours now and then.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        r"\PC{0,60}",
        r"[0-9]{0,16}",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
        prop::sample::select(vec![
            "77", "web", "O", "0401", "0901", "social", "autre", "1904", "2104", "é", " "
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        let name = prop_oneof![
            prop::sample::select(vec![
                "personne", "dsp", "natlog", "difsoc", "prenom", "foyer", "droit", "du", "a/b~c"
            ])
            .prop_map(str::to_owned),
            text.clone(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..8)
                .prop_map(|it| Value::Object(it.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Every pointer in a body.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (name, it) in map {
                pointers(it, &crate::border::child(at, name), all);
            }
        }
        Value::Array(list) => {
            for (n, it) in list.iter().enumerate() {
                pointers(it, &format!("{at}/{n}"), all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What every refusal owes to whoever reads it.
fn is_useful(rejected: &Rejected, body: &Value) {
    assert!(!rejected.errors.is_empty());
    for error in &rejected.errors {
        let parent = error.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let exists = body.pointer(&error.pointer).is_some() || body.pointer(parent).is_some();
        // A missing member of a missing object is told at the object.
        assert!(exists, "{} points nowhere", error.pointer);
        assert!(!error.code.is_empty() && error.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        assert!(error.detail.ends_with('.') && error.detail.len() > 15, "{}", error.detail);
        assert!(error.detail.starts_with(char::is_uppercase), "{}", error.detail);
        assert!(!error.detail.chars().any(char::is_control), "{:?}", error.detail);
    }
}

#[test]
fn every_example_is_accepted() {
    for (parse, fits, example) in parsers() {
        assert_eq!(parse(&example), None);
        assert!(fits(&example));
    }
}

#[test]
fn no_personal_value_is_ever_repeated() {
    for pointer in ["prenom", "nom", "date_naissance", "telephone", "courriel", "numero_allocataire", "nir"] {
        for value in [
            json!("Zwx1\u{1}"),
            json!("zwx1@@"),
            json!(["Zwx1"]),
            json!({"Zwx": "zwx1"}),
            json!("zwx1".repeat(80)),
        ] {
            let mut body = golden!("api-demande-requete");
            body["personne"][pointer] = value;
            let (parse, ..) = &parsers()[0];
            let errors = parse(&body).unwrap().errors;
            assert!(errors.iter().all(|it| !it.detail.to_lowercase().contains("zwx1")), "{errors:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused_usefully(body in any_json()) {
        for (parse, fits, _) in parsers() {
            match parse(&body) {
                Some(rejected) => is_useful(&rejected, &body),
                None => prop_assert!(fits(&body)),
            }
        }
    }

    /// One member of a valid body replaced by anything: what the parser still accepts, the schema accepts too.
    #[test]
    fn one_wrong_member_is_told_where_it_is(at in any::<Index>(), which in any::<Index>(), value in any_json()) {
        let all = parsers();
        let (parse, fits, example) = which.get(&all);
        let mut places = Vec::new();
        pointers(example, "", &mut places);
        let place = at.get(&places);
        let mut body = example.clone();
        *body.pointer_mut(place).unwrap() = value;
        match parse(&body) {
            Some(rejected) => is_useful(&rejected, &body),
            None => prop_assert!(fits(&body), "{place}"),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_json(&bytes);
    }

    #[test]
    fn json_read_strictly_is_the_same_json(body in any_json()) {
        let text = serde_json::to_vec(&body).unwrap();
        if let Ok(read) = read_json(&text) {
            prop_assert_eq!(read, serde_json::from_slice::<Value>(&text).unwrap());
        }
    }
}
