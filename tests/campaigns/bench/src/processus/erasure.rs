//! Erasures that cross a step: dossiers erased while a function treats their messages, then nothing is left of them.

use std::sync::Arc;

use futures::future::try_join_all;

use super::client::Client;
use super::journey;
use super::settle;
use super::staff::{self, today};
use super::stage::{self, TERRITORY};
use super::verdict::{self, Left};
use super::world::{Ground, World};
use crate::faults::{Calm, Rates, Storm, rng};
use crate::harness::Feed;

/// How many dossiers are erased together.
const TOGETHER: usize = 9;

/// The faults of a round, per mille.
const RATES: Rates = Rates {
    kill_before: 10,
    kill_after: 10,
    lose_answer: 150,
    errors: 10,
    silence: 0,
    conflict: 20,
    partly_sent: 20,
    left_aside: 0,
    cut_page: 200,
    stale_index: 0,
    copied: 300,
};

/// Runs this many rounds. Returns what was violated.
pub(super) async fn run(ground: &Ground, seed: u64, rounds: u64) -> anyhow::Result<Vec<String>> {
    let world = World::new(ground, 3).await?;
    let client = Client { world: &world, identity: &ground.identity };
    staff::install(client, TERRITORY, 1, TOGETHER as u64).await?;
    let stages = stage::before_each(client, TOGETHER, today(TERRITORY)?).await?;
    let mut rng = rng(seed, &[u64::MAX, 4]);
    let mut violations = Vec::new();
    for round in 0..rounds {
        let stage = &stages[rng.usize(..stages.len())];
        stage.set(&world)?;
        world.cloud().set_plan(Arc::new(Storm::new(rng.u64(..), RATES)));
        let feed = Feed { queue: stage.queue, most: 3, seed: rng.u64(..), at_once: 2 };
        let dossiers = stage.dossiers();
        let erasures = dossiers.iter().map(|it| journey::erase_now(client, TERRITORY, it));
        tokio::try_join!(
            async { anyhow::Ok(feed.until_empty(world.function(stage.queue)?).await?) },
            try_join_all(erasures),
        )?;
        world.cloud().set_plan(Arc::new(Calm));
        let mut found = settle::settle(&world, seed).await?;
        found.extend(verdict::judge_erased(&Left::of(&world)?));
        violations
            .extend(found.into_iter().map(|it| format!("effacement {round} devant {} : {it}", stage.queue)));
    }
    Ok(violations)
}
