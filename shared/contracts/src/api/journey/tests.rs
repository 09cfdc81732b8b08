//! Rules of the border for what professionals post on a dossier.

use serde_json::json;

use super::*;
use crate::api::NewEntry;
use crate::api::goldens::golden;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
}

fn codes<T>(read: Result<T, Rejected>) -> Vec<String> {
    let errors = read.err().map(|it| it.errors).unwrap_or_default();
    errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
}

#[test]
fn a_right_is_confirmed_with_its_opening_date() {
    let body = DroitBody::parse(&golden!("api-droit-requete"), today()).unwrap();
    assert!(matches!(body.0, RightStated::Confirmed { duties: true, received_on: Some(_), .. }));
    assert_eq!(
        codes(DroitBody::parse(&json!({"statut": "confirme"}), today())),
        ["/date_ouverture champ_absent"]
    );
    let short = json!({"statut": "confirme", "date_ouverture": "2026-11-01", "droits_devoirs": false});
    let RightStated::Confirmed { received_on, duties, .. } = DroitBody::parse(&short, today()).unwrap().0
    else {
        panic!("confirmed")
    };
    assert_eq!((received_on, duties), (None, false));
}

#[test]
fn a_signature_names_a_parcours_and_an_organism() {
    let body = SignatureBody::parse(&golden!("api-signature-requete"), today()).unwrap();
    assert_eq!(body.deviation, Some(Deviation::Interview));
    assert_eq!(body.by_france_travail, NaiveDate::from_ymd_opt(2026, 11, 20));
    assert_eq!(
        codes(SignatureBody::parse(
            &json!({"parcours": "PSO", "motif_ecart": "", "commentaire": 3, "decision_france_travail_le": "2026-11-22"}),
            today()
        )),
        [
            "/parcours code_inconnu",
            "/organisme champ_absent",
            "/motif_ecart code_inconnu",
            "/commentaire type",
            "/decision_france_travail_le date_future"
        ]
    );
}

#[test]
fn another_reason_for_a_new_referent_needs_words() {
    let body = ChangeReferent::parse(&golden!("api-changement-referent-requete")).unwrap();
    assert_eq!((body.motive, body.comment.is_some()), (MotifChangementCode::Autre, true));
    let silent = json!({"referent": "ref-012", "motif": "autre"});
    assert_eq!(codes(ChangeReferent::parse(&silent)), ["/commentaire commentaire_absent"]);
    assert!(ChangeReferent::parse(&json!({"referent": "ref-012", "motif": "charge"})).is_ok());
    assert_eq!(codes(ChangeReferent::parse(&json!(3))), [" type"]);
}

#[test]
fn an_emergency_has_one_way_out() {
    assert!(UrgenceBody::parse(&golden!("api-urgence-requete")).is_ok());
    assert_eq!(codes(UrgenceBody::parse(&json!({"issue": "oubliee"}))), ["/issue code_inconnu"]);
    assert_eq!(codes(UrgenceBody::parse(&json!({}))), ["/issue champ_absent"]);
}

#[test]
fn an_entry_has_a_heading_and_words() {
    assert!(NewEntry::parse(&golden!("api-entree-requete")).is_ok());
    let body = json!({"rubrique": "divers", "texte": "x".repeat(2001)});
    assert_eq!(codes(NewEntry::parse(&body)), ["/rubrique code_inconnu", "/texte trop_long"]);
    assert_eq!(codes(NewEntry::parse(&json!({"rubrique": "projet", "texte": " \n "}))), ["/texte vide"]);
}

#[test]
fn what_professionals_write_never_prints_itself() {
    let body = SignatureBody::parse(&golden!("api-signature-requete"), today()).unwrap();
    assert_eq!(format!("{body:?}"), "SignatureBody(…)");
}
