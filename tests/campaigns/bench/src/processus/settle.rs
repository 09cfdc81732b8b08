//! The calm: faults stop, time passes, and everything that can still happen does, until nothing changes any more.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use dynoxide::Database;
use futures::future::try_join_all;
use hyper::body::Bytes;
use local::clock::real_now;
use serde_json::{Value, json};

use super::weather::is_poison;
use super::world::{QUEUES, World};
use crate::cloud::PREFIX;
use crate::events;
use crate::faults::Kind;
use crate::harness::Feed;
use crate::instance::Ending;
use crate::items::{self, Photograph, StoreError, TABLES};
use crate::runtime_api::Answer;

/// It must have ended by then.
const PASSES: u32 = 12;

/// In the first passes, those who wait for a place have waited for a day.
const A_DAY_LATER: u32 = 2;

/// Nobody who had read a dossier before it was erased still writes after that long.
const NOBODY_WRITES: TimeDelta = TimeDelta::hours(2);

/// Lets everything come to its end. Returns what never did.
pub(super) async fn settle(world: &World, seed: u64) -> anyhow::Result<Vec<String>> {
    let mut before = None;
    let mut failing = Vec::new();
    for pass in 0..PASSES {
        failing.clear();
        let queues = world.cloud().queues();
        queues.release();
        world.cloud().tally().add(Kind::Redriven, queues.redrive(2, is_poison));
        drain(world, seed).await?;
        if pass < A_DAY_LATER {
            age_searches(world.cloud().database())?;
        }
        for task in ["relais", "controle", "balayage"] {
            age_outboxes(world.cloud().database())?;
            age_erasures(world.cloud().database(), NOBODY_WRITES)?;
            let ending = world.function("sweep")?.invoke(&events::schedule(task)).await?;
            if !matches!(ending, Ending::Answered(Answer::Response(_))) {
                failing.push(format!("I8 l’horaire {task} échoue encore au calme : {ending:?}"));
            }
            drain(world, seed).await?;
        }
        let now = everything(world)?;
        let dead = QUEUES.iter().flat_map(|it| queues.dead(it)).filter(|it| !is_poison(it)).count();
        if dead == 0 && failing.is_empty() && before.as_ref() == Some(&now) {
            return Ok(Vec::new());
        }
        before = Some(now);
    }
    failing.push(format!("I8 rien n’est stable après {PASSES} passages"));
    Ok(failing)
}

/// Gives every queue to its function until nothing waits.
pub(super) async fn drain(world: &World, seed: u64) -> anyhow::Result<()> {
    let queues = world.cloud().queues();
    let quiet = || queues.quiet();
    let feeds = QUEUES.map(|queue| {
        let feed = Feed { queue, most: 10, seed, at_once: 2 };
        let function = world.function(queue);
        async move { anyhow::Ok(feed.run(function?, &quiet).await?) }
    });
    try_join_all(feeds).await.map(drop)
}

fn everything(world: &World) -> anyhow::Result<(Photograph, BTreeMap<String, Bytes>)> {
    let photograph = items::photograph(world.cloud().database(), &TABLES)?;
    Ok((photograph, world.cloud().documents().all()))
}

/// Makes what waits in outboxes ten minutes older than now: the functions use the system's clock, so that the store
/// ages instead. A dossier that changed meanwhile is left as it is.
pub(super) fn age_outboxes(database: &Database) -> anyhow::Result<()> {
    let old = text(real_now() - TimeDelta::minutes(10));
    let young = text(real_now() - TimeDelta::minutes(3));
    for dossier in items::plain(database, "dossiers")? {
        let entries = dossier["registre"]["sortie"].as_object().cloned().unwrap_or_default();
        let is_young = |it: &&Value| it["le"].as_str().is_some_and(|le| le > young.as_str());
        if entries.values().filter(is_young).count() == 0 {
            continue;
        }
        let names: BTreeMap<String, &String> =
            entries.keys().enumerate().map(|(rank, name)| (format!("#e{rank}"), name)).collect();
        let sets: Vec<String> = names.keys().map(|it| format!("registre.sortie.{it}.le = :old")).collect();
        let change = json!({
            "ExpressionAttributeNames": names,
            "UpdateExpression": format!("SET file_sk = :old, {}", sets.join(", ")),
        });
        update(database, &dossier, change, &old)?;
    }
    Ok(())
}

/// Makes the erasures of less than `age` that old.
pub(super) fn age_erasures(database: &Database, age: TimeDelta) -> anyhow::Result<()> {
    let old = text(real_now() - age);
    for dossier in items::plain(database, "dossiers")? {
        if dossier["efface"]["le"].as_str().is_some_and(|le| le > old.as_str()) {
            let change = json!({ "UpdateExpression": "SET file_sk = :old, efface.le = :old" });
            update(database, &dossier, change, &old)?;
        }
    }
    Ok(())
}

/// Makes the last search of those who wait for a place two days older.
fn age_searches(database: &Database) -> anyhow::Result<()> {
    let old = text(real_now() - TimeDelta::days(2));
    for dossier in items::plain(database, "dossiers")? {
        let change = if dossier["etat"].get("cherche_le").is_some() {
            json!({ "UpdateExpression": "SET file_sk = :old, etat.cherche_le = :old" })
        } else if dossier["etat"]["attente"].get("contact_demande_le").is_some() {
            json!({ "UpdateExpression": "SET file_sk = :old, etat.attente.contact_demande_le = :old" })
        } else {
            continue;
        };
        update(database, &dossier, change, &old)?;
    }
    Ok(())
}

/// Changes a dossier if it is still the one that was read.
fn update(database: &Database, dossier: &Value, change: Value, old: &str) -> anyhow::Result<()> {
    let mut request = change;
    request["TableName"] = format!("{PREFIX}dossiers").into();
    request["Key"] = json!({ "pk": { "S": dossier["pk"] } });
    let mut conditions = vec!["revision = :revision".to_owned()];
    for name in request["ExpressionAttributeNames"].as_object().into_iter().flatten().map(|(name, _)| name) {
        conditions.push(format!("attribute_exists(registre.sortie.{name})"));
    }
    request["ConditionExpression"] = conditions.join(" AND ").into();
    let revision = dossier["revision"].as_u64().context("un dossier sans révision")?;
    request["ExpressionAttributeValues"] =
        json!({ ":old": { "S": old }, ":revision": { "N": revision.to_string() } });
    match items::ask(database, "UpdateItem", &request) {
        Ok(_) => Ok(()),
        Err(error) if StoreError::is_condition(&error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
