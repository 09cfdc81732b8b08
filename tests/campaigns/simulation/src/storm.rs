//! The storm: things are started, stopped, lost and repeated, in an order drawn from the seed.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::executor::{Executor, Work};
use crate::people::People;
use crate::plan::{Plan, Warm};
use crate::poison;
use crate::requests::Gesture;
use crate::run::SKEW;
use crate::sim::{PROCESSES, Sim, State};
use crate::weather::{Fault, Weather};

/// Everything happens at once, and goes wrong.
pub(crate) fn storm(sim: &Arc<Sim>, executor: &mut Executor, people: &mut People, plan: &Plan) {
    {
        let mut state = sim.state();
        state.stormy = true;
        state.weather = Weather::draw(&mut state.rng);
        set_clocks(&mut state);
    }
    let mut starts = 0;
    // Everybody wants the same place at the same time.
    let rush = if plan.warm == Warm::Signed { plan.width } else { 0 };
    for _ in 0..rush {
        deliver(sim, executor);
    }
    if rush > 0 {
        // And whoever counts the places changes how many there are.
        let request = people.govern(&mut sim.state(), &plan.cast);
        executor.serve_all(request);
    }
    while starts < plan.starts {
        for request in executor.unanswered.drain(..) {
            people.keep(request);
        }
        let begins = {
            let mut state = sim.state();
            executor.busy() == 0 || (executor.busy() < plan.width && state.rng.u32(..8) == 0)
        };
        if begins {
            starts += 1;
            begin(sim, executor, people, plan);
        } else {
            executor.step();
        }
    }
    // Those under way end by themselves, or die.
    let patience = sim.state().rng.u32(..400);
    for _ in 0..patience {
        executor.step();
    }
}

/// Starts something: a delivery, a request, a schedule; or time passes, or the world changes.
fn begin(sim: &Arc<Sim>, executor: &mut Executor, people: &mut People, plan: &Plan) {
    let about_files = people.files(&mut sim.state(), &plan.cast);
    if !about_files.is_empty() {
        return about_files.into_iter().for_each(|it| executor.start(it));
    }
    let mut draw = sim.state().rng.u32(..100);
    // Time passes between tasks rather than across them.
    if executor.busy() > 0 && draw >= 85 && !draw.is_multiple_of(4) {
        draw = 0;
    }
    match draw {
        0..38 => {
            if !deliver(sim, executor) {
                pass(sim, executor, plan);
            }
        }
        38..70 => {
            let request = people.next(&mut sim.state(), &plan.cast);
            let record = request.as_ref().is_some_and(|it| matches!(it.gesture, Gesture::Referent(..)));
            executor.serve_all(request.into_iter().chain(people.beside()));
            // Somebody is given to the référent whose record is being written.
            if record {
                deliver(sim, executor);
            }
        }
        70..76 => executor.start(Work::Check),
        76..82 => executor.start(Work::Relay),
        82..84 => executor.start(Work::Sweep),
        84 => {
            executor.start(Work::Sweep);
            executor.start(Work::Sweep);
        }
        85..96 => pass(sim, executor, plan),
        _ => trouble(&mut sim.state(), plan),
    }
}

/// Delivers a message that is in sight; `false` when there is none.
fn deliver(sim: &Sim, executor: &mut Executor) -> bool {
    let received = sim.state().receive();
    let Some(receipt) = received else { return false };
    executor.start(Work::Deliver(receipt));
    true
}

/// The world changes under everybody's feet.
fn trouble(state: &mut State, plan: &Plan) {
    match state.rng.u32(..6) {
        0 | 1 => {
            let State { weather, rng, now, .. } = state;
            weather.break_down(rng, *now);
        }
        2 => set_clocks(state),
        3 => state.redrive(true),
        _ => poison::inject(state, &plan.cast),
    }
}

/// Each process gets a clock that is wrong by some minutes; one that had another jumps, backwards too.
fn set_clocks(state: &mut State) {
    if state.weather.clock_jump == 0 {
        return;
    }
    for process in 0..PROCESSES {
        let wrong =
            TimeDelta::milliseconds(state.rng.i64(-SKEW.num_milliseconds()..=SKEW.num_milliseconds()));
        if wrong < state.skews[process] {
            state.tally.count(Fault::ClockJump);
        }
        state.tally.count(Fault::ClockSkew);
        state.skews[process] = wrong;
    }
}

/// Time passes: seconds, hours, until something is due, or so long that runs are missed.
fn pass(sim: &Arc<Sim>, executor: &mut Executor, plan: &Plan) {
    let mut state = sim.state();
    let now = state.now;
    let by = match state.rng.u32(..20) {
        0..5 => TimeDelta::seconds(state.rng.i64(1..300)),
        5..9 => TimeDelta::minutes(state.rng.i64(1..60)),
        9..12 => state.queues.next_visible().map_or(TimeDelta::minutes(5), |it| it - now),
        12..17 => next_due(&state).map_or(TimeDelta::hours(1), |it| it - now),
        17 => TimeDelta::hours(state.rng.i64(1..24)),
        18 => TimeDelta::days(state.rng.i64(1..12)),
        _ => TimeDelta::days(state.rng.i64(1..40)),
    };
    let by = by.clamp(TimeDelta::seconds(1), TimeDelta::days(45));
    if by > TimeDelta::days(1) {
        state.tally.count(Fault::MissedSchedules);
    }
    let territory = plan.cast.territories[0];
    let offset = |at: DateTime<Utc>| territory.local(at) - at.naive_utc();
    if offset(now) != offset(now + by) {
        state.tally.count(Fault::ChangeOfHour);
    }
    state.leap(by);
    drop(state);
    executor.time_out();
}

/// When the next thing is due that is not due already.
fn next_due(state: &State) -> Option<DateTime<Utc>> {
    state.glimpses.values().filter_map(|it| it.due).filter(|it| *it > state.now).min()
}
