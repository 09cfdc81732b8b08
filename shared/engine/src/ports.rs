//! What the shell needs from the outside world. Small traits, each with one contract suite run on every adapter.

use std::future::Future;

use chrono::{DateTime, Utc};
use contracts::Envelope;
use contracts::rows::{DossierRow, ReferentRow, SideRow};
use domain::{DossierId, PlaceMove, ReferentId, Territory};

mod messengers;
mod rows;
pub use messengers::{Handed, Messengers, NoProvider, Outgoing};
pub use rows::{Rows, Table, When};

/// A dossier and the territory that answers for it: together they are its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DossierKey {
    /// The département.
    pub territory: Territory,
    /// The dossier.
    pub dossier: DossierId,
}

impl DossierKey {
    /// The partition key, `77#<uuid>`.
    pub fn pk(self) -> String {
        format!("{}#{}", self.territory.as_str(), self.dossier)
    }

    /// Reads a partition key; `None` when it is not one.
    pub fn parse(pk: &str) -> Option<Self> {
        let (territory, dossier) = pk.split_once('#')?;
        Some(Self { territory: territory.parse().ok()?, dossier: dossier.parse().ok()? })
    }
}

/// The dossiers and the référents' places.
pub trait Dossiers: Send + Sync {
    /// Reads a dossier, consistently.
    fn read(&self, key: DossierKey) -> impl Future<Output = Result<Option<DossierRow>, PortError>> + Send;

    /// Reads many dossiers, consistently, in no particular order; those that do not exist are left out.
    /// However many keys, however the store cuts its answers: all of them, or an error.
    fn read_many(
        &self,
        keys: &[DossierKey],
    ) -> impl Future<Output = Result<Vec<DossierRow>, PortError>> + Send;

    /// Writes the dossier and moves the place, all or nothing.
    fn commit(&self, commit: Commit) -> impl Future<Output = Result<(), CommitError>> + Send;

    /// Writes new dossiers with all their rows, all or nothing. `false` when something was there already under one of
    /// the keys: nothing was written. At most [`Opening::MOST`] items in all.
    fn open(&self, openings: &[Opening]) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Removes from the outbox the entries whose messages were sent, and corrects the index hint, if the dossier is
    /// still at `revision`. Does not change the revision. `false` when the dossier has moved on: nothing was written.
    fn clear(&self, clear: Clear) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// A page of the index `file`: the keys of the dossiers of a state, the most urgent first.
    /// Keys are hints: the index may lag, so re-read the dossier before acting.
    fn file(&self, ask: FilePage) -> impl Future<Output = Result<Page<DossierKey>, PortError>> + Send;

    /// A page of a référent's list, in the order in which they were given. Hints too.
    fn caseload(
        &self,
        territory: Territory,
        referent: &ReferentId,
        page: PageAsk,
    ) -> impl Future<Output = Result<Page<DossierKey>, PortError>> + Send;

    /// Every référent of a territory.
    fn roster(
        &self,
        territory: Territory,
    ) -> impl Future<Output = Result<Vec<ReferentRow>, PortError>> + Send;

    /// One référent, consistently.
    fn referent(
        &self,
        territory: Territory,
        id: &ReferentId,
    ) -> impl Future<Output = Result<Option<ReferentRow>, PortError>> + Send;

    /// Writes a référent's record if its revision is still `expected` (`None`: if there is none yet).
    /// The counter `actifs` is never written here: it starts at zero and moves with dossiers only.
    /// `false` when somebody else wrote first.
    fn put_referent(
        &self,
        row: &ReferentRow,
        expected: Option<u64>,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}

/// One write of a dossier.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The dossier as it becomes; its `revision` is already the new one.
    pub row: DossierRow,
    /// The revision that the decision was taken on; `None` when the dossier must not exist.
    pub expected: Option<u64>,
    /// The place that moves with it.
    pub place: PlaceMove,
}

/// A dossier that is opened, with the rows that come into being with it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The dossier.
    pub row: DossierRow,
    /// Its rows in the side tables.
    pub sides: Vec<(Table, SideRow)>,
}

impl Opening {
    /// How many items one transaction takes.
    pub const MOST: usize = 100;

    /// How many items it is.
    pub fn items(&self) -> usize {
        1 + self.sides.len()
    }
}

/// Why a commit wrote nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else wrote first, or an earlier attempt of ours did and its answer was lost: read again.
    #[error("the dossier has changed since it was read")]
    Stale,
    /// The référent has no free place.
    #[error("the referent has no free place")]
    Full(ReferentId),
    /// The référent does not exist.
    #[error("the referent does not exist")]
    UnknownReferent(ReferentId),
    /// The store failed or is busy; whether it wrote is not known.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What [`Dossiers::clear`] removes.
#[derive(Clone, Debug)]
pub struct Clear {
    /// The dossier.
    pub key: DossierKey,
    /// The revision at which the outbox was read.
    pub revision: u64,
    /// The entries to remove, as in `carnet#1`.
    pub entries: Vec<String>,
    /// What the index hint becomes.
    pub file_sk: String,
    /// Not before this does the relay send again what stays; `None` leaves it as it is.
    pub reprise: Option<DateTime<Utc>>,
}

/// A page of the index `file`.
#[derive(Clone, Debug)]
pub struct FilePage {
    /// The département.
    pub territory: Territory,
    /// The state's code.
    pub state: &'static str,
    /// Only what is due at this instant or before; `None` for everything.
    pub due_by: Option<DateTime<Utc>>,
    /// Where to start and how many.
    pub page: PageAsk,
}

/// Where a page starts and how long it is.
#[derive(Clone, Debug, Default)]
pub struct PageAsk {
    /// The cursor of the page before; opaque.
    pub after: Option<String>,
    /// At most this many; zero means the adapter's own page size.
    pub limit: u32,
}

/// A page of results.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The results.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` at the end. A page may be short, or empty, and still have a next one.
    pub next: Option<String>,
}

/// The queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueName {
    /// To the triage.
    Triage,
    /// To the assignment.
    Assignment,
    /// To the carnet.
    Carnet,
    /// To the reminders.
    Reminders,
    /// To the sweep.
    Sweep,
    /// To the imports of files.
    Imports,
}

impl QueueName {
    /// Every queue.
    pub const ALL: [Self; 6] =
        [Self::Triage, Self::Assignment, Self::Carnet, Self::Reminders, Self::Sweep, Self::Imports];

    /// The queue's name, without the stack's prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Assignment => "assignment",
            Self::Carnet => "carnet",
            Self::Reminders => "reminders",
            Self::Sweep => "sweep",
            Self::Imports => "imports",
        }
    }
}

/// Where messages leave. Sending twice is allowed; losing one is not.
pub trait Queues: Send + Sync {
    /// Sends every message, or fails; after a failure some may have left.
    fn send(
        &self,
        queue: QueueName,
        messages: &[Envelope],
    ) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// Wraps and unwraps the territories' keys: KMS in the cloud, a key file on one machine.
pub trait KeyWrapper: Send + Sync {
    /// Encrypts a key for this context.
    fn wrap(&self, context: &str, key: &[u8; 32]) -> impl Future<Output = Result<Vec<u8>, PortError>> + Send;

    /// Decrypts it for the same context, and for no other.
    fn unwrap(
        &self,
        context: &str,
        wrapped: &[u8],
    ) -> impl Future<Output = Result<[u8; 32], PortError>> + Send;
}

/// Documents: letters to print, reports.
pub trait Documents: Send + Sync {
    /// Stores a document once under its name. `false` when the name is taken: the first one stays.
    fn put_once(
        &self,
        name: &str,
        content_type: &str,
        bytes: &[u8],
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Reads a document.
    fn get(&self, name: &str) -> impl Future<Output = Result<Option<Vec<u8>>, PortError>> + Send;

    /// Deletes a document; deleting what does not exist is no error. Its name is free again.
    fn delete(&self, name: &str) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// The time.
pub trait Clock: Send + Sync {
    /// Now. Read once per message or request.
    fn now(&self) -> DateTime<Utc>;
}

/// Chance, for keys and nonces only.
pub trait Chance: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError>;
}

/// The outside world failed. Always worth a retry.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed")]
pub struct PortError {
    /// What was tried.
    pub operation: &'static str,
    /// The cause.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl PortError {
    /// The operation of an error about a cursor that no page gave: the asker's mistake, which no retry mends.
    pub const CURSOR: &'static str = "cursor";

    /// Wraps a cause.
    pub fn new(operation: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { operation, source: source.into() }
    }
}
