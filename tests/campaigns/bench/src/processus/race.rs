//! Sixty-four writers at once for one free place: one gets it, the others wait, and the counter tells the truth.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::client::Client;
use super::people::Story;
use super::staff::{self, today};
use super::stage::{self, Stage, TERRITORY};
use super::world::{Ground, World};
use crate::faults::{Calm, Kind, Plan, Rates, Storm};
use crate::harness::Feed;
use crate::items;

/// How many want the place.
const WRITERS: usize = 64;

/// How many processes they are spread over.
const PROCESSES: usize = 12;

/// Every other race is run under these faults, per mille.
const RATES: Rates = Rates {
    kill_before: 4,
    kill_after: 4,
    lose_answer: 20,
    errors: 10,
    silence: 0,
    conflict: 30,
    partly_sent: 10,
    left_aside: 0,
    cut_page: 100,
    stale_index: 0,
    copied: 100,
};

/// Runs this many races. Returns what was violated.
pub(super) async fn run(ground: &Ground, seed: u64, races: u64) -> anyhow::Result<Vec<String>> {
    let world = World::new(ground, PROCESSES).await?;
    let client = Client { world: &world, identity: &ground.identity };
    staff::install(client, TERRITORY, 1, 1).await?;
    let today = today(TERRITORY)?;
    stage::sign_everybody(client, WRITERS, Story::Counter, today).await?;
    let start = Stage::here(&world, "assignment", &["dossiers", "referents"])?;
    ensure!(start.bodies.len() == WRITERS, "{} messages pour {WRITERS} écrivains", start.bodies.len());
    let mut violations = Vec::new();
    for race in 0..races {
        start.set(&world)?;
        let plan: Arc<dyn Plan> =
            if race % 2 == 0 { Arc::new(Calm) } else { Arc::new(Storm::new(seed ^ race, RATES)) };
        world.cloud().set_plan(plan);
        let feed = Feed { queue: "assignment", most: 1, seed: seed ^ race, at_once: WRITERS as u64 };
        loop {
            feed.until_empty(world.function("assignment")?).await?;
            if world.cloud().queues().redrive(1, |_| false) == 0 {
                break;
            }
        }
        world.cloud().tally().add(Kind::Race, 1);
        violations.extend(judge(&world)?.into_iter().map(|it| format!("course {race} : {it}")));
    }
    Ok(violations)
}

fn judge(world: &World) -> anyhow::Result<Vec<String>> {
    let dossiers = items::plain(world.cloud().database(), "dossiers")?;
    let referents = items::plain(world.cloud().database(), "referents")?;
    let referent = referents.first().context("le référent a disparu")?;
    let count = |state: &str| dossiers.iter().filter(|it| it["etat"]["code"] == state).count();
    let (placed, waiting) = (count("affecte"), count("en_attente_de_place"));
    let mut violations = Vec::new();
    if (placed, waiting) != (1, WRITERS - 1) {
        violations.push(format!("I3 I4 {placed} affectés et {waiting} en attente pour une place"));
    }
    if referent["actifs"] != 1 {
        violations.push(format!("I4 le compteur dit {} pour une place prise", referent["actifs"]));
    }
    let applied = |it: &&Value| it["registre"]["recus"]["assignment"] == 1;
    let unapplied = dossiers.len() - dossiers.iter().filter(applied).count();
    if unapplied > 0 {
        violations.push(format!("I1 {unapplied} messages n’ont rien écrit"));
    }
    let told: BTreeSet<String> = world
        .cloud()
        .queues()
        .clear("carnet")
        .iter()
        .filter(|it| it.body.contains("fr.spie.referent.affecte.v1"))
        .map(|it| it.body.clone())
        .collect();
    if told.len() != 1 {
        violations.push(format!("I1 I2 le carnet apprend {} affectations", told.len()));
    }
    Ok(violations)
}
