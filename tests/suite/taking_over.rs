//! The existing stock comes in by a list: whoever is accompanied stays with whom they know, and hears nothing of it.

use contracts::api::{BilanJson, DossierJson, EtatCode, ImportJson};
use domain::DossierId;
use engine::imports::Deposit;
use engine::requests;
use serde_json::json;

use crate::imports::{a_list, give};
use crate::journey::sent;
use crate::world::{Stage, application};

const HEAD: &str = "Nom;Prénom;Date de naissance;Adresse;Code postal;Ville;Parcours;Organisme;Date d’orientation;\
                    Référent;Date CER\n";

fn list(rows: &[&str]) -> Vec<u8> {
    format!("{HEAD}{}\n", rows.join("\n")).into_bytes()
}

const ALIX: &str = "Exemple Aubry;Alix;14/03/1980;1 rue des Essais;77000;Melun;Social;Département;01/02/2026;ref-1;15/02/2026";
const SACHA: &str =
    "Fictif Costa;Sacha;02/11/1991;3 rue des Essais;77000;Melun;Emploi;France Travail;05/02/2026;;";
const INES: &str =
    "Essai Delmas;Inès;30/07/1975;5 rue des Essais;77000;Melun;Social;Département;09/02/2026;;";

async fn give_list(stage: &Stage, key: &str, rows: &[&str]) -> ImportJson {
    give(stage, key, a_list(), list(rows)).await
}

fn counts(bilan: BilanJson) -> (u64, u64, u64, u64) {
    (bilan.crees, bilan.mis_a_jour, bilan.inchanges, bilan.refuses)
}

/// Every dossier, with how many messages its person has received.
async fn all(stage: &Stage) -> Vec<(DossierId, DossierJson, usize)> {
    let mut found = Vec::new();
    for row in stage.world.store.dossiers() {
        let id = engine::DossierKey::parse(&row.pk).unwrap().dossier;
        found.push((id, stage.show(id).await, sent(stage, id).await.len()));
    }
    found
}

#[tokio::test]
async fn whoever_is_accompanied_already_is_neither_summoned_nor_told_anything() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let told = give_list(&stage, "cle-1", &[ALIX, SACHA]).await;
    assert_eq!(counts(told.bilan.unwrap()), (2, 0, 0, 0));
    stage.days(60).await;
    let mut states = Vec::new();
    for (_, shown, messages) in all(&stage).await {
        assert_eq!(messages, 0, "{shown:?}");
        let contract = shown.decision.unwrap().reprise.unwrap().contrat_signe_le.map(|it| it.to_string());
        states.push((shown.etat, shown.referent.map(|it| it.id), contract));
    }
    states.sort_by_key(|it| it.0);
    assert_eq!(
        states,
        [
            (EtatCode::Oriente, None, None),
            (EtatCode::Affecte, Some("ref-1".to_owned()), Some("2026-02-15".to_owned())),
        ]
    );
}

#[tokio::test]
async fn whoever_has_no_referent_of_ours_yet_is_given_one_and_told_who() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    give_list(&stage, "cle-1", &[INES]).await;
    stage.days(2).await;
    let (_, shown, messages) = all(&stage).await.remove(0);
    assert_eq!((shown.etat, messages), (EtatCode::Affecte, 1));
}

#[tokio::test]
async fn a_list_given_again_changes_nothing_and_no_place_is_taken_twice() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    assert_eq!(counts(give_list(&stage, "cle-1", &[ALIX, SACHA]).await.bilan.unwrap()), (2, 0, 0, 0));
    assert_eq!(counts(give_list(&stage, "cle-2", &[ALIX, SACHA]).await.bilan.unwrap()), (0, 0, 2, 0));
    let referent = requests::referent(&*stage.world, &stage.head, &"ref-1".parse().unwrap()).await.unwrap().0;
    assert_eq!(referent.actifs, 1);
}

#[tokio::test]
async fn a_referent_who_is_unknown_full_or_of_another_organism_is_said_and_nothing_is_opened() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let unknown = INES.replace("2026;;", "2026;ref-9;");
    let other = SACHA.replace("2026;;", "2026;ref-1;");
    let full = INES.replace("2026;;", "2026;ref-1;");
    let told = give_list(&stage, "cle-1", &[ALIX, &unknown, &other]).await;
    assert_eq!(counts(told.bilan.unwrap()), (1, 0, 0, 2));
    let told = give_list(&stage, "cle-2", &[&full]).await;
    assert_eq!(counts(told.bilan.unwrap()), (0, 0, 0, 1));
    assert_eq!(stage.world.store.dossiers().len(), 1);
    stage.referent("ref-2", 1).await;
    let told = give_list(&stage, "cle-3", &[&full.replace("ref-1", "ref-2")]).await;
    assert_eq!(counts(told.bilan.unwrap()), (1, 0, 0, 0));
}

#[tokio::test]
async fn somebody_who_waits_here_is_found_to_be_accompanied_and_waits_no_more() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let mut body = application("guichet", None, &json!({}));
    body["personne"]["prenom"] = json!("Alix");
    body["personne"]["nom"] = json!("Exemple Aubry");
    body["personne"]["date_naissance"] = json!("1980-03-14");
    stage.try_submit("cle-1", &body).await.unwrap();
    stage.drain().await;
    let told = give_list(&stage, "cle-2", &[ALIX]).await;
    assert_eq!(counts(told.bilan.unwrap()), (0, 1, 0, 0));
    let (_, shown, _) = all(&stage).await.remove(0);
    assert_eq!((shown.etat, shown.referent.map(|it| it.id)), (EtatCode::Affecte, Some("ref-1".to_owned())));
}

#[tokio::test]
async fn a_dry_run_says_what_the_list_would_do_an_open_emergency_included() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let mut body = application("guichet", None, &json!({"natlog": "0904"}));
    body["aide_immediate"] = json!(["hebergement"]);
    body["personne"]["prenom"] = json!("Inès");
    body["personne"]["nom"] = json!("Essai Delmas");
    body["personne"]["date_naissance"] = json!("1975-07-30");
    stage.try_submit("cle-1", &body).await.unwrap();
    stage.drain().await;
    let (_, urgent, _) = all(&stage).await.remove(0);
    assert_eq!(urgent.etat, EtatCode::Urgence);
    let rows = [ALIX, SACHA, INES];
    let dry = Deposit { dry: true, ..a_list() };
    let said = give(&stage, "cle-2", dry, list(&rows)).await.bilan.unwrap();
    assert_eq!(counts(said), (2, 0, 0, 1));
    assert_eq!(all(&stage).await.len(), 1);
    assert_eq!(give_list(&stage, "cle-3", &rows).await.bilan.unwrap(), said);
}
