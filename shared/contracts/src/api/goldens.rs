//! Published shapes: each golden parses, and comes back as it was.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::doc::{
    BalayageDemandeJson, ChangementReferentJson, ColonnesJson, DelegationPutJson, DemandeJson,
    DroitDemandeJson, EffacementDemandeJson, NouvelleEntreeJson, ReferentPutJson, ReunionDemandeJson,
    SignatureJson, UrgenceJson,
};
use super::*;

/// The golden of this name.
macro_rules! golden {
    ($name:literal) => {
        serde_json::from_str::<serde_json::Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/goldens/",
            $name,
            ".json"
        )))
        .unwrap()
    };
}
pub(crate) use golden;

/// Parses as `T` and comes back.
pub(crate) fn holds<T: Serialize + DeserializeOwned>(golden: &Value) {
    let shape: T = serde_json::from_value(golden.clone()).unwrap();
    assert_eq!(&serde_json::to_value(&shape).unwrap(), golden);
}

#[test]
fn every_answer_parses_and_comes_back_as_it_was() {
    holds::<DemandeRecue>(&golden!("api-demande-recue"));
    holds::<DossierJson>(&golden!("api-dossier-depose"));
    holds::<DossierJson>(&golden!("api-dossier-attente"));
    holds::<DossierJson>(&golden!("api-dossier-affecte"));
    holds::<DossierJson>(&golden!("api-dossier-france-travail"));
    holds::<Liste<DossierResume>>(&golden!("api-liste-dossiers"));
    holds::<PropositionJson>(&golden!("api-proposition"));
    holds::<PropositionJson>(&golden!("api-proposition-entretien"));
    holds::<Vec<EntreeJson>>(&golden!("api-carnet"));
    holds::<ReferentJson>(&golden!("api-referent"));
    holds::<DelegationJson>(&golden!("api-delegation"));
    holds::<BalayageJson>(&golden!("api-balayage"));
    holds::<BalayageJson>(&golden!("api-balayage-en-attente"));
    holds::<RessemblancesJson>(&golden!("api-ressemblances"));
    holds::<EffacementJson>(&golden!("api-effacement"));
    holds::<ImportJson>(&golden!("api-import"));
    holds::<ImportJson>(&golden!("api-import-a-preciser"));
    holds::<ImportJson>(&golden!("api-import-refuse"));
    holds::<Liste<ImportJson>>(&golden!("api-imports"));
    holds::<IndicateursJson>(&golden!("api-indicateurs"));
    holds::<Probleme>(&golden!("api-probleme"));
    holds::<Probleme>(&golden!("api-probleme-simple"));
}

#[test]
fn every_request_matches_its_published_schema() {
    holds::<DemandeJson>(&golden!("api-demande-requete"));
    holds::<DemandeJson>(&golden!("api-demande-publique-requete"));
    holds::<DroitDemandeJson>(&golden!("api-droit-requete"));
    holds::<NouvelleDroitJson>(&golden!("api-droit-nouvelle-requete"));
    holds::<SignatureJson>(&golden!("api-signature-requete"));
    holds::<ChangementReferentJson>(&golden!("api-changement-referent-requete"));
    holds::<UrgenceJson>(&golden!("api-urgence-requete"));
    holds::<ReunionDemandeJson>(&golden!("api-reunion-requete"));
    holds::<EffacementDemandeJson>(&golden!("api-effacement-requete"));
    holds::<NouvelleEntreeJson>(&golden!("api-entree-requete"));
    holds::<ReferentPutJson>(&golden!("api-referent-requete"));
    holds::<DelegationPutJson>(&golden!("api-delegation-requete"));
    holds::<BalayageDemandeJson>(&golden!("api-balayage-requete"));
    holds::<ColonnesJson>(&golden!("api-import-colonnes-requete"));
}

#[test]
fn what_holds_personal_values_never_prints_them() {
    let resume: Liste<DossierResume> = serde_json::from_value(golden!("api-liste-dossiers")).unwrap();
    let recue: DemandeRecue = serde_json::from_value(golden!("api-demande-recue")).unwrap();
    let dossier: DossierJson = serde_json::from_value(golden!("api-dossier-affecte")).unwrap();
    let proposition: PropositionJson = serde_json::from_value(golden!("api-proposition")).unwrap();
    let carnet: Vec<EntreeJson> = serde_json::from_value(golden!("api-carnet")).unwrap();
    let demande: DemandeJson = serde_json::from_value(golden!("api-demande-requete")).unwrap();
    let printed = format!("{resume:?} {recue:?} {dossier:?} {proposition:?} {carnet:?} {demande:?}");
    for value in
        ["Camille", "Exemple", "Alix", "Dominique", "SUIVI-0001", "0912", "cuisine", "logement", "999"]
    {
        assert!(!printed.contains(value), "{value} in {printed}");
    }
}

#[test]
fn every_state_of_the_domain_has_its_code_on_the_wire() {
    for code in domain::State::CODES {
        assert_eq!(EtatCode::from_code(code).map(EtatCode::code), Some(code));
    }
    for etat in EtatCode::ALL {
        assert_eq!(serde_json::to_value(etat).unwrap(), etat.code());
    }
}

#[test]
fn a_code_is_the_same_text_for_serde_and_for_the_parser() {
    for code in MotifChangementCode::CODES {
        let motive = MotifChangementCode::from_code(code).unwrap();
        assert_eq!(serde_json::to_value(motive).unwrap(), *code);
    }
    for code in StatutDroit::CODES {
        assert_eq!(serde_json::to_value(StatutDroit::from_code(code).unwrap()).unwrap(), *code);
    }
}

#[test]
fn a_refused_body_becomes_a_problem_with_every_error() {
    let rejected = Demande::parse(
        &serde_json::json!({}),
        &Admission { served: &[], trusted: false, today: chrono::NaiveDate::default() },
    )
    .unwrap_err();
    let problem = Probleme::from(rejected);
    assert_eq!((problem.status, problem.errors.len()), (422, 4));
    assert_eq!(problem.detail, "4 erreurs sont à corriger : voyez « errors ».");
}
