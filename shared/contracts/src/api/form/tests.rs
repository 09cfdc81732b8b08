//! Rules of the form: what it posts means what the API says.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn form(pairs: &[(&str, &str)]) -> Value {
    form_to_json(
        &pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<Vec<_>>(),
    )
}

#[test]
fn a_whole_form_means_a_whole_application() {
    let body = form(&[
        ("territoire", "77"),
        ("canal", "web"),
        ("personne.prenom", " Camille "),
        ("personne.nom", "Exemple"),
        ("personne.naissance_jour", "7"),
        ("personne.naissance_mois", "3"),
        ("personne.naissance_annee", "1985"),
        ("personne.telephone", "  "),
        ("personne.adresse.code_postal", "77000"),
        ("personne.adresse.commune", "77288"),
        ("foyer.conjoint", "non"),
        ("foyer.enfants", "2"),
        ("dsp.natlog", "0901"),
        ("dsp.difsoc", "0402"),
        ("dsp.difsoc", "0404"),
        ("dsp.toppermicondub", "1"),
        ("aide_immediate", "hebergement"),
    ]);
    let expected = json!({
        "territoire": "77", "canal": "web",
        "personne": {"prenom": "Camille", "nom": "Exemple", "date_naissance": "1985-03-07",
                     "adresse": {"code_postal": "77000", "commune": "77288"}},
        "foyer": {"conjoint": false, "enfants": 2},
        "dsp": {"natlog": "0901", "difsoc": ["0402", "0404"], "toppermicondub": "1"},
        "aide_immediate": ["hebergement"],
    });
    assert_eq!(body, expected);
    let served = ["77".parse().unwrap()];
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let admission = crate::api::Admission { served: &served, trusted: false, today };
    assert!(crate::api::Demande::parse(&body, &admission).is_ok());
}

#[test]
fn an_impossible_date_is_handed_on_as_it_is() {
    let date = |day, month, year| {
        form(&[("p.naissance_jour", day), ("p.naissance_mois", month), ("p.naissance_annee", year)])
    };
    assert_eq!(date("31", "2", "1985"), json!({"p": {"date_naissance": "1985-02-31"}}));
    assert_eq!(date("31", "", "85"), json!({"p": {"date_naissance": "85-00-31"}}));
    assert_eq!(date("", " ", ""), json!({}));
}

#[test]
fn one_code_of_a_list_is_still_a_list_and_two_values_of_one_field_are_not_hidden() {
    assert_eq!(form(&[("dsp.difsoc", "0401")]), json!({"dsp": {"difsoc": ["0401"]}}));
    assert_eq!(form(&[("canal", "web"), ("canal", "flux")]), json!({"canal": ["web", "flux"]}));
}

#[test]
fn what_is_not_yes_or_no_or_a_number_stays_text_for_the_parser_to_refuse() {
    assert_eq!(
        form(&[("foyer.conjoint", "peut-être"), ("foyer.enfants", "-1")]),
        json!({"foyer": {"conjoint": "peut-être", "enfants": "-1"}})
    );
    assert_eq!(form(&[("foyer.majore", "oui")]), json!({"foyer": {"majore": true}}));
}

#[test]
fn a_name_of_absurd_depth_stays_whole() {
    let name = "a.".repeat(10_000);
    assert_eq!(form(&[(&name, "x")]), json!({ name: "x" }));
    assert_eq!(form(&[("a", "x"), ("a.b", "y")]), json!({"a": "x"}));
}

#[test]
fn a_pointer_leads_back_to_the_field_of_the_form() {
    for (pointer, name) in [
        ("/personne/prenom", "personne.prenom"),
        ("/personne/date_naissance", "personne.naissance_jour"),
        ("/droit/date_ouverture", "droit.ouverture_jour"),
        ("/dsp/difsoc/1", "dsp.difsoc"),
        ("/aide_immediate/0", "aide_immediate"),
        ("/a~1b", "a/b"),
        ("", ""),
    ] {
        assert_eq!(form_name(pointer), name);
    }
}

proptest! {
    #[test]
    fn no_form_is_too_strange(pairs in prop::collection::vec((r"[a-z._]{0,12}|\PC*", r"[0-9]{0,4}|\PC*"), 0..20)) {
        let body = form_to_json(&pairs);
        prop_assert!(body.is_object());
    }
}
