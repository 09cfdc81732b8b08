//! How messages leave: together when they can, with the relay when they could not, and the index told of it once.

use chrono::TimeDelta;
use engine::ports::{Dossiers, QueueName};
use engine::{StepError, schedules, steps};
use serde_json::json;

use crate::journey::{key, sent};
use crate::world::Stage;

#[tokio::test]
async fn what_a_step_could_not_send_leaves_with_the_relay_even_if_its_message_never_comes_back() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    let envelope = stage.world.queues.take(QueueName::Triage).remove(0);
    let body = serde_json::to_string(&envelope).unwrap();
    stage.world.queues.cut(true);
    let unsent = steps::handle(&*stage.world, QueueName::Triage, &body).await;
    assert!(matches!(unsent, Err(StepError::Retry(_))));
    stage.world.queues.cut(false);
    assert_eq!(sent(&stage, id).await, [""; 0]);
    stage.world.clock.set(stage.now() + TimeDelta::minutes(6));
    schedules::relay::run_all(&*stage.world).await.unwrap();
    stage.drain().await;
    assert_eq!(sent(&stage, id).await, ["recu"]);
    let row = stage.world.store.read(key(id)).await.unwrap().unwrap();
    assert!(row.registre.sortie.is_empty(), "nothing is left to relay");
}

#[tokio::test]
async fn the_messages_of_a_batch_leave_together_and_a_bad_one_fails_alone() {
    let stage = Stage::new().await;
    for number in 0..4 {
        stage.apply(&format!("cle-{number}"), json!({"natlog": "0904"})).await;
    }
    let envelopes = stage.world.queues.take(QueueName::Triage);
    let mut bodies: Vec<String> = envelopes.iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    bodies[2] = "not ours".into();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();

    // The queues are cut off: whoever had something to send fails, and is safe to handle again.
    stage.world.queues.cut(true);
    let cut = steps::handle_batch(&*stage.world, QueueName::Triage, &bodies).await;
    assert!(cut.iter().all(Result::is_err));
    stage.world.queues.cut(false);

    let before = stage.world.queues.sends();
    let results = steps::handle_batch(&*stage.world, QueueName::Triage, &bodies).await;
    let done: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, true, false, true]);
    assert!(matches!(results[2], Err(StepError::Unreadable(_))));
    assert_eq!(stage.world.queues.sends(), before + 1, "three receipts, one request");
    assert_eq!(stage.world.queues.take(QueueName::Reminders).len(), 3);
}

#[tokio::test]
async fn an_alert_moves_the_index_once_and_leaves_it_right() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;
    let due = stage.world.store.read(key(id)).await.unwrap().unwrap().file_sk;
    stage.world.clock.set(due.parse().unwrap());
    // The sender dies after its write: the hint that was due is still there, and the relay finds it.
    stage.world.queues.cut(true);
    schedules::check::run_all(&*stage.world).await.unwrap();
    let waiting = stage.world.store.read(key(id)).await.unwrap().unwrap();
    assert_eq!((waiting.file_sk, waiting.registre.sortie.len()), (due.clone(), 1));
    stage.world.queues.cut(false);
    stage.world.clock.set(stage.now() + TimeDelta::minutes(6));
    stage.tick().await;
    assert_eq!(sent(&stage, id).await, ["H3-0-2026-03-02", "recu"]);
    let after = stage.world.store.read(key(id)).await.unwrap().unwrap();
    assert!(after.file_sk > due && after.registre.sortie.is_empty(), "what is due next");
}

#[tokio::test]
async fn a_message_that_its_step_never_applies_leaves_again_later_and_later_then_every_day() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    let start = stage.now();
    let message = stage.world.queues.take(QueueName::Triage).remove(0);
    let mut left_after = Vec::new();
    for minutes in (0..5 * 24 * 60).step_by(5) {
        stage.world.clock.set(start + TimeDelta::minutes(minutes));
        schedules::relay::run_all(&*stage.world).await.unwrap();
        left_after.extend(stage.world.queues.take(QueueName::Triage).iter().map(|_| minutes));
    }
    assert_eq!(left_after, [5, 15, 35, 75, 155, 315, 635, 1275, 2555, 4000, 5445, 6890]);

    // The step is mended: the next copy is applied, and what it sends is not kept waiting by the earlier failures.
    stage.world.queues.cut(true);
    let body = serde_json::to_string(&message).unwrap();
    assert!(steps::handle(&*stage.world, QueueName::Triage, &body).await.is_err());
    stage.world.queues.cut(false);
    stage.world.clock.set(stage.now() + TimeDelta::minutes(5));
    stage.tick().await;
    assert_eq!(sent(&stage, id).await, ["recu"]);
}
