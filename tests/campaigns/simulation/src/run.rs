//! One run: a cast, a storm, then calm until nothing is left to do, and the judgement of all that happened.

use std::sync::Arc;

use checker::{End, History, Law, Setting, Violation, What, Zone};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::rows::{ContenuRow, EtatRow};
use engine::requests;
use engine::{DossierKey, Role};
use fastrand::Rng;
use futures::FutureExt;
use serde_json::Value;

use crate::cast::{Cast, Unusable, professional, referent_id};
use crate::executor::{Executor, Work};
use crate::people::People;
use crate::sim::{PROCESSES, Process, Sim, State};
use crate::weather::{Fault, Tally, Weather};
use crate::store::json;
use crate::{poison, start};

/// How far a process's clock may be from the true time.
pub(crate) const SKEW: TimeDelta = TimeDelta::minutes(5);

/// How many rounds the calm may take before it is endless.
const ROUNDS: u32 = 900;

/// What a run gave.
pub(crate) struct Played {
    pub(crate) violations: Vec<Violation>,
    pub(crate) tally: Tally,
    pub(crate) log: Option<String>,
}

/// Plays one seed. With `log`, everything that happens is told.
pub(crate) fn play(seed: u64, log: bool) -> Result<Played, Unusable> {
    let sim = Arc::new(Sim::new(seed, log));
    let plan = Plan::draw(&mut sim.state().rng)?;
    let mut executor = Executor::new(&sim, plan.cast.reference);
    sim.state().now = plan.start;
    set_up(&sim, &plan);
    let mut people = People::default();
    warm_up(&sim, &mut executor, &mut people, &plan);
    storm(&sim, &mut executor, &mut people, &plan);
    calm(&sim, &mut executor, plan.pace);
    drop(executor);
    Ok(judge(&sim, &plan))
}

/// What is drawn before anything happens.
struct Plan {
    cast: Cast,
    start: DateTime<Utc>,
    /// How many things are started during the storm.
    starts: u32,
    /// How many tasks may be under way at once.
    width: usize,
    /// The référents of each département, by their capacity.
    capacities: Vec<u32>,
    /// How far people have come before anything goes wrong.
    warm: Warm,
    /// How often the schedules run once it is calm.
    pace: TimeDelta,
}

/// Where the storm finds people.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Warm {
    /// Before their application.
    Nowhere,
    /// Some have been triaged.
    Triaged,
    /// All have signed orientations that nobody has given a référent to.
    Signed,
}

impl Plan {
    fn draw(rng: &mut Rng) -> Result<Self, Unusable> {
        // Many for one place; nobody at all; most often something in between.
        let (people, capacities, width, warm) = match rng.u32(..10) {
            0 => (rng.usize(5..=8), vec![1], 8, Warm::Signed),
            1 => (rng.usize(2..=4), Vec::new(), rng.usize(1..=4), Warm::Triaged),
            draw => {
                let referents = rng.usize(1..=3);
                let capacities = (0..referents).map(|_| rng.u32(..4)).collect();
                let warm = if draw < 5 { Warm::Nowhere } else { Warm::Triaged };
                (rng.usize(2..=5), capacities, rng.usize(1..=5), warm)
            }
        };
        let starts = u32::try_from(people).unwrap_or(8) * rng.u32(6..20);
        let paces = [TimeDelta::minutes(5), TimeDelta::hours(1), TimeDelta::hours(6), TimeDelta::days(1)];
        let pace = paces[rng.usize(..paces.len())];
        let (cast, start) = (Cast::draw(rng, people)?, start::draw(rng));
        Ok(Self { cast, start, starts, width, capacities, warm, pace })
    }
}

/// The delegations and the roster, before anything goes wrong.
fn set_up(sim: &Arc<Sim>, plan: &Plan) {
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
fn warm_up(sim: &Arc<Sim>, executor: &mut Executor, people: &mut People, plan: &Plan) {
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
    for key in keys.iter().chain(&keys).copied().filter(|_| plan.warm == Warm::Signed) {
        let request = people.handle(&mut sim.state(), &plan.cast, key);
        if let Some(request) = request {
            executor.run_alone(Work::Serve(request));
        }
    }
}

fn deliver_all(sim: &Arc<Sim>, executor: &mut Executor) {
    loop {
        let received = sim.state().receive();
        let Some(receipt) = received else { return };
        executor.run_alone(Work::Deliver(receipt));
    }
}

fn storm(sim: &Arc<Sim>, executor: &mut Executor, people: &mut People, plan: &Plan) {
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
        let received = sim.state().receive();
        if let Some(receipt) = received {
            executor.start(Work::Deliver(receipt));
        }
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
    let mut draw = sim.state().rng.u32(..100);
    // Time passes between tasks rather than across them.
    if executor.busy() > 0 && draw >= 85 && draw % 4 != 0 {
        draw = 0;
    }
    match draw {
        0..42 => {
            let received = sim.state().receive();
            match received {
                Some(receipt) => executor.start(Work::Deliver(receipt)),
                None => pass(sim, executor, plan),
            }
        }
        42..70 => {
            let request = people.next(&mut sim.state(), &plan.cast);
            if let Some(request) = request {
                executor.start(Work::Serve(request));
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
        let wrong = TimeDelta::milliseconds(state.rng.i64(-SKEW.num_milliseconds()..=SKEW.num_milliseconds()));
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

/// The faults stop and the clocks are right: time goes on until nothing happens any more.
fn calm(sim: &Arc<Sim>, executor: &mut Executor, pace: TimeDelta) {
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
    if !settle(sim, executor, pace) {
        return sim.state().record(What::Endless);
    }
    // Beyond every delay, then twice the daily search: whoever was forgotten is seen now, or never.
    for by in [TimeDelta::days(61), TimeDelta::hours(25), TimeDelta::hours(25)] {
        sim.state().leap(by);
        schedules(executor);
        if !settle(sim, executor, pace) {
            return sim.state().record(What::Endless);
        }
    }
}

fn schedules(executor: &mut Executor) {
    for work in [Work::Relay, Work::Check, Work::Sweep] {
        executor.run_alone(work);
    }
}

/// Delivers and lets time pass until the queues are empty and nothing is due but the daily search of a place.
fn settle(sim: &Arc<Sim>, executor: &mut Executor, pace: TimeDelta) -> bool {
    let mut searches = 0;
    for _ in 0..ROUNDS {
        deliver_all(sim, executor);
        {
            let mut state = sim.state();
            let now = state.now;
            let next = state.queues.next_visible().into_iter().chain(next_of(&state, false)).min();
            let search = next_of(&state, true).filter(|_| searches < SEARCHES);
            let by = match (next, search) {
                (None, None) => return true,
                (Some(next), None) => next - now,
                (next, Some(search)) if next.is_none_or(|it| search < it) => {
                    searches += 1;
                    // A search that finds nobody every day finds nobody on the fourth day either.
                    search - now + TimeDelta::days(if searches > 2 { 4 } else { 0 })
                }
                (next, Some(search)) => next.unwrap_or(search) - now,
            };
            state.leap(by.max(TimeDelta::zero()) + pace);
        }
        schedules(executor);
    }
    false
}

/// How many daily searches are waited for: one that finds nobody never ends.
const SEARCHES: u32 = 3;

/// When something is next due, as the dossiers say: the daily search of a place, or anything else.
fn next_of(state: &State, search: bool) -> Option<DateTime<Utc>> {
    state.glimpses.values().filter(|it| is_search(it) == search).filter_map(|it| it.due).min()
}

/// Whether the dossier waits for a place, which is looked for every day and may never come.
fn is_search(glimpse: &crate::sim::Glimpse) -> bool {
    let ContenuRow::Present(row) = &glimpse.row.contenu else { return false };
    glimpse.row.registre.sortie.is_empty()
        && match &row.etat {
            EtatRow::EnAttenteDePlace { .. } => true,
            EtatRow::AOrienter { attente, .. } | EtatRow::AttenteFranceTravail { attente, .. } => {
                attente.contact_demande_le.is_some()
            }
            EtatRow::Depose | EtatRow::Urgence { .. } | EtatRow::Oriente { .. } | EtatRow::Affecte { .. } => {
                false
            }
        }
}

fn judge(sim: &Sim, plan: &Plan) -> Played {
    let dossiers: Vec<Value> = sim.store.dossiers().into_iter().map(json).collect();
    let referents = sim.store.referents().into_iter().map(json).collect();
    let mut state = sim.state();
    let mut tally = state.tally;
    tally.dossiers = dossiers.len() as u64;
    let frame = &plan.cast.reference.frames[0];
    let law = Law {
        target: frame.orientation.target_days.into(),
        legal: frame.orientation.legal_days.into(),
        alerts: frame.orientation.alerts.iter().map(|it| it.day.into()).collect(),
        requests: frame.orientation.requests.iter().map(|it| i64::from(*it)).collect(),
        naming: frame.naming_days.into(),
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
