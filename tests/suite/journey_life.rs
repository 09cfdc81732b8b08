//! The life of a right, through the whole journey: suspended, over, open again.

use contracts::api::{DroitBody, EtatCode, NouvelleDroit};
use contracts::rows::OutboxRow;
use contracts::{Body, Envelope};
use domain::decision::{Ladder, Rung};
use domain::{DossierId, Message, Refusal, Stream};
use engine::ports::QueueName;
use engine::requests::{self, Filter, RequestError, Shown};
use serde_json::{Value, json};

use crate::journey::sent;
use crate::world::Stage;

pub(crate) async fn tell(stage: &Stage, id: DossierId, body: Value) -> Result<Shown, RequestError> {
    let NouvelleDroit(said) = NouvelleDroit::parse(&body, stage.today()).unwrap();
    let asked = stage.asked(Some(stage.etag(id).await));
    requests::tell_right(&*stage.world, &stage.agent, id, &asked, said).await
}

async fn reopen(stage: &Stage, id: DossierId) -> Result<Shown, RequestError> {
    let today = stage.today();
    let body = json!({"statut": "confirme", "date_ouverture": today, "date_reception": today});
    let right = DroitBody::parse(&body, today).unwrap().0;
    let asked = stage.asked(Some(stage.etag(id).await));
    requests::confirm_right(&*stage.world, &stage.agent, id, &asked, right).await
}

async fn assigned(stage: &Stage, key: &str) -> DossierId {
    let id = stage.apply(key, json!({"natlog": "0904"})).await;
    stage.drain().await;
    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    stage.drain().await;
    id
}

#[tokio::test]
async fn the_place_of_whoever_leaves_goes_to_whoever_waits() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let (leaves, waits) = (assigned(&stage, "cle-1").await, assigned(&stage, "cle-2").await);
    assert_eq!(stage.show(waits).await.etat, EtatCode::EnAttenteDePlace);
    let body = json!({"nature": "clos", "le": stage.today(), "motif": "depart"});
    tell(&stage, leaves, body).await.unwrap();
    stage.drain().await;
    let gone = stage.show(leaves).await;
    assert_eq!((gone.etat, gone.referent.is_some()), (EtatCode::Clos, false));
    assert_eq!(gone.decision.map(|it| it.par.agent), Some("agent-1".to_owned()), "what was decided stays");
    assert_eq!(stage.show(waits).await.etat, EtatCode::Affecte);
}

#[tokio::test]
async fn nothing_more_is_sent_nor_due_once_the_journey_is_over_and_nothing_can_be_signed() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({})).await;
    stage.drain().await;
    tell(&stage, id, json!({"nature": "clos", "le": stage.today(), "motif": "deces"})).await.unwrap();
    let before = sent(&stage, id).await;
    stage.days(60).await;
    assert_eq!(sent(&stage, id).await, before);
    let refused = stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await;
    assert!(matches!(refused, Err(RequestError::Refused(Refusal::Closed))));
    let listed = requests::dossiers(&*stage.world, &stage.agent, Filter { limite: 20, ..Filter::default() });
    assert!(listed.await.unwrap().elements.is_empty(), "the file active holds nobody who has left");
    let over = Filter { etat: Some("clos".into()), limite: 20, ..Filter::default() };
    assert_eq!(requests::dossiers(&*stage.world, &stage.agent, over).await.unwrap().elements.len(), 1);
}

#[tokio::test]
async fn a_right_that_opens_again_is_another_journey_with_its_own_clock_and_letters() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let id = assigned(&stage, "cle-1").await;
    tell(&stage, id, json!({"nature": "clos", "le": stage.today(), "motif": "ECH"})).await.unwrap();
    stage.drain().await;
    stage.days(10).await;
    reopen(&stage, id).await.unwrap();
    stage.drain().await;
    let again = stage.show(id).await;
    let started = again.orientation_clock().unwrap().debut;
    assert_eq!((again.etat, started), (EtatCode::AOrienter, stage.today()));
    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    stage.drain().await;
    assert_eq!(stage.show(id).await.etat, EtatCode::Affecte);
    let told = sent(&stage, id).await;
    let decisions = told.iter().filter(|it| it.starts_with("decision")).count();
    assert_eq!(decisions, 2, "each decision is told: {told:?}");
    assert!(told.contains(&"recu".to_owned()) && told.contains(&"recu-1".to_owned()), "{told:?}");
}

#[tokio::test]
async fn while_a_right_is_suspended_nobody_is_asked_for_answers_and_the_alerts_go_on() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({})).await;
    stage.drain().await;
    tell(&stage, id, json!({"nature": "suspendu", "le": stage.today(), "motif": "06"})).await.unwrap();
    stage.days(25).await;
    let told = sent(&stage, id).await;
    assert!(!told.iter().any(|it| it.starts_with("H1")), "{told:?}");
    assert!(told.iter().any(|it| it.starts_with("H3")), "{told:?}");
    let shown = tell(&stage, id, json!({"nature": "retabli"})).await.unwrap();
    assert_eq!(shown.json.droit.suspension, None);
    stage.days(1).await;
    let told = sent(&stage, id).await;
    assert!(told.iter().any(|it| it.starts_with("H1")), "what was held back goes on: {told:?}");
}

#[tokio::test]
async fn a_suspension_needs_a_confirmed_right() {
    let stage = Stage::new().await;
    let receipt = stage.submit("cle-1", "web", None, json!({"hispro": "1901"})).await;
    let id = DossierId(receipt.recu.dossier);
    stage.drain().await;
    let refused = tell(&stage, id, json!({"nature": "suspendu", "le": stage.today()})).await;
    assert!(matches!(refused, Err(RequestError::Refused(Refusal::RightNotConfirmed))));
    // A right that was refused ends the journey, declared or not.
    tell(&stage, id, json!({"nature": "clos", "le": stage.today(), "motif": "droit_refuse"})).await.unwrap();
    assert_eq!(stage.show(id).await.etat, EtatCode::Clos);
}

#[tokio::test]
async fn what_was_asked_for_in_a_journey_that_is_over_is_not_told_in_the_next_one() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({})).await;
    stage.drain().await;
    tell(&stage, id, json!({"nature": "clos", "le": stage.today(), "motif": "ECH"})).await.unwrap();
    reopen(&stage, id).await.unwrap();
    stage.drain().await;
    let before = sent(&stage, id).await;
    // The request for missing answers of the first journey, which a queue delivers for the second time.
    let rung = Message::Reminder(Rung { ladder: Ladder::Answers, index: 0 });
    let entry = OutboxRow { le: stage.now(), par: "horaire:controle".into(), message: Body::from(&rung) };
    let late = Envelope::rebuild(stage.agent.territory, id, (Stream::Reminders, 1), &entry);
    let body = serde_json::to_string(&late).unwrap();
    engine::steps::handle(&*stage.world, QueueName::Reminders, &body).await.unwrap();
    assert_eq!(sent(&stage, id).await, before);
}
