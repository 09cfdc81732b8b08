//! Who is compared: our two steps, and the three techniques, each under the same seeds and the same faults.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;

use super::cohort::{Cohort, Eve};
use super::downstream::follow;
use super::rounds::Rounds;
use super::verdict::{Departures, Findings, What, wrong_places};
use super::world::{Age, age, environment, fresh};
use crate::cloud::{Call, Cloud};
use crate::faults::{At, Calm, Fault, Plan, Rates, Storm, Tally};
use crate::forge::Forge;
use crate::harness::Function;
use crate::instance::Launch;
use crate::items::restore;

/// How often each fault befalls a request, per mille.
const RATES: Rates = Rates {
    kill_before: 30,
    kill_after: 40,
    lose_answer: 60,
    errors: 40,
    silence: 0,
    conflict: 20,
    partly_sent: 20,
    left_aside: 0,
    cut_page: 0,
    stale_index: 0,
    copied: 150,
};

/// How many processes of a function run at once.
const AT_ONCE: usize = 8;

/// The longest batch.
const LONGEST: usize = 10;

/// A function's time-out: no attempt lasts so long, on the slowest machine. Only faults end attempts here.
const TIME_OUT: Duration = Duration::from_mins(10);

/// How often dead letters are sent again, in fair weather, before they are given up. Only the step's own queue has any.
const REDRIVES: usize = 3;

/// The faults of a seed, but for those that no service makes: transactions cross each other, and nothing else here.
/// Without a storm, nothing goes wrong.
#[derive(Clone, Copy, Debug)]
struct Weather(Option<Storm>);

impl Plan for Weather {
    fn fault(&self, at: At, call: &Call) -> Option<Fault> {
        self.0?.fault(at, call).filter(|it| *it != Fault::Conflict || call.is("TransactWriteItems"))
    }

    fn copies(&self, sent: u64) -> (u64, u64) {
        self.0.map_or((0, 0), |storm| storm.copies(sent))
    }
}

/// The two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A signed orientation gets a référent, and the next are told.
    Assignment,
    /// A decision is told to the person.
    Reminders,
}

impl Step {
    /// Its name in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assignment => "affectation",
            Self::Reminders => "rappels",
        }
    }
}

/// How a contestant's processes are started.
#[derive(Clone)]
pub enum Program {
    /// Our own bootstrap.
    Bootstrap(PathBuf),
    /// A module in Python, forked.
    Python(&'static str, Forge),
}

/// One way to do a step.
#[derive(Clone)]
pub struct Contestant {
    /// Its name in the report.
    pub name: &'static str,
    /// The step.
    pub step: Step,
    /// Its processes.
    pub program: Program,
}

impl Contestant {
    /// Does the step in fair weather. Whoever does not do then exactly what is expected is not to be compared.
    pub async fn rehearse(&self, cohort: &Cohort) -> anyhow::Result<()> {
        let found = self.endure(cohort, 0, Weather(None), &Arc::default()).await?;
        ensure!(
            found.is_nothing(),
            "par beau temps, {} ne fait pas ce qui est attendu : {found:?}",
            self.name
        );
        Ok(())
    }

    /// Does the step for the whole cohort under the faults of a seed, and judges.
    pub async fn run(&self, cohort: &Cohort, seed: u64, tally: &Arc<Tally>) -> anyhow::Result<Findings> {
        self.endure(cohort, seed, Weather(Some(Storm::new(seed, RATES))), tally).await
    }

    /// In two acts. First every message, and the copies that the queue makes at once. Then everything that forgets
    /// forgets, and the late copies come, as after a long retention or a dead letter sent again months later.
    async fn endure(
        &self,
        cohort: &Cohort,
        seed: u64,
        weather: Weather,
        tally: &Arc<Tally>,
    ) -> anyhow::Result<Findings> {
        let eve = self.eve(cohort);
        let served = Cloud::serve(fresh().await?, BTreeMap::new(), Arc::clone(tally)).await?;
        let cloud = &served.cloud;
        restore(cloud.database(), &eve.rows)?;
        let function = self.function(cloud, &served.url());
        let rounds = Rounds { queue: eve.queue, longest: LONGEST, at_once: AT_ONCE as u64, seed };

        for (number, body) in (1..).zip(&eve.messages) {
            let (at_once, late) = weather.copies(number);
            cloud.queues().send(eve.queue, body, at_once, late);
        }
        act(&rounds, &function, weather).await?;
        let expected = self.expected(cohort);
        let early = Departures::of(cloud).doubled(&expected);

        age(cloud, Age::Everything)?;
        cloud.queues().release();
        act(&rounds, &function, weather).await?;
        let departures = Departures::of(cloud);
        let doubled = departures.doubled(&expected);
        Ok(Findings {
            lost: departures.lost(&expected),
            doubled,
            late: doubled - early,
            ends: match (self.step, &self.program) {
                (Step::Assignment, Program::Bootstrap(_)) => {
                    Some(follow(cloud, &served.url(), cohort.dossiers.len()).await?)
                }
                (Step::Assignment, Program::Python(..)) | (Step::Reminders, _) => None,
            },
            places: wrong_places(cloud)?,
            dead: cloud.queues().count(eve.queue).dead,
        })
    }

    fn eve<'a>(&self, cohort: &'a Cohort) -> &'a Eve {
        match self.step {
            Step::Assignment => &cohort.assignment,
            Step::Reminders => &cohort.reminders,
        }
    }

    /// What the step must do. The peers' assignment tells one thing, ours three.
    fn expected(&self, cohort: &Cohort) -> BTreeSet<What> {
        match (self.step, &self.program) {
            (Step::Assignment, Program::Bootstrap(_)) => cohort.assigned_and_decided(),
            (Step::Assignment, Program::Python(..)) => cohort.assigned(),
            (Step::Reminders, _) => cohort.letters(),
        }
    }

    fn function(&self, cloud: &Cloud, url: &str) -> Function {
        let function = match self.step {
            Step::Assignment => "assignment",
            Step::Reminders => "reminders",
        };
        let launch = |program| Launch {
            function: function.to_owned(),
            program,
            arguments: Vec::new(),
            environment: environment(url),
            logs: None,
        };
        match &self.program {
            Program::Bootstrap(program) => {
                Function::new(cloud.clone(), launch(program.clone()), TIME_OUT, AT_ONCE)
            }
            Program::Python(module, forge) => {
                Function::forked(cloud.clone(), launch(module.into()), forge.clone(), TIME_OUT, AT_ONCE)
            }
        }
    }
}

/// Delivers everything that waits in this weather, then sends the dead letters again in fair weather.
async fn act(rounds: &Rounds<'_>, function: &Function, weather: Weather) -> anyhow::Result<()> {
    let cloud = function.cloud();
    cloud.set_plan(Arc::new(weather));
    deliver(rounds, function).await?;
    cloud.set_plan(Arc::new(Calm));
    for _ in 0..REDRIVES {
        age(cloud, Age::Attempts)?;
        if cloud.queues().redrive(1, |_| false) == 0 {
            break;
        }
        deliver(rounds, function).await?;
    }
    Ok(())
}

/// Delivers until nothing waits; an attempt that failed is over before its messages come again.
async fn deliver(rounds: &Rounds<'_>, function: &Function) -> anyhow::Result<()> {
    rounds.until_empty(function, &|| age(function.cloud(), Age::Attempts)).await
}
