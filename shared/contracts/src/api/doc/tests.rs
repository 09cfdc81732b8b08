//! The published schemas say what the parsers read.

use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, Schema};

use super::*;
use crate::api::{Admission, Demande, EtatCode};

fn properties<T: PartialSchema>() -> (Vec<String>, Vec<String>) {
    let RefOr::T(Schema::Object(object)) = T::schema() else { panic!("an object") };
    let closed =
        matches!(object.additional_properties.as_deref(), Some(AdditionalProperties::FreeForm(false)));
    assert!(closed, "a request has no other field");
    (object.properties.keys().cloned().collect(), object.required.clone())
}

#[test]
fn a_missing_required_field_of_the_schema_is_missing_for_the_parser_too() {
    let (_, mut required) = properties::<DemandeJson>();
    let served = ["77".parse().unwrap()];
    let admission = Admission { served: &served, trusted: true, today: NaiveDate::default() };
    let rejected = Demande::parse(&serde_json::json!({}), &admission).unwrap_err();
    let mut missing: Vec<String> =
        rejected.errors.into_iter().map(|it| it.pointer.trim_start_matches('/').to_owned()).collect();
    required.sort();
    missing.sort();
    assert_eq!(required, missing);
}

#[test]
fn every_request_schema_is_closed_and_says_what_is_required() {
    assert_eq!(properties::<SignatureJson>().1, ["parcours", "organisme"]);
    assert_eq!(properties::<ChangementReferentJson>().1, ["referent", "motif"]);
    assert_eq!(properties::<DroitDemandeJson>().1, ["statut"]);
    assert_eq!(properties::<NouvelleEntreeJson>().1, ["rubrique", "texte"]);
    assert_eq!(properties::<UrgenceJson>().1, ["issue"]);
    assert_eq!(properties::<EffacementDemandeJson>().1, ["motif"]);
    assert_eq!(properties::<BalayageDemandeJson>().1, ["mois"]);
    assert_eq!(properties::<ColonnesJson>().1, ["colonnes"]);
    assert_eq!(properties::<DelegationPutJson>().1, ["nom", "qualite", "acte", "du"]);
    assert_eq!(properties::<ReferentPutJson>().1, ["nom", "structure", "organisme", "capacite", "parcours"]);
    assert_eq!(properties::<PersonneJson>().1, ["prenom", "nom", "date_naissance", "adresse"]);
    assert_eq!(properties::<FoyerJson>().1, ["conjoint", "enfants"]);
}

#[test]
fn a_code_in_the_schema_is_the_code_on_the_wire() {
    fn listed<T: PartialSchema>() -> Vec<String> {
        let RefOr::T(Schema::Object(object)) = T::schema() else { panic!("a list of codes") };
        let values = object.enum_values.unwrap_or_default();
        values.into_iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    }
    assert_eq!(listed::<CanalCode>(), CanalCode::CODES);
    assert_eq!(listed::<BesoinCode>(), BesoinCode::CODES);
    assert_eq!(listed::<RubriqueCode>(), RubriqueCode::CODES);
    assert_eq!(listed::<RoleCode>(), RoleCode::CODES);
    assert_eq!(listed::<MotifChangementCode>(), MotifChangementCode::CODES);
    assert_eq!(listed::<StatutDroit>(), StatutDroit::CODES);
    assert_eq!(listed::<MotifEffacementCode>(), MotifEffacementCode::CODES);
    assert_eq!(listed::<EtatCode>(), EtatCode::ALL.map(EtatCode::code));
}
