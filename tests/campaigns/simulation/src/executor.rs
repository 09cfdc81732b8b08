//! The scheduler: one step of one task at a time, in an order drawn from the seed. A task is stopped for good by
//! dropping it, wherever it stands: that is what a crash is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use checker::What;
use chrono::{DateTime, TimeDelta, Utc};
use engine::ports::QueueName;
use engine::{imports, schedules, steps};
use fastrand::Rng;

use crate::files;
use crate::queues::Receipt;
use crate::requests::{Answer, Request, serve};
use crate::sim::{PROCESSES, Process, Sim, State};
use crate::weather::{Fault, Weather, hits};

/// No function lives longer.
const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// Something for a process to do.
#[derive(Clone)]
pub(crate) enum Work {
    Deliver(Receipt),
    Serve(Arc<Request>),
    Check,
    Relay,
    Sweep,
    Tend,
}

/// How a task ended by itself.
enum Ended {
    Message(bool),
    Answer(Answer),
    Schedule,
}

struct Task {
    work: Work,
    process: usize,
    started: DateTime<Utc>,
    future: Pin<Box<dyn Future<Output = Ended> + Send>>,
    pause: Pause,
}

/// A task that is held back: after so many steps of its own, for so many turns.
#[derive(Clone, Copy, Default)]
struct Pause {
    after: u32,
    turns: u32,
}

impl Pause {
    /// One task in four is held back somewhere, long enough for the others to pass.
    fn draw(rng: &mut Rng) -> Self {
        if rng.u32(..4) == 0 { Self { after: rng.u32(..40), turns: rng.u32(..160) } } else { Self::default() }
    }

    /// Whether it goes on now.
    fn goes_on(&mut self) -> bool {
        if self.after > 0 {
            self.after -= 1;
        } else if self.turns > 0 {
            self.turns -= 1;
            return false;
        }
        true
    }
}

/// The processes and what they are doing.
pub(crate) struct Executor {
    sim: Arc<Sim>,
    reference: &'static contracts::data::Reference,
    processes: Vec<Arc<Process>>,
    tasks: Vec<Task>,
    /// The chance of pauses, in a run that has them.
    pauses: Option<Rng>,
    /// Requests whose answer never came, or said to come back.
    pub(crate) unanswered: Vec<Arc<Request>>,
}

impl Executor {
    pub(crate) fn new(
        sim: &Arc<Sim>,
        reference: &'static contracts::data::Reference,
        pauses: Option<Rng>,
    ) -> Self {
        let processes = (0..PROCESSES).map(|it| Arc::new(Process::start(sim, it, reference))).collect();
        Self { sim: Arc::clone(sim), reference, processes, tasks: Vec::new(), pauses, unanswered: Vec::new() }
    }

    /// How many tasks are under way.
    pub(crate) fn busy(&self) -> usize {
        self.tasks.len()
    }

    /// A process starts to work.
    pub(crate) fn start(&mut self, work: Work) {
        let mut state = self.sim.state();
        let process = state.rng.usize(..PROCESSES);
        let started = state.now;
        if matches!(&work, Work::Sweep) && self.tasks.iter().any(|it| matches!(it.work, Work::Sweep)) {
            state.tally.count(Fault::SweepsAtOnce);
        }
        state.note(|| format!("p{process} commence {}", name(&work)));
        drop(state);
        let world = Arc::clone(&self.processes[process]);
        let future = run(world, work.clone());
        let pause = self.pauses.as_mut().map(Pause::draw).unwrap_or_default();
        self.tasks.push(Task { work, process, started, future, pause });
    }

    /// The requests are served at the same time.
    pub(crate) fn serve_all(&mut self, requests: impl IntoIterator<Item = Arc<Request>>) {
        for request in requests {
            self.start(Work::Serve(request));
        }
    }

    /// One step of one task; or its end, by accident.
    pub(crate) fn step(&mut self) {
        let mut state = self.sim.state();
        if state.happens(|it| it.kill_process) {
            let process = state.rng.usize(..PROCESSES);
            state.tally.count(Fault::ProcessKilled);
            state.note(|| format!("p{process} meurt"));
            drop(state);
            self.kill(|task| task.process == process);
            self.processes[process] = Arc::new(Process::start(&self.sim, process, self.reference));
            return;
        }
        if self.tasks.is_empty() {
            return;
        }
        let at = state.rng.usize(..self.tasks.len());
        if state.happens(|it| it.kill_task) {
            state.tally.count(Fault::TaskKilled);
            let task = self.tasks.swap_remove(at);
            state.note(|| format!("p{} est tué pendant {}", task.process, name(&task.work)));
            drop(state);
            self.abandoned(task);
            return;
        }
        drop(state);
        if self.tasks[at].pause.goes_on() {
            self.poll(at);
        }
    }

    fn poll(&mut self, at: usize) {
        let mut context = Context::from_waker(Waker::noop());
        self.sim.state().copy = match &self.tasks[at].work {
            Work::Serve(request) => request.asked.if_match,
            Work::Deliver(_) | Work::Check | Work::Relay | Work::Sweep | Work::Tend => None,
        };
        let polled = self.tasks[at].future.as_mut().poll(&mut context);
        self.sim.state().copy = None;
        let Poll::Ready(ended) = polled else { return };
        let task = self.tasks.swap_remove(at);
        let mut state = self.sim.state();
        state.note(|| format!("p{} finit {}", task.process, name(&task.work)));
        match (ended, task.work) {
            (Ended::Message(true), Work::Deliver(receipt)) => state.acknowledge(&receipt),
            (Ended::Answer(answer), Work::Serve(request)) => {
                drop(state);
                self.answered(request, answer);
            }
            // A message that was not handled is seen again later, and a schedule has its next run.
            (Ended::Message(_) | Ended::Schedule | Ended::Answer(_), _) => {}
        }
    }

    fn answered(&mut self, request: Arc<Request>, answer: Answer) {
        let mut state = self.sim.state();
        let Answer { outcome, dossiers } = answer;
        state.record(What::Answered { request: request.number, outcome, dossiers });
        // Whoever has no answer tries again; now and then so does whoever has one.
        let again = if outcome == crate::requests::BUSY { 8_000 } else { 800 };
        if state.stormy && hits(&mut state.rng, again) {
            self.unanswered.push(request);
        }
    }

    /// Functions that have lived too long are stopped.
    pub(crate) fn time_out(&mut self) {
        let now = self.sim.state().now;
        let before = self.tasks.len();
        self.kill(|task| now - task.started > LIFETIME);
        let mut state = self.sim.state();
        for _ in self.tasks.len()..before {
            state.tally.count(Fault::TimedOut);
        }
    }

    fn kill(&mut self, dies: impl Fn(&Task) -> bool) {
        let (dead, alive) = std::mem::take(&mut self.tasks).into_iter().partition(dies);
        self.tasks = alive;
        let dead: Vec<Task> = dead;
        for task in dead {
            self.abandoned(task);
        }
    }

    /// A task was dropped: its future goes first, then whoever waited for it may ask again.
    fn abandoned(&mut self, task: Task) {
        let Task { work, future, .. } = task;
        drop(future);
        if let Work::Serve(request) = work {
            self.unanswered.push(request);
        }
    }

    /// Runs one thing from beginning to end, with nothing beside it.
    pub(crate) fn run_alone(&mut self, work: Work) {
        self.start(work);
        while !self.tasks.is_empty() {
            self.poll(self.tasks.len() - 1);
        }
    }
}

fn run(world: Arc<Process>, work: Work) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    match work {
        Work::Deliver(receipt) if receipt.queue == QueueName::Imports => {
            Box::pin(async move { Ended::Message(files::handle(&*world, &receipt.body).await.is_ok()) })
        }
        Work::Deliver(receipt) => Box::pin(async move {
            Ended::Message(steps::handle(&*world, receipt.queue, &receipt.body).await.is_ok())
        }),
        Work::Serve(request) => Box::pin(async move { Ended::Answer(serve(world, request).await) }),
        // A run that fails is caught up by the next one.
        Work::Check => Box::pin(async move {
            schedules::check::run_all(&*world).await.map_or(Ended::Schedule, |_| Ended::Schedule)
        }),
        Work::Relay => Box::pin(async move {
            schedules::relay::run_all(&*world).await.map_or(Ended::Schedule, |_| Ended::Schedule)
        }),
        Work::Sweep => Box::pin(async move {
            schedules::sweep::run_due(&*world).await.map_or(Ended::Schedule, |()| Ended::Schedule)
        }),
        Work::Tend => {
            Box::pin(async move { imports::tend(&*world).await.map_or(Ended::Schedule, |_| Ended::Schedule) })
        }
    }
}

fn name(work: &Work) -> String {
    match work {
        Work::Deliver(receipt) => format!("un message de {}", receipt.queue.name()),
        Work::Serve(request) => format!("la demande {}", request.number),
        Work::Check => "le contrôle".to_owned(),
        Work::Relay => "le relais".to_owned(),
        Work::Sweep => "le balayage".to_owned(),
        Work::Tend => "le soin des fichiers".to_owned(),
    }
}

impl State {
    /// Whether something that the weather brings happens now.
    fn happens(&mut self, chance: impl Fn(&Weather) -> u32) -> bool {
        let chance = chance(&self.weather);
        hits(&mut self.rng, chance)
    }

    /// Time passes.
    pub(crate) fn leap(&mut self, by: TimeDelta) {
        self.now += by;
        self.note(|| format!("— {} minutes plus tard", by.num_minutes()));
    }
}
