//! The calm: no more faults, and time goes on until nothing is left to do.

use std::sync::Arc;

use checker::What;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::rows::{ContenuRow, EtatRow};

use crate::executor::{Executor, Work};
use crate::plan::deliver_all;
use crate::sim::{Glimpse, PROCESSES, Sim, State};
use crate::weather::Weather;

/// How many rounds the calm may take before it is endless.
const ROUNDS: u32 = 900;

/// How many daily searches are waited for: one that finds nobody never ends. Once it has been seen to go on, one more
/// is enough after each leap.
const SEARCHES: u32 = 2;

/// The faults stop and the clocks are right: time goes on until nothing happens any more.
pub(crate) fn calm(sim: &Arc<Sim>, executor: &mut Executor, pace: TimeDelta, files: bool) {
    {
        let mut state = sim.state();
        state.stormy = false;
        state.weather = Weather::CALM;
        state.skews = [TimeDelta::zero(); PROCESSES];
        state.record(What::Calm);
        let all = state.rng.bool();
        state.redrive(all);
        // Whatever was under way when the storm ended is over.
        state.leap(TimeDelta::minutes(16));
    }
    executor.time_out();
    let schedules = if files { &SCHEDULES[..] } else { &SCHEDULES[..3] };
    let settle = |executor: &mut Executor, most| settle(sim, executor, (pace, schedules), most);
    if !settle(executor, SEARCHES) {
        return sim.state().record(What::Endless);
    }
    // Beyond every delay, then twice the daily search: whoever was forgotten is seen now, or never.
    for by in [TimeDelta::days(61), TimeDelta::hours(25), TimeDelta::hours(25)] {
        sim.state().leap(by);
        run_all(executor, schedules);
        if !settle(executor, 1) {
            return sim.state().record(What::Endless);
        }
    }
}

/// The schedules; the last is for files.
const SCHEDULES: [Work; 4] = [Work::Relay, Work::Check, Work::Sweep, Work::Tend];

fn run_all(executor: &mut Executor, schedules: &[Work]) {
    for work in schedules {
        executor.run_alone(work.clone());
    }
}

/// Delivers and lets time pass until the queues are empty and nothing is due but the daily search of a place.
fn settle(
    sim: &Arc<Sim>,
    executor: &mut Executor,
    (pace, schedules): (TimeDelta, &[Work]),
    most: u32,
) -> bool {
    let mut searches = 0;
    for _ in 0..ROUNDS {
        if !deliver_all(sim, executor) {
            return false;
        }
        {
            let mut state = sim.state();
            let now = state.now;
            let hour = state.held.first().and_then(|it| it.split('#').next()?.parse().ok());
            let due = next_of(&state, false).into_iter().chain(hour);
            let next = state.queues.next_visible().into_iter().chain(due).min();
            let search = next_of(&state, true).filter(|_| searches < most);
            let by = match (next, search) {
                (None, None) => return true,
                (Some(next), None) => next - now,
                (next, Some(search)) if next.is_none_or(|it| search < it) => {
                    searches += 1;
                    // A search that finds nobody every day finds nobody on the days after either.
                    search - now + TimeDelta::days(if searches == SEARCHES { 4 } else { 0 })
                }
                (next, Some(search)) => next.unwrap_or(search) - now,
            };
            state.leap(by.max(TimeDelta::zero()) + pace);
        }
        run_all(executor, schedules);
    }
    false
}

/// When something is next due, as the dossiers say: the daily search of a place, or anything else.
fn next_of(state: &State, search: bool) -> Option<DateTime<Utc>> {
    state.glimpses.values().filter(|it| is_search(it) == search).filter_map(|it| it.due).min()
}

/// Whether the dossier waits for a place, which is looked for every day and may never come.
fn is_search(glimpse: &Glimpse) -> bool {
    let ContenuRow::Present(row) = &glimpse.row.contenu else { return false };
    glimpse.row.registre.sortie.is_empty()
        && match &row.etat {
            EtatRow::EnAttenteDePlace { .. } => true,
            EtatRow::AOrienter { attente, .. } | EtatRow::AttenteFranceTravail { attente, .. } => {
                attente.contact_demande_le.is_some()
            }
            EtatRow::Depose
            | EtatRow::Urgence { .. }
            | EtatRow::Oriente { .. }
            | EtatRow::Affecte { .. }
            | EtatRow::Clos { .. } => false,
        }
}
