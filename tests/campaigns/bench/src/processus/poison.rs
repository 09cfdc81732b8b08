//! A poison in a batch of ten: its nine neighbours are done, it alone dies, whatever it is made of.

use serde_json::{Value, json};

use super::client::Client;
use super::staff::{self, today};
use super::stage::{self, Stage, TERRITORY};
use super::world::{Ground, World};
use crate::cloud::PREFIX;
use crate::faults::{Kind, rng};
use crate::harness::{failures, give};
use crate::items;
use crate::queues::MAX_RECEIVES;

/// How many are well.
const NEIGHBOURS: usize = 9;

/// The dossier that was last looked at at the end of time.
const END_OF_TIME: &str = "00000000-0000-4000-8000-0000000000ff";

/// Runs this many batches. Returns what was violated.
pub(super) async fn run(ground: &Ground, seed: u64, batches: u64) -> anyhow::Result<Vec<String>> {
    let world = World::new(ground, 2).await?;
    let client = Client { world: &world, identity: &ground.identity };
    staff::install(client, TERRITORY, 1, 2 * NEIGHBOURS as u64).await?;
    let stages = stage::before_each(client, NEIGHBOURS, today(TERRITORY)?).await?;
    let mut rng = rng(seed, &[u64::MAX, 3]);
    let mut violations = Vec::new();
    for batch in 0..batches {
        let stage = &stages[rng.usize(..stages.len())];
        let poisons = poisons(stage);
        let poison = &poisons[rng.usize(..poisons.len())];
        let found = one(&world, stage, poison, rng.u64(..)).await?;
        violations.extend(found.into_iter().map(|it| format!("lot {batch} de {} : {it}", stage.queue)));
        world.cloud().tally().add(Kind::Poison, 1);
    }
    Ok(violations)
}

/// Adds a dossier that was last looked at at the end of time: whoever adds a day to it panics.
fn spoil(world: &World) -> anyhow::Result<()> {
    let text = |value: &str| json!({ "S": value });
    let map = |value: Value| json!({ "M": value });
    let database = world.cloud().database();
    let dossiers = items::raw(database, "dossiers")?;
    let mut spoilt = dossiers.first().cloned().unwrap_or_default();
    spoilt["pk"] = text(&format!("{TERRITORY}#{END_OF_TIME}"));
    spoilt["etat"] = map(json!({
        "code": text("a_orienter"),
        "proposition": map(json!({
            "jeu": text("essai"), "trace": text(END_OF_TIME), "le": text("2026-01-01T00:00:00Z"),
            "incomplete": { "BOOL": false },
        })),
        "attente": map(json!({ "contact_demande_le": text("+262142-12-31T23:59:59Z") })),
    }));
    items::ask(database, "PutItem", &json!({ "TableName": format!("{PREFIX}dossiers"), "Item": spoilt }))?;
    Ok(())
}

/// What a function can be given that it cannot treat.
fn poisons(stage: &Stage) -> Vec<String> {
    let sound: Value = stage.bodies.first().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let with = |field: &str, value: Value| {
        let mut body = sound.clone();
        body[field] = value;
        body.to_string()
    };
    let mut poisons = vec![
        "ceci n’est pas du JSON".to_owned(),
        String::new(),
        "[]".to_owned(),
        with("type", json!("fr.spie.inconnu.v9")),
        with("flux", json!("inconnu")),
        with("numero", json!("un")),
        with("subject", json!("personne")),
        with("territoire", json!("999")),
    ];
    // Those who read the dossier before anything else panic on it.
    if ["triage", "assignment"].contains(&stage.queue) {
        poisons.push(with("subject", json!(END_OF_TIME)));
    }
    poisons
}

/// One batch, then the poison alone until it is dead.
async fn one(world: &World, stage: &Stage, poison: &str, draw: u64) -> anyhow::Result<Vec<String>> {
    stage.set(world)?;
    spoil(world)?;
    let queues = world.cloud().queues();
    let function = world.function(stage.queue)?;
    let poisoned = queues.send(stage.queue, poison, 0, 0);
    let batch = queues.take(stage.queue, NEIGHBOURS + 1, Some(&mut rng(draw, &[])));
    let messages = batch.messages.clone();
    let ending = give(function, stage.queue, batch).await?;
    let failed = failures(&ending, &messages);
    let mut violations = Vec::new();
    if !failed.iter().eq([&poisoned.as_str()]) {
        violations.push(format!("I1 {} messages ont échoué pour un poison", failed.len()));
    }
    let done = done(world, stage)?;
    if done != NEIGHBOURS {
        violations.push(format!("I1 {done} voisins traités sur {NEIGHBOURS}"));
    }
    for _ in 1..MAX_RECEIVES {
        give(function, stage.queue, queues.take(stage.queue, 1, None)).await?;
    }
    let dead = queues.clear_dead(stage.queue);
    if !(dead.len() == 1 && dead[0].id == poisoned) {
        violations.push(format!("I8 {} lettres mortes pour un poison", dead.len()));
    }
    Ok(violations)
}

/// How many of the neighbours were treated, by what their treatment writes.
fn done(world: &World, stage: &Stage) -> anyhow::Result<usize> {
    let database = world.cloud().database();
    let (table, holds): (&str, fn(&Value) -> bool) = match stage.queue {
        "triage" => ("dossiers", |it| it["etat"]["code"] == "a_orienter"),
        "assignment" => ("dossiers", |it| it["etat"]["code"] == "affecte"),
        "carnet" => ("carnets", |it| it["auteur"] == "parcours"),
        _ => ("envois", |_| true),
    };
    let items = items::plain(database, table)?;
    let documents = world.cloud().documents().all();
    let treated = |dossier: &&String| {
        let folder = format!("envois/{TERRITORY}/{dossier}/");
        let told = stage.queue != "reminders" || documents.keys().any(|it| it.starts_with(&folder));
        let pk = format!("{TERRITORY}#{dossier}");
        told && items.iter().any(|it| it["pk"] == *pk && holds(it))
    };
    Ok(stage.dossiers().iter().filter(treated).count())
}
