//! Rules of the border for an application.

use serde_json::json;

use super::*;
use crate::api::goldens::golden;

const SEINE_ET_MARNE: &str = "77";

fn parse(body: &Value, trusted: bool) -> Result<Demande, Rejected> {
    let served = [SEINE_ET_MARNE.parse().unwrap()];
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    Demande::parse(body, &Admission { served: &served, trusted, today })
}

/// The errors of a body, as `pointer code`.
fn errors(body: &Value, trusted: bool) -> Vec<String> {
    let rejected = parse(body, trusted).err();
    let errors = rejected.map(|it| it.errors).unwrap_or_default();
    errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
}

/// The full example with one member set.
fn full_with(pointer: &str, value: Value) -> Value {
    let mut body = golden!("api-demande-requete");
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

/// The public example with one member of an object set.
fn public_with(parent: &str, name: &str, value: Value) -> Value {
    let mut body = golden!("api-demande-publique-requete");
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

#[test]
fn a_full_application_from_a_professional_is_read_whole() {
    let demande = parse(&golden!("api-demande-requete"), true).unwrap();
    assert_eq!(demande.territory.as_str(), "77");
    assert_eq!(demande.channel, Channel::Counter);
    assert_eq!(demande.person.phone.as_ref().unwrap().as_str(), "+33639980001");
    assert_eq!(demande.person.nir.as_ref().unwrap().as_str(), "185137799900127");
    assert_eq!(demande.person.address.commune.as_str(), "77288");
    assert!(matches!(demande.right, RightStated::Confirmed { duties: true, received_on: Some(_), .. }));
    assert_eq!(demande.answers.len(), 8);
    assert_eq!(demande.needs, BTreeSet::from([Need::Shelter]));
    assert_eq!(demande.wishes.referent, Some("ref-012".parse().unwrap()));
    assert_eq!(demande.comment.as_deref(), Some("Le matin de préférence."));
    assert_eq!(format!("{demande:?} {:?}", demande.person), "Demande(…) Person(…)");
}

#[test]
fn the_public_says_little_and_that_is_enough() {
    let demande = parse(&golden!("api-demande-publique-requete"), false).unwrap();
    assert_eq!(demande.right, RightStated::Declared { opened_on: None });
    assert!(demande.answers.is_empty() && demande.needs.is_empty() && demande.comment.is_none());
    assert_eq!(demande.household.role, HouseholdRole::Applicant);
}

#[test]
fn every_error_is_told_at_once() {
    let body = json!({
        "territoire": "77", "canal": "fax", "surprise": 1,
        "personne": {"prenom": "42", "date_naissance": "1985-02-30", "telephone": "12", "courriel": "x",
                     "adresse": {"code_postal": "7700", "commune": "99999"}},
        "foyer": {"conjoint": "non", "enfants": 99},
        "droit": {"statut": "peut-etre", "date_ouverture": "hier"},
        "dsp": {"natlog": "9999", "difsoc": ["0402", "0499", 3], "inconnu": "1"},
        "aide_immediate": ["hebergement", "voiture"],
        "souhaits": {"organisme": "mairie", "referent": "A B"},
    });
    assert_eq!(
        errors(&body, false),
        [
            "/surprise champ_inconnu",
            "/canal code_inconnu",
            "/personne/prenom caracteres_interdits",
            "/personne/nom champ_absent",
            "/personne/date_naissance date_impossible",
            "/personne/telephone format",
            "/personne/courriel format",
            "/personne/adresse/code_postal format",
            "/personne/adresse/commune code_inconnu",
            "/foyer/conjoint type",
            "/foyer/enfants hors_limites",
            "/droit/statut code_inconnu",
            "/droit/date_ouverture format",
            "/dsp/difsoc/1 code_inconnu",
            "/dsp/difsoc/2 forme_invalide",
            "/dsp/inconnu champ_inconnu",
            "/dsp/natlog code_inconnu",
            "/aide_immediate/1 code_inconnu",
            "/souhaits/organisme code_inconnu",
            "/souhaits/referent format",
        ]
    );
}

#[test]
fn the_public_gives_no_nir_and_confirms_no_right_and_has_one_channel() {
    let body = golden!("api-demande-requete");
    let refused = ["/canal canal_refuse", "/personne/nir nir_refuse", "/droit/statut droit_confirme_refuse"];
    assert_eq!(errors(&body, false), refused);
    // A professional who declares the public's channel follows the public's rules.
    assert_eq!(errors(&full_with("/canal", json!("web")), true), refused[1..]);
}

#[test]
fn a_nir_from_the_public_is_refused_under_another_name_too() {
    let body = public_with("/personne", "numero_allocataire", json!("1 85 13 77 999 001 27"));
    assert_eq!(errors(&body, false), ["/personne/numero_allocataire nir_refuse"]);
}

#[test]
fn a_nir_is_right_with_its_key() {
    for nir in ["1 85 13 77 999 001 28", "1851377999001", "185", "X85137799900127", "١85137799900127"] {
        let body = full_with("/personne/nir", json!(nir));
        assert_eq!(errors(&body, true), ["/personne/nir nir_invalide"], "{nir}");
        let rejected = parse(&body, true).unwrap_err();
        assert!(!rejected.errors[0].detail.contains("999"), "a nir is never repeated");
    }
}

#[test]
fn a_person_is_sixteen_at_least_and_born() {
    let born = |date: &str| errors(&full_with("/personne/date_naissance", json!(date)), true);
    assert!(born("2010-11-21").is_empty());
    assert_eq!(born("2010-11-22"), ["/personne/date_naissance age_minimum"]);
    assert_eq!(born("2026-11-22"), ["/personne/date_naissance date_future"]);
    assert!(born("1915-11-22").is_empty());
    assert_eq!(born("1915-11-21"), ["/personne/date_naissance date_invraisemblable"]);
    assert_eq!(born("0085-03-27"), ["/personne/date_naissance date_invraisemblable"]);
}

#[test]
fn a_territory_is_served_and_the_commune_is_in_it() {
    assert_eq!(
        errors(&full_with("/territoire", json!("93")), true)[0],
        "/territoire territoire_non_desservi"
    );
    assert_eq!(errors(&full_with("/territoire", json!("999")), true), ["/territoire code_inconnu"]);
    let mut body = full_with("/personne/adresse/commune", json!("75056"));
    body["personne"]["adresse"]["code_postal"] = json!("75001");
    assert_eq!(errors(&body, true), ["/personne/adresse/commune commune_hors_territoire"]);
}

#[test]
fn a_right_starts_in_the_past_and_not_before_the_minimum_income() {
    let opened = |date: &str| errors(&full_with("/droit/date_ouverture", json!(date)), true);
    assert!(opened("2026-11-21").is_empty());
    assert_eq!(opened("2026-11-22"), ["/droit/date_ouverture date_future"]);
    assert_eq!(opened("1988-11-30"), ["/droit/date_ouverture date_invraisemblable"]);
    assert_eq!(opened_without_date(), ["/droit/date_ouverture champ_absent"]);
}

fn opened_without_date() -> Vec<String> {
    errors(&full_with("/droit", json!({"statut": "confirme"})), true)
}

#[test]
fn a_declared_right_needs_no_date() {
    let body = public_with("", "droit", json!({"statut": "declare", "droits_devoirs": true}));
    assert_eq!(parse(&body, false).unwrap().right, RightStated::Declared { opened_on: None });
    let body = public_with("", "droit", json!({"statut": "declare", "date_ouverture": "2026-11-01"}));
    assert!(matches!(parse(&body, false).unwrap().right, RightStated::Declared { opened_on: Some(_) }));
}

#[test]
fn contradictory_answers_are_refused_where_they_contradict() {
    let body = public_with("", "dsp", json!({"hispro": "1904", "duractdomi": "2104", "libderact": "K2204"}));
    assert_eq!(
        errors(&body, false),
        ["/dsp/libderact reponses_contradictoires", "/dsp/duractdomi reponses_contradictoires"]
    );
    let body = public_with("", "dsp", json!({"difsoc": ["0401", "0406"]}));
    assert_eq!(errors(&body, false), ["/dsp/difsoc reponses_contradictoires"]);
    let body = public_with("/foyer", "role", json!("conjoint"));
    assert_eq!(errors(&body, false), ["/foyer/role reponses_contradictoires"]);
}

#[test]
fn null_is_absent() {
    let mut body = golden!("api-demande-publique-requete");
    for name in ["droit", "dsp", "aide_immediate", "souhaits"] {
        body[name] = Value::Null;
    }
    assert!(parse(&body, false).is_ok());
    body["personne"]["nom"] = Value::Null;
    assert_eq!(errors(&body, false), ["/personne/nom champ_absent"]);
}

#[test]
fn an_optional_text_that_is_there_says_something() {
    assert_eq!(errors(&full_with("/personne/telephone", json!(" ")), true), ["/personne/telephone vide"]);
    assert_eq!(errors(&full_with("/souhaits/commentaire", json!("")), true), ["/souhaits/commentaire vide"]);
    let long = json!("é".repeat(1001));
    assert_eq!(errors(&full_with("/souhaits/commentaire", long), true), ["/souhaits/commentaire trop_long"]);
}

#[test]
fn a_number_at_the_caf_or_the_msa_has_figures_only() {
    let number = |text: &str| errors(&full_with("/personne/numero_allocataire", json!(text)), true);
    for text in ["1234567", "1234567890123", " 1 234 567 "] {
        assert!(number(text).is_empty(), "{text}");
    }
    for text in ["1234567A", "1234567890123456", "١٢٣"] {
        assert_eq!(number(text), ["/personne/numero_allocataire format"], "{text}");
    }
}
