//! The indicators of people whose journeys really went on: who comes back, who is erased, whom France Travail orients.

use contracts::api::{DroitBody, IndicateurJson, IndicateursAsk, IndicateursJson};
use domain::DossierId;
use engine::requests;
use serde_json::json;

use crate::journey_life::tell;
use crate::world::Stage;

/// The indicators of everybody who entered since the stage was set, as they are today.
async fn read(stage: &Stage) -> IndicateursJson {
    let asked = json!({"du": "2026-03-01", "au": stage.today()});
    let asked = IndicateursAsk::parse(&asked, stage.today()).unwrap();
    requests::indicators(&*stage.world, &stage.head, asked).await.unwrap()
}

fn one<'a>(read: &'a IndicateursJson, id: &str) -> &'a IndicateurJson {
    read.indicateurs.iter().find(|it| it.id == id).unwrap()
}

async fn counts(stage: &Stage, id: &str) -> (u64, u64) {
    let read = read(stage).await;
    let it = one(&read, id);
    (it.numerateur.unwrap(), it.denominateur.unwrap())
}

async fn oriented(stage: &Stage, key: &str) -> DossierId {
    let id = waiting(stage, key).await;
    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    stage.drain().await;
    id
}

async fn waiting(stage: &Stage, key: &str) -> DossierId {
    let id = stage.apply(key, json!({"natlog": "0904"})).await;
    stage.drain().await;
    id
}

#[tokio::test]
async fn whoever_waits_is_counted_and_a_contact_is_no_orientation() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    oriented(&stage, "cle-1").await;
    waiting(&stage, "cle-2").await;
    stage.days(35).await;
    assert_eq!(counts(&stage, "I1").await, (1, 2));
    assert_eq!(counts(&stage, "K1-30").await, (1, 2));
    assert_eq!(counts(&stage, "I5").await, (0, 1));
}

#[tokio::test]
async fn whoever_leaves_and_comes_back_is_still_of_the_cohort_of_before() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let id = oriented(&stage, "cle-1").await;
    let before = counts(&stage, "K1-30").await;
    tell(&stage, id, json!({"nature": "clos", "le": stage.today(), "motif": "ECH"})).await.unwrap();
    stage.drain().await;
    assert_eq!((counts(&stage, "I1").await, counts(&stage, "K1-30").await), ((0, 0), before));
    stage.days(20).await;
    let today = stage.today();
    let body = json!({"statut": "confirme", "date_ouverture": today, "date_reception": today});
    let right = DroitBody::parse(&body, today).unwrap().0;
    let asked = stage.asked(Some(stage.etag(id).await));
    requests::confirm_right(&*stage.world, &stage.agent, id, &asked, right).await.unwrap();
    stage.drain().await;
    assert_eq!(counts(&stage, "I1").await, (0, 1), "the new right waits for its own orientation");
    assert_eq!(counts(&stage, "K1-30").await, (1, 2), "and the first one was oriented in time");
}

#[tokio::test]
async fn whoever_is_erased_is_counted_no_more() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let id = oriented(&stage, "cle-1").await;
    waiting(&stage, "cle-2").await;
    stage.erase(id).await.unwrap();
    assert_eq!(counts(&stage, "K1-30").await, (0, 1));
}

#[tokio::test]
async fn what_passes_to_france_travail_is_counted_from_the_day_after_the_legal_delay() {
    let stage = Stage::new().await;
    let id = waiting(&stage, "cle-1").await;
    stage.days(42).await;
    assert_eq!(counts(&stage, "K2").await, (0, 1));
    stage.days(1).await;
    assert_eq!(counts(&stage, "K2").await, (1, 1));
    let decided = stage.today();
    let body =
        json!({"parcours": "emploi", "organisme": "france_travail", "decision_france_travail_le": decided});
    stage.sign(id, body).await.unwrap();
    assert_eq!((counts(&stage, "K2").await, counts(&stage, "K1-45").await), ((1, 1), (1, 1)));
    assert_eq!(counts(&stage, "I3-france-travail").await, (1, 1));
}

#[tokio::test]
async fn an_agent_who_departs_from_the_proposition_is_counted_so() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    oriented(&stage, "cle-1").await;
    let id = waiting(&stage, "cle-2").await;
    let body =
        json!({"parcours": "emploi", "organisme": "france_travail", "motif_ecart": "element_entretien"});
    stage.sign(id, body).await.unwrap();
    assert_eq!(counts(&stage, "K4").await, (1, 2));
}
