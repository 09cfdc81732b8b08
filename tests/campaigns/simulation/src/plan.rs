//! What a run is made of, and how far people have come before anything goes wrong.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use engine::{DossierKey, Role, requests};
use fastrand::Rng;
use futures::FutureExt;

use crate::cast::{Cast, Unusable, professional, referent_id};
use crate::executor::{Executor, Work};
use crate::files::newcomers;
use crate::people::People;
use crate::sim::{Process, Sim};
use crate::start;

/// What is drawn before anything happens.
pub(crate) struct Plan {
    pub(crate) cast: Cast,
    pub(crate) start: DateTime<Utc>,
    /// How many things are started during the storm.
    pub(crate) starts: u32,
    /// How many tasks may be under way at once.
    pub(crate) width: usize,
    /// The référents of each département, by their capacity.
    pub(crate) capacities: Vec<u32>,
    /// How far people have come before anything goes wrong.
    pub(crate) warm: Warm,
    /// How often the schedules run once it is calm.
    pub(crate) pace: TimeDelta,
}

/// Where the storm finds people.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Warm {
    /// Before their application.
    Nowhere,
    /// Some have been triaged; of these, some have been signed, or placed.
    Triaged,
    /// All have signed orientations that nobody has given a référent to.
    Signed,
}

impl Plan {
    /// Draws a run. What files are about has a chance of its own: without them, a seed tells what it always told.
    pub(crate) fn draw(rng: &mut Rng, files: &mut Rng) -> Result<Self, Unusable> {
        // Many for one place; nobody at all; most often something in between.
        let (people, capacities, width, warm) = match rng.u32(..10) {
            0 => (rng.usize(4..=8), vec![rng.u32(1..=2)], 8, Warm::Signed),
            1 => (rng.usize(2..=4), Vec::new(), rng.usize(1..=4), Warm::Triaged),
            draw => {
                let referents = rng.usize(1..=3);
                let capacities =
                    (0..referents).map(|_| if rng.u32(..5) == 0 { 0 } else { rng.u32(1..=3) }).collect();
                let warm = if draw < 4 { Warm::Nowhere } else { Warm::Triaged };
                (rng.usize(2..=5), capacities, rng.usize(1..=5), warm)
            }
        };
        let starts = u32::try_from(people).unwrap_or(8) * rng.u32(5..17);
        let paces = [TimeDelta::minutes(5), TimeDelta::hours(1), TimeDelta::hours(6), TimeDelta::days(1)];
        let pace = paces[rng.usize(..paces.len())];
        let (mut cast, start) = (Cast::draw(rng, people)?, start::draw(rng));
        cast.newcomers = newcomers(files, &cast.territories, start);
        Ok(Self { cast, start, starts, width, capacities, warm, pace })
    }
}

/// The delegations and the roster, before anything goes wrong.
pub(crate) fn set_up(sim: &Arc<Sim>, plan: &Plan) {
    let world = Process::start(sim, 0, plan.cast.reference);
    for territory in plan.cast.territories.iter().copied() {
        let Some(head) = professional(territory, "chef-1", Role::Head) else { continue };
        for agent in ["agent-1", "agent-3"] {
            let Ok(agent) = agent.parse() else { continue };
            let put = requests::put_delegation(&world, &head, &agent, plan.cast.stock.delegation());
            put.now_or_never();
        }
        for (number, capacity) in plan.capacities.iter().enumerate() {
            let Some(id) = referent_id(number) else { continue };
            let body = {
                let rng = &mut sim.state().rng;
                plan.cast.stock.referent(territory, number, rng, *capacity)
            };
            requests::put_referent(&world, &head, &id, None, body).now_or_never();
        }
    }
}

/// What happens before the storm, without a fault.
pub(crate) fn warm_up(sim: &Arc<Sim>, executor: &mut Executor, people: &mut People, plan: &Plan) {
    if plan.warm == Warm::Nowhere {
        return;
    }
    let some = match plan.warm {
        Warm::Signed => plan.cast.people.len(),
        Warm::Triaged | Warm::Nowhere => sim.state().rng.usize(1..=plan.cast.people.len()),
    };
    for _ in 0..some {
        let request = people.apply(&mut sim.state(), &plan.cast);
        if let Some(request) = request {
            executor.run_alone(Work::Serve(request));
        }
    }
    deliver_all(sim, executor);
    let keys: Vec<DossierKey> = sim.state().glimpses.keys().copied().collect();
    // Twice: a right that was only declared is confirmed first.
    for key in keys.iter().chain(&keys).copied() {
        if plan.warm == Warm::Triaged && sim.state().rng.bool() {
            continue;
        }
        let request = people.handle(&mut sim.state(), &plan.cast, key);
        if let Some(request) = request {
            executor.run_alone(Work::Serve(request));
        }
    }
    if plan.warm == Warm::Triaged && sim.state().rng.bool() {
        deliver_all(sim, executor);
    }
}

/// How many messages may be delivered one after the other before it is endless.
const DELIVERIES: u32 = 3_000;

/// Delivers all that is in sight, one after the other; `false` when there is always more.
pub(crate) fn deliver_all(sim: &Arc<Sim>, executor: &mut Executor) -> bool {
    for _ in 0..DELIVERIES {
        let received = sim.state().receive();
        let Some(receipt) = received else { return true };
        executor.run_alone(Work::Deliver(receipt));
    }
    false
}
