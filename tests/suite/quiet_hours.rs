//! Nobody's telephone rings at night, on a Sunday or on a holiday: what would ring waits, once, whoever dies meanwhile.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::Envelope;
use contracts::letters::Letter;
use domain::DossierId;
use engine::ports::{Documents, QueueName, Rows, Table};
use engine::{World, schedules, steps};
use serde_json::{Value, json};

use crate::interrupted::{Mishap, process};
use crate::journey::{key, sent};
use crate::world::{Stage, application};

/// The Saturday before Easter, at nine in the evening in Paris.
const SATURDAY: &str = "2026-04-04T19:00:00Z";
/// The Tuesday after, at nine in the morning: Easter Monday is a holiday.
const TUESDAY: &str = "2026-04-07T07:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Somebody who has a telephone, and neither an e-mail address nor a street.
fn only_a_telephone(stage: &Stage) -> Value {
    let today = stage.today();
    let right = json!({"statut": "confirme", "date_ouverture": today, "date_reception": today});
    let mut body = application("guichet", Some(right), &json!({"natlog": "0904"}));
    body["personne"]["courriel"] = Value::Null;
    body["personne"]["adresse"] = json!({"code_postal": "77000", "commune": "77288"});
    body
}

/// Their decision is signed on the Saturday. Gives the message that is to tell it.
async fn signed_on_saturday() -> (Stage, DossierId, String) {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    let body = only_a_telephone(&stage);
    let id = DossierId(stage.try_submit("cle-1", &body).await.unwrap().recu.dossier);
    stage.drain().await;
    stage.world.clock.set(at(SATURDAY));
    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    let mut told = Vec::new();
    loop {
        told.extend(stage.world.queues.take(QueueName::Reminders));
        let others = [QueueName::Assignment, QueueName::Carnet];
        let messages = others.map(|it| (it, stage.world.queues.take(it)));
        if messages.iter().all(|(_, it)| it.is_empty()) {
            break;
        }
        for (queue, message) in
            messages.into_iter().flat_map(|(queue, all)| all.into_iter().map(move |it| (queue, it)))
        {
            steps::handle(&*stage.world, queue, &text(&message)).await.unwrap();
        }
    }
    assert_eq!(told.len(), 1);
    (stage, id, text(&told.remove(0)))
}

fn text(message: &Envelope) -> String {
    serde_json::to_string(message).unwrap()
}

/// How many messages wait for their hour.
async fn waiting(stage: &Stage) -> usize {
    stage.world.store.query_all(Table::Envois, "77#attente", "").await.unwrap().len()
}

async fn relay(world: &impl World) -> bool {
    schedules::relay::run_all(world).await.is_ok()
}

async fn remind(world: &impl World, message: &str) -> bool {
    steps::handle(world, QueueName::Reminders, message).await.is_ok()
}

/// The letter that tells the decision.
async fn decision(stage: &Stage, id: DossierId) -> Letter {
    let rows = stage.world.store.query_all(Table::Envois, &key(id).pk(), "envoi#decision").await;
    let fact = rows.unwrap().remove(0).sk.replace("envoi#", "").replace('/', "-");
    let letter = stage.world.documents.get(&format!("envois/77/{id}/{fact}.json")).await.unwrap();
    serde_json::from_slice(&letter.unwrap()).unwrap()
}

#[tokio::test]
async fn a_decision_signed_on_a_saturday_evening_rings_once_on_tuesday_at_nine() {
    let (stage, id, message) = signed_on_saturday().await;
    for _ in 0..2 {
        assert!(remind(&*stage.world, &message).await);
    }
    assert_eq!((sent(&stage, id).await, waiting(&stage).await), (vec!["recu".to_owned()], 1));
    for hours in [1, 14, 38, 59] {
        stage.world.clock.set(at(SATURDAY) + TimeDelta::hours(hours));
        stage.tick().await;
        assert_eq!((sent(&stage, id).await.len(), waiting(&stage).await), (1, 1), "{hours} hours later");
    }
    stage.world.clock.set(at(TUESDAY));
    assert!(relay(&*stage.world).await && relay(&*stage.world).await);
    let told = stage.world.queues.take(QueueName::Reminders);
    assert_eq!((told.len(), waiting(&stage).await), (1, 0));
    assert_eq!(text(&told[0]), message, "as it came");
    for _ in 0..2 {
        assert!(remind(&*stage.world, &text(&told[0])).await);
    }
    assert_eq!(sent(&stage, id).await, ["decision", "recu"]);
    let letter = decision(&stage, id).await;
    assert_eq!((letter.canal.as_str(), letter.le.to_string()), ("sms", "2026-04-07".to_owned()));
    assert_eq!(letter.destinataire, "+33639981234");
    assert!(letter.texte.starts_with("Département Seine-et-Marne : votre orientation est décidée."));
    // The first message comes once more, in the evening: it is kept again, and tells nothing again.
    stage.world.clock.set(at("2026-04-07T19:00:00Z"));
    assert!(remind(&*stage.world, &message).await);
    stage.world.clock.set(at("2026-04-08T07:00:00Z"));
    stage.tick().await;
    assert_eq!((sent(&stage, id).await.len(), waiting(&stage).await), (2, 0));
    assert_eq!(decision(&stage, id).await.le.to_string(), "2026-04-07");
}

#[tokio::test]
async fn what_waits_is_neither_lost_nor_told_twice_whenever_a_process_dies() {
    for mishap in [Mishap::DiesBefore, Mishap::DiesAfter] {
        for call in 0.. {
            let (stage, id, message) = signed_on_saturday().await;
            let (dying, keeping) = process(&stage, mishap, call);
            if !remind(&dying, &message).await {
                assert!(remind(&*stage.world, &message).await, "the queue delivers it again");
            }
            assert_eq!((sent(&stage, id).await.len(), waiting(&stage).await), (1, 1), "{mishap:?} {call}");

            stage.world.clock.set(at(TUESDAY));
            let (dying, asking) = process(&stage, mishap, call);
            relay(&dying).await;
            assert!(relay(&*stage.world).await, "five minutes later");
            let told = stage.world.queues.take(QueueName::Reminders);
            assert!((1..=2).contains(&told.len()) && waiting(&stage).await == 0, "{mishap:?} {call}");

            let (dying, telling) = process(&stage, mishap, call);
            remind(&dying, &text(&told[0])).await;
            for again in &told {
                assert!(remind(&*stage.world, &text(again)).await);
            }
            assert_eq!(sent(&stage, id).await, ["decision", "recu"], "{mishap:?} {call}");
            if !keeping.met() && !asking.met() && !telling.met() {
                assert!(call > 5, "there was something to interrupt");
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_rings_at_nobody_s_leaves_in_the_evening() {
    let stage = Stage::new().await;
    stage.world.clock.set(at(SATURDAY));
    let mut body = only_a_telephone(&stage);
    body["personne"]["courriel"] = json!("camille@exemple.test");
    body["personne"]["telephone"] = Value::Null;
    body["aide_immediate"] = json!(["hebergement"]);
    let id = DossierId(stage.try_submit("cle-1", &body).await.unwrap().recu.dossier);
    stage.drain().await;
    assert_eq!(
        (sent(&stage, id).await, waiting(&stage).await),
        (vec!["H0-0".to_owned(), "recu".to_owned()], 0)
    );
}

#[tokio::test]
async fn somebody_erased_meanwhile_is_told_nothing() {
    let (stage, id, message) = signed_on_saturday().await;
    assert!(remind(&*stage.world, &message).await);
    stage.erase(id).await.unwrap();
    stage.world.clock.set(at(SATURDAY) + TimeDelta::minutes(6));
    stage.tick().await;
    assert_eq!(waiting(&stage).await, 0, "nothing is left of what waited");
    assert!(remind(&*stage.world, &message).await);
    stage.days(4).await;
    assert_eq!((sent(&stage, id).await.len(), waiting(&stage).await), (0, 0));
}

#[tokio::test]
async fn the_relay_asks_as_little_of_the_store_when_many_wait_as_when_nobody_does() {
    let calls = async |stage: &Stage| {
        let (counting, thread) = process(stage, Mishap::DiesBefore, usize::MAX);
        assert!(relay(&counting).await);
        thread.calls()
    };
    let stage = Stage::new().await;
    let idle = calls(&stage).await;
    stage.world.clock.set(at(SATURDAY));
    for number in 0..35 {
        let mut body = only_a_telephone(&stage);
        crate::world::somebody(&mut body, &format!("cle-{number}"));
        stage.try_submit(&format!("cle-{number}"), &body).await.unwrap();
        stage.drain().await;
    }
    assert_eq!((waiting(&stage).await, calls(&stage).await), (35, idle));
    stage.world.clock.set(at(TUESDAY));
    assert!(relay(&*stage.world).await);
    assert_eq!((waiting(&stage).await, stage.world.queues.take(QueueName::Reminders).len()), (0, 35));
}
