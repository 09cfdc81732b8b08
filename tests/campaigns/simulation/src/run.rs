//! One run: a cast, a storm, then calm until nothing is left to do, and the judgement of all that happened.

use std::sync::Arc;

use checker::{End, History, Law, Setting, Violation, Zone};
use chrono::{TimeDelta, Timelike};
use domain::delay::Delay;
use fastrand::Rng;
use serde_json::Value;

use crate::calm::calm;
use crate::cast::Unusable;
use crate::executor::Executor;
use crate::people::People;
use crate::plan::{Plan, set_up, warm_up};
use crate::sim::Sim;
use crate::store::json;
use crate::storm::storm;
use crate::weather::Tally;

/// How far a process's clock may be from the true time.
pub(crate) const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Sets the chance of files apart from that of everything else.
const FILES: u64 = 0xF1C8_1E25;

/// What a run gave.
pub(crate) struct Played {
    pub(crate) violations: Vec<Violation>,
    pub(crate) tally: Tally,
    pub(crate) log: Option<String>,
}

/// Plays one seed. With `log`, everything that happens is told.
pub(crate) fn play(seed: u64, log: bool) -> Result<Played, Unusable> {
    let sim = Arc::new(Sim::new(seed, log));
    let mut files = Rng::with_seed(seed ^ FILES);
    let plan = Plan::draw(&mut sim.state().rng, &mut files)?;
    let pauses = (!plan.cast.newcomers.is_empty()).then(|| files.fork());
    let mut executor = Executor::new(&sim, plan.cast.reference, pauses);
    sim.state().now = plan.start;
    set_up(&sim, &plan);
    let mut people = People::new(files);
    warm_up(&sim, &mut executor, &mut people, &plan);
    storm(&sim, &mut executor, &mut people, &plan);
    calm(&sim, &mut executor, plan.pace, !plan.cast.newcomers.is_empty());
    drop(executor);
    Ok(judge(&sim, &plan))
}

fn judge(sim: &Sim, plan: &Plan) -> Played {
    let dossiers: Vec<Value> = sim.store.dossiers().into_iter().map(json).collect();
    let referents = sim.store.referents().into_iter().map(json).collect();
    let mut state = sim.state();
    let mut tally = state.tally;
    tally.dossiers = dossiers.len() as u64;
    // The frame of every right of the simulation counts in days: from one day or another, it is the same.
    let today = state.now.date_naive();
    let frame = plan.cast.reference.frame_on(today);
    let days = |delay: Delay| (delay.last_day(today) - today).num_days();
    let law = Law {
        target: days(frame.orientation.target),
        legal: days(frame.orientation.legal),
        alerts: frame.orientation.alerts.iter().map(|it| it.day.into()).collect(),
        requests: frame.orientation.requests.iter().map(|it| i64::from(*it)).collect(),
        naming: frame.naming_days.into(),
        hours: (frame.hours.opens().hour().into(), frame.hours.closes().hour().into()),
    };
    let history = History {
        setting: Setting {
            law,
            territories: plan.cast.territories.iter().map(|it| zone(it.as_str())).collect(),
            people: plan.cast.told(),
            skew: SKEW,
            margin: TimeDelta::hours(2),
        },
        events: std::mem::take(&mut state.recorder.events),
        end: End {
            at: state.now,
            dossiers,
            referents,
            dead: state.queues.dead(),
            waiting: state.queues.waiting(),
        },
    };
    let log = state.recorder.log.take();
    drop(state);
    Played { violations: checker::judge(&history), tally, log }
}

/// The time on the walls, by what everybody knows of it.
fn zone(code: &str) -> Zone {
    let offset = match code {
        "971" => Some(-4),
        "974" => Some(4),
        _ => None,
    };
    Zone { code: code.to_owned(), offset }
}
