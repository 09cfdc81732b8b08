//! The weather of a storm, beside what strikes the requests: schedules that ring twice, processes killed at any instant,
//! poison on the queues, dead letters redriven too soon.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::ensure;
use chrono::TimeDelta;
use fastrand::Rng;
use tokio::sync::watch;

use super::client::{Client, Gesture};
use super::settle;
use super::world::{QUEUES, TERRITORIES, World};
use crate::events;
use crate::faults::{Kind, rng};
use crate::instance::Ending;
use crate::queues::Message;

/// Schedules ring at most this often in one storm. Whoever still waits then is lost.
const RINGS: u32 = 400;

/// A schedule rings after this many writes, or as soon as nothing moves any more.
const WRITES: u64 = 60;

/// The relay takes up what is older than two minutes; those who write to a dossier may do so for an hour.
const TEN_MINUTES: TimeDelta = TimeDelta::minutes(10);

/// The schedules of the template.
const TASKS: [&str; 3] = ["relais", "controle", "balayage"];

/// What no function can read.
const POISONS: [&str; 3] = ["ceci n’est pas du JSON", r#"{"specversion":"1.0"}"#, r#"{"poison":true}"#];

/// Whether a message is one of ours that nobody can read.
pub(super) fn is_poison(message: &Message) -> bool {
    POISONS.contains(&message.body.as_str())
}

/// One storm's weather.
pub(super) struct Weather<'a> {
    world: &'a World,
    client: Client<'a>,
    seed: u64,
    over: &'a watch::Sender<bool>,
}

impl<'a> Weather<'a> {
    /// Blows until `over`; when it gives up before, it says so by `over`.
    pub(super) const fn new(client: Client<'a>, seed: u64, over: &'a watch::Sender<bool>) -> Self {
        Self { world: client.world, client, seed, over }
    }

    /// Blows. Returns how many poisons each queue received.
    pub(super) async fn blow(&self) -> anyhow::Result<BTreeMap<&'static str, u64>> {
        let (poisons, ()) = tokio::try_join!(self.ring(), self.reap())?;
        Ok(poisons)
    }

    fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Rings schedules two at once, redrives the dead letters, poisons the queues.
    async fn ring(&self) -> anyhow::Result<BTreeMap<&'static str, u64>> {
        let cloud = self.world.cloud();
        let mut rng = rng(self.seed, &[u64::MAX, 1]);
        let mut poisons = BTreeMap::new();
        for _ in 0..RINGS {
            self.something_happens().await;
            if self.is_over() {
                return Ok(poisons);
            }
            if let (Some(queue), Some(poison)) = (rng.choice(QUEUES), rng.choice(POISONS)) {
                cloud.queues().send(queue, poison, 0, 0);
                *poisons.entry(queue).or_default() += 1;
            }
            settle::age_outboxes(cloud.database())?;
            settle::age_erasures(cloud.database(), TEN_MINUTES)?;
            tokio::try_join!(self.two_at_once(&mut rng), self.somebody_reads())?;
            cloud.tally().add(Kind::Redriven, cloud.queues().redrive(rng.u64(1..=2), is_poison));
        }
        self.over.send_replace(true);
        cloud.queues().nudge();
        Ok(poisons)
    }

    /// A head of territory looks at those whom nobody has oriented.
    async fn somebody_reads(&self) -> anyhow::Result<()> {
        for territory in TERRITORIES {
            let gesture = Gesture::reading(territory);
            let list = self.client.call("GET", "/v1/non_orientes", &gesture).await?;
            ensure!(list.status == 200, "I1 la liste de {territory} est refusée : {}", list.status);
        }
        Ok(())
    }

    /// Two schedules ring together; each may be killed on its way.
    async fn two_at_once(&self, rng: &mut Rng) -> anyhow::Result<()> {
        let sweep = self.world.function("sweep")?;
        let events = [0, 1].map(|_| events::schedule(TASKS[rng.usize(..TASKS.len())]));
        let (one, other) = tokio::try_join!(sweep.invoke(&events[0]), sweep.invoke(&events[1]))?;
        let killed = [one, other].iter().filter(|it| **it == Ending::Died).count() as u64;
        self.world.cloud().tally().add(Kind::Schedule, 1 + killed);
        Ok(())
    }

    /// Waits until enough was written, or nothing moves any more, or the storm is over.
    async fn something_happens(&self) {
        let cloud = self.world.cloud();
        let (mut writes, mut moves) = (cloud.changes(), cloud.queues().changes());
        let first = *writes.borrow_and_update();
        loop {
            moves.borrow_and_update();
            let written = *writes.borrow_and_update() - first;
            if written >= WRITES || cloud.queues().quiet() || self.is_over() {
                return;
            }
            tokio::select! {
                _ = writes.changed() => {}
                _ = moves.changed() => {}
            }
        }
    }

    /// Kills a process at work, whichever and whenever chance says.
    async fn reap(&self) -> anyhow::Result<()> {
        let mut rng = rng(self.seed, &[u64::MAX, 2]);
        let functions: Vec<_> = self.world.functions().collect();
        while !self.is_over() {
            // Chance chooses the instant: no condition could.
            tokio::time::sleep(Duration::from_millis(rng.u64(1..250))).await;
            if functions[rng.usize(..functions.len())].kill_one(&mut rng).await {
                self.world.cloud().tally().add(Kind::KillAnywhen, 1);
            }
        }
        Ok(())
    }
}
