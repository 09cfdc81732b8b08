//! Rules of what is sealed: it comes back whole, and its shape is published.

use serde_json::json;

use super::*;
use crate::api::Admission;
use crate::api::goldens::{golden, holds};

fn demande() -> Demande {
    let served = ["77".parse().unwrap()];
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    Demande::parse(&golden!("api-demande-requete"), &Admission { served: &served, trusted: true, today })
        .unwrap()
}

#[test]
fn every_sealed_shape_parses_and_comes_back_as_it_was() {
    holds::<IdentiteV1>(&golden!("sealed-identite-v1"));
    holds::<ContactsV1>(&golden!("sealed-contacts-v1"));
    holds::<ContactsV1>(&golden!("sealed-contacts-sans-domicile-v1"));
    holds::<NumerosV1>(&golden!("sealed-numeros-v1"));
    holds::<FoyerV1>(&golden!("sealed-foyer-v1"));
    holds::<ReponsesV1>(&golden!("sealed-reponses-v1"));
    holds::<MotsV1>(&golden!("sealed-mots-v1"));
    holds::<TraceV1>(&golden!("sealed-trace-v1"));
}

#[test]
fn a_person_is_unsealed_as_they_were_sealed() {
    let person = demande().person;
    let sealed = (IdentiteV1::of(&person), ContactsV1::of(&person), NumerosV1::of(&person));
    assert_eq!(serde_json::to_value(&sealed.0).unwrap(), golden!("sealed-identite-v1"));
    assert_eq!(serde_json::to_value(&sealed.1).unwrap(), golden!("sealed-contacts-v1"));
    assert_eq!(serde_json::to_value(&sealed.2).unwrap(), golden!("sealed-numeros-v1"));
    assert!(Person::unseal(sealed.0, sealed.1, sealed.2).unwrap() == person);
}

#[test]
fn a_household_and_the_answers_come_back_as_they_went() {
    let demande = demande();
    assert_eq!(Household::from(&FoyerV1::from(&demande.household)), demande.household);
    let sealed = ReponsesV1::of(&demande.answers, SourceCode::Agent, "2026-11-12T10:00:00Z".parse().unwrap());
    assert!(sealed.answers().unwrap() == demande.answers);
    assert_eq!(MotsV1::of(&demande).map(|it| it.texte), demande.comment);
}

#[test]
fn what_cannot_be_read_back_is_corrupt_and_says_only_where() {
    let mut contacts: ContactsV1 = serde_json::from_value(golden!("sealed-contacts-v1")).unwrap();
    contacts.telephone = Some("06".into());
    let identite: IdentiteV1 = serde_json::from_value(golden!("sealed-identite-v1")).unwrap();
    let unsealed = Person::unseal(identite, contacts, NumerosV1::default());
    assert_eq!(unsealed.err(), Some(Corrupt("telephone")));
    let mut reponses = golden!("sealed-reponses-v1");
    for wrong in [
        json!({"natlog": 3}),
        json!({"natlog": "9999"}),
        json!({"rien": "1"}),
        json!({"difsoc": ["0402", 4]}),
    ] {
        reponses["reponses"] = wrong;
        let sealed: ReponsesV1 = serde_json::from_value(reponses.clone()).unwrap();
        assert_eq!(sealed.answers().err(), Some(Corrupt("reponses")));
    }
}

#[test]
fn nothing_sealed_prints_itself() {
    let person = demande().person;
    let printed =
        format!("{:?}{:?}{:?}", IdentiteV1::of(&person), ContactsV1::of(&person), NumerosV1::of(&person));
    assert_eq!(printed, "IdentiteV1(…)ContactsV1(…)NumerosV1(…)");
    assert!(NumerosV1::default().is_empty() && !NumerosV1::of(&person).is_empty());
}
