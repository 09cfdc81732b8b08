//! The scenes of the starts: for each function, what calls it and what its services hold at that moment.
//!
//! `scenes <now>` plays the beginning of a journey in memory, with the real engine, and prints one JSON object per
//! function: the event, or the request that the campaign signs, the rows of each table and the documents. What is served to a
//! function is then always what this version would have written.

mod rows;
mod stage;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use engine::ports::QueueName;
use serde_json::{Map, Value, json};

use stage::{Stage, application};

/// How many people there are: as many as messages in a full batch.
const PEOPLE: usize = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let now = std::env::args().nth(1).context("usage: scenes <now, as in 2026-03-02T09:00:00Z>")?;
    let now: DateTime<Utc> = now.parse().context("the instant cannot be read")?;
    let mut scenes = journey(now).await?;
    scenes.insert("sweep".to_owned(), waiting(now).await?);
    scenes.insert("imports".to_owned(), listed(now).await?);
    print(&Value::Object(scenes));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the scenes are its output")]
fn print(scenes: &Value) {
    println!("{scenes}");
}

/// From the deposit to the messages that an assignment sends: every function but the sweep and the imports.
async fn journey(now: DateTime<Utc>) -> Result<Map<String, Value>> {
    let stage = Stage::open(now).await?;
    let mut scenes = Map::new();
    let mut take = |name: &str, content: Value| scenes.insert(name.to_owned(), content);

    for person in 0..PEOPLE {
        stage.apply(&format!("cle-{person}"), now).await?;
    }
    let triage = stage.take(QueueName::Triage);
    take("triage", scene(&stage, batch(&triage)?).await?);
    let request = json!({"methode": "POST", "chemin": "/v1/demandes", "cle": "cle-nouvelle",
        "corps": application(None)});
    take("intake", scene(&stage, request).await?);

    stage.deliver(QueueName::Triage, &triage).await?;
    stage.take(QueueName::Reminders); // the receipts: what follows is about the decision's letter
    let first = stage.dossiers().into_iter().next().context("there is no dossier")?;
    let request = json!({"methode": "POST", "chemin": format!("/v1/dossiers/{}/orientation", first.id),
        "cle": "cle-signature", "version": first.etag, "corps": stage::SIGNATURE.parse::<Value>()?});
    take("professionals", scene(&stage, request).await?);

    for dossier in stage.dossiers() {
        stage.sign(&dossier).await?;
    }
    let assignment = stage.take(QueueName::Assignment);
    take("assignment", scene(&stage, batch(&assignment)?).await?);

    stage.deliver(QueueName::Assignment, &assignment).await?;
    for (name, queue) in [("carnet", QueueName::Carnet), ("reminders", QueueName::Reminders)] {
        let messages = stage.take(queue);
        take(name, scene(&stage, batch(&messages)?).await?);
    }
    Ok(scenes)
}

/// People whom nobody has oriented after the target: what the hourly check finds due.
async fn waiting(now: DateTime<Utc>) -> Result<Value> {
    let deposit = now - TimeDelta::days(31);
    let stage = Stage::open(deposit).await?;
    for person in 0..PEOPLE {
        stage.apply(&format!("cle-{person}"), deposit).await?;
    }
    let triage = stage.take(QueueName::Triage);
    stage.deliver(QueueName::Triage, &triage).await?;
    scene(&stage, json!({"tache": "controle"})).await
}

/// People of a list that was read: what remains to be done is to open a dossier for each.
async fn listed(now: DateTime<Utc>) -> Result<Value> {
    let stage = Stage::open(now).await?;
    stage.list(PEOPLE).await?;
    let parts = stage.take(QueueName::Imports);
    ensure!(parts.len() == 1, "the list was cut into {} parts", parts.len());
    scene(&stage, records(&parts)?).await
}

async fn scene(stage: &Stage, event: Value) -> Result<Value> {
    let tables = rows::of(&stage.world).await?;
    Ok(json!({"appel": event, "tables": tables, "documents": rows::documents(&stage.world).await?}))
}

/// The first messages of a queue, a full batch of them.
fn batch(messages: &[contracts::Envelope]) -> Result<Value> {
    let full = messages
        .get(..PEOPLE)
        .with_context(|| format!("a batch of {} messages, not {PEOPLE}", messages.len()))?;
    records(full)
}

/// An event as SQS gives it to a function.
fn records(messages: &[contracts::Envelope]) -> Result<Value> {
    let record = |(at, message): (usize, &contracts::Envelope)| -> Result<Value> {
        Ok(json!({
            "messageId": format!("00000000-0000-4000-8000-{at:012}"), "receiptHandle": format!("accuse-{at}"),
            "body": serde_json::to_string(message)?, "md5OfBody": "", "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {},
            "eventSourceARN": "arn:aws:sqs:eu-west-3:000000000000:spie-essai", "awsRegion": "eu-west-3",
        }))
    };
    let records: Vec<Value> = messages.iter().enumerate().map(record).collect::<Result<_>>()?;
    Ok(json!({"Records": records}))
}
