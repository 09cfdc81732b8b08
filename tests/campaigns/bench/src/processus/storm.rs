//! The storm: a cohort's whole journeys while everything goes wrong, then the calm, then the judgment.

use std::sync::Arc;

use anyhow::anyhow;
use futures::future::{join_all, try_join_all};
use tokio::sync::watch;

use super::client::Client;
use super::journey::{self, Lived, REFERENTS};
use super::lists;
use super::people::Person;
use super::settle;
use super::staff::{self, today};
use super::verdict::{self, Expected};
use super::weather::Weather;
use super::world::{Ground, QUEUES, TERRITORIES, World};
use crate::faults::{Calm, Rates, Storm};
use crate::harness::{Feed, Function};

/// How often each fault befalls a request, per mille.
const RATES: Rates = Rates {
    kill_before: 14,
    kill_after: 14,
    lose_answer: 200,
    errors: 22,
    silence: 1,
    conflict: 15,
    partly_sent: 40,
    left_aside: 500,
    cut_page: 150,
    stale_index: 400,
    copied: 400,
};

/// How many processes of each function run at once.
const AT_ONCE: usize = 3;

/// What a storm left, for the figures of the report.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passed {
    /// Dossiers opened.
    pub(super) dossiers: u64,
    /// Processes started.
    pub(super) starts: u64,
    /// Events given.
    pub(super) invocations: u64,
}

impl std::ops::AddAssign for Passed {
    fn add_assign(&mut self, other: Self) {
        self.dossiers += other.dossiers;
        self.starts += other.starts;
        self.invocations += other.invocations;
    }
}

/// Plays one storm of this many people. Returns its figures, and what was violated.
pub(super) async fn play(ground: &Ground, seed: u64, size: usize) -> anyhow::Result<(Passed, Vec<String>)> {
    let world = World::new(ground, AT_ONCE).await?;
    let client = Client { world: &world, identity: &ground.identity };
    for territory in TERRITORIES {
        staff::install(client, territory, REFERENTS, capacity(size)).await?;
    }

    world.cloud().set_plan(Arc::new(Storm::new(seed, RATES)));
    let over = watch::Sender::new(false);
    let may_stop = || *over.borrow() && world.cloud().queues().quiet();
    let feeds = QUEUES.map(|queue| {
        let feed = Feed { queue, most: 10, seed, at_once: AT_ONCE as u64 };
        let function = world.function(queue);
        let may_stop = &may_stop;
        async move { anyhow::Ok(feed.run(function?, may_stop).await?) }
    });
    let weather = Weather::new(client, seed, &over);
    let (_, lived, poisons) = tokio::try_join!(
        try_join_all(feeds),
        async { Ok(everybody(client, size, &over).await) },
        weather.blow(),
    )?;

    world.cloud().set_plan(Arc::new(Calm));
    let (lived, lost): (Vec<_>, Vec<_>) = lived.into_iter().partition(Result::is_ok);
    let mut violations: Vec<String> =
        lost.into_iter().filter_map(Result::err).map(|error| format!("{error:#}")).collect();
    violations.extend(settle::settle(&world, seed).await?);
    violations.extend(lists::judge(client, seed).await?);
    let lived: Vec<Lived> = lived.into_iter().filter_map(Result::ok).collect();
    let expected = Expected { lived: &lived, capacity: capacity(size), poisons: &poisons };
    violations.extend(verdict::judge(&verdict::Left::of(&world)?, &expected));
    let passed = Passed {
        dossiers: lived.len() as u64,
        starts: world.functions().map(Function::starts).sum(),
        invocations: world.functions().map(Function::invocations).sum(),
    };
    Ok((passed, violations))
}

/// Everybody's journey, at once. Whoever is still on their way when the weather gives up is lost.
async fn everybody(
    client: Client<'_>,
    size: usize,
    over: &watch::Sender<bool>,
) -> Vec<anyhow::Result<Lived>> {
    let journeys = Person::cohort(size).into_iter().map(|person| {
        let mut given_up = over.subscribe();
        let rank = person.index;
        async move {
            let today = today(person.territory)?;
            tokio::select! {
                lived = journey::live(client, person, today) => lived,
                _ = given_up.wait_for(|it| *it) => Err(anyhow!("I1 la personne {rank} attend encore")),
            }
        }
    });
    let lived = join_all(journeys).await;
    over.send_replace(true);
    client.world.cloud().queues().nudge();
    lived
}

/// The places of each référent: in all, fewer than those who need one.
fn capacity(size: usize) -> u64 {
    let needed = size / TERRITORIES.len();
    (needed * 3 / 4).div_ceil(REFERENTS) as u64
}
