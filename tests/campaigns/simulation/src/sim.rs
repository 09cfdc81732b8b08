//! The simulated world: one true time, one chance, one store, and every call to it a place where things go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::data::Reference;
use contracts::rows::{DossierRow, ReferentRow};
use domain::{ReferentId, Territory};
use engine::keys::KeyCache;
use engine::ports::{Chance, Clock, NoProvider, PortError};
use engine::{DossierKey, World};
use fastrand::Rng;
use memory::{MemoryDocuments, MemoryStore};

use crate::indexes::Indexes;
use crate::queues::Sqs;
use crate::recorder::Recorder;
use crate::weather::{Fault, Port, Tally, Weather};

/// How many processes there are.
pub(crate) const PROCESSES: usize = 4;

/// Everything that a run moves.
pub(crate) struct State {
    pub(crate) now: DateTime<Utc>,
    pub(crate) rng: Rng,
    pub(crate) weather: Weather,
    pub(crate) tally: Tally,
    pub(crate) recorder: Recorder,
    pub(crate) queues: Sqs,
    pub(crate) indexes: Indexes,
    pub(crate) skews: [TimeDelta; PROCESSES],
    pub(crate) rosters: BTreeMap<Territory, Roster>,
    pub(crate) glimpses: BTreeMap<DossierKey, Glimpse>,
    /// The sort keys of the messages that wait for their hour.
    pub(crate) held: BTreeSet<String>,
    /// The revision of each référent's record, as a page showed it.
    pub(crate) revisions: BTreeMap<(Territory, ReferentId), u64>,
    /// The copy that whoever asked for the work under way had seen.
    pub(crate) copy: Option<u64>,
    /// Whether every call may be the last one of its task.
    pub(crate) stormy: bool,
}

/// A roster before its last change, and when that was.
#[derive(Debug)]
pub(crate) struct Roster {
    pub(crate) before: Vec<ReferentRow>,
    pub(crate) changed: DateTime<Utc>,
}

/// What people outside know of a dossier: what a page showed them.
#[derive(Clone, Debug)]
pub(crate) struct Glimpse {
    pub(crate) row: Arc<DossierRow>,
    /// When something is next due, as the row says.
    pub(crate) due: Option<DateTime<Utc>>,
}

/// The world behind every process.
pub(crate) struct Sim {
    state: Mutex<State>,
    pub(crate) store: MemoryStore,
    pub(crate) documents: MemoryDocuments,
}

impl Sim {
    pub(crate) fn new(seed: u64, log: bool) -> Self {
        let state = State {
            now: DateTime::UNIX_EPOCH,
            rng: Rng::with_seed(seed),
            weather: Weather::CALM,
            tally: Tally::default(),
            recorder: Recorder::new(log),
            queues: Sqs::default(),
            indexes: Indexes::default(),
            skews: [TimeDelta::zero(); PROCESSES],
            rosters: BTreeMap::new(),
            glimpses: BTreeMap::new(),
            held: BTreeSet::new(),
            revisions: BTreeMap::new(),
            copy: None,
            stormy: false,
        };
        Self {
            state: Mutex::new(state),
            store: MemoryStore::default(),
            documents: MemoryDocuments::default(),
        }
    }

    /// Never held across an await: a run has one thread.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ports of one process.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) sim: Arc<Sim>,
    process: usize,
}

impl Ports {
    /// Before the effect: another task may run, this one may die, the call may be refused.
    pub(crate) async fn enter(&self, port: Port, operation: &'static str) -> Result<(), PortError> {
        self.pause().await;
        let mut state = self.sim.state();
        let State { weather, rng, now, tally, .. } = &mut *state;
        *now += TimeDelta::microseconds(rng.i64(500..20_000));
        let Some(fault) = weather.refuses(port, rng, *now) else { return Ok(()) };
        tally.count(fault);
        state.note(|| format!("p{} {operation} : refusé", self.process));
        Err(PortError::new(operation, "too many requests"))
    }

    /// After the effect: another task may run, this one may die, the answer may be lost.
    pub(crate) async fn leave(&self, operation: &'static str) -> Result<(), PortError> {
        self.pause().await;
        let mut state = self.sim.state();
        let State { weather, rng, tally, .. } = &mut *state;
        if !weather.loses(rng) {
            return Ok(());
        }
        tally.count(Fault::AnswerLost);
        state.note(|| format!("p{} {operation} : fait, réponse perdue", self.process));
        Err(PortError::new(operation, "no answer came"))
    }

    fn pause(&self) -> Pause {
        let stormy = self.sim.state().stormy;
        Pause { left: u32::from(stormy) }
    }
}

/// Gives the hand back to the scheduler, which may never come back.
struct Pause {
    left: u32,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.left == 0 {
            return Poll::Ready(());
        }
        self.left -= 1;
        // The scheduler comes back by itself; whoever waits for several of these at once must be told.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// One process: its ports, what it keeps in memory, and the law.
pub(crate) struct Process {
    ports: Ports,
    cache: KeyCache,
    reference: &'static Reference,
}

impl Process {
    /// Starts a process that remembers nothing.
    pub(crate) fn start(sim: &Arc<Sim>, process: usize, reference: &'static Reference) -> Self {
        Self { ports: Ports { sim: Arc::clone(sim), process }, cache: KeyCache::default(), reference }
    }
}

impl World for Process {
    type Store = Ports;
    type Queues = Ports;
    type Keys = Ports;
    type Documents = Ports;
    type Messengers = NoProvider;
    type Clock = Ports;
    type Chance = Ports;

    fn store(&self) -> &Ports {
        &self.ports
    }

    fn queues(&self) -> &Ports {
        &self.ports
    }

    fn wrapper(&self) -> &Ports {
        &self.ports
    }

    fn documents(&self) -> &Ports {
        &self.ports
    }

    fn messengers(&self) -> &NoProvider {
        &NoProvider
    }

    fn clock(&self) -> &Ports {
        &self.ports
    }

    fn chance(&self) -> &Ports {
        &self.ports
    }

    fn reference(&self) -> &Reference {
        self.reference
    }

    fn key_cache(&self) -> &KeyCache {
        &self.cache
    }
}

impl Clock for Ports {
    fn now(&self) -> DateTime<Utc> {
        let state = self.sim.state();
        state.now + state.skews[self.process]
    }
}

impl Chance for Ports {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        self.sim.state().rng.fill(buffer);
        Ok(())
    }
}
