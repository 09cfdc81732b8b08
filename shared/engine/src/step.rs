//! One step, whatever the step is: read, decide, write once, send, and only then acknowledge.
//!
//! Everything that makes an effect happen once is in the dossier's own item, written by the one conditional write:
//! the state, the receipt of the message that caused it, and the messages that it sends. Kill the process anywhere:
//! before the write nothing happened; after it, the receipt answers the redelivery and the outbox is sent again.

use std::future::Future;

use chrono::{DateTime, Utc};
use contracts::Body;
use contracts::messages::Received;
use contracts::rows::{DossierRow, OutboxRow, UsedKeyRow, file_sk};
use domain::{Decision, Dossier, Message, ReferentId, Refusal, Stream, clock};

use crate::causes;
use crate::outbox::{Parcel, is_receipted};
use crate::ports::{Clock, Commit, CommitError, DossierKey, Dossiers, PortError};
use crate::world::World;

mod error;
pub use error::StepError;

/// How often a decision is taken again on a fresh reading before the world is given time.
pub(crate) const ATTEMPTS: usize = 6;

/// The pure heart of a step, with the facts it fetches for itself.
pub trait Step<W: World>: Send + Sync {
    /// Decides. `avoid` names référents found full since the roster was read.
    fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Result<Decision, Refusal>, StepError>> + Send;
}

/// A step that needs nothing but the dossier and the instant.
pub(crate) struct Rule<F>(pub(crate) F);

impl<W: World, F> Step<W> for Rule<F>
where
    F: Fn(&Dossier, DateTime<Utc>) -> Result<Decision, Refusal> + Send + Sync,
{
    async fn decide(
        &self,
        _world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok((self.0)(dossier, now))
    }
}

/// What a step answers to.
#[derive(Clone, Debug)]
pub enum Cause<'a> {
    /// A message of a stream whose consumer writes the dossier.
    Message(&'a Received),
    /// Somebody's request.
    Request(Request),
    /// Time, or another dossier: the state alone says whether something is left to do.
    Circumstance(&'static str),
}

/// Somebody's request, as far as the mechanism is concerned.
#[derive(Clone, Debug)]
pub struct Request {
    /// The route: one key is remembered per route.
    pub route: &'static str,
    /// Keyed digests of the idempotency key and of the body.
    pub used: UsedKeyRow,
    /// The `ETag` that the requester had seen.
    pub if_match: Option<u64>,
    /// Who, as in `agent:<id>`.
    pub by: String,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It decided, and the decision is written.
    Done(DossierRow),
    /// It had decided before: nothing more was written.
    Before(DossierRow),
    /// The rule said no.
    Refused(Refusal, DossierRow),
}

impl Outcome {
    /// The dossier's row after the step.
    pub fn row(&self) -> &DossierRow {
        match self {
            Self::Done(row) | Self::Before(row) | Self::Refused(_, row) => row,
        }
    }
}

/// Runs one step on one dossier. Safe to run again on the same cause, at any distance in time.
pub async fn run<W: World>(
    world: &W,
    key: DossierKey,
    cause: &Cause<'_>,
    step: &impl Step<W>,
) -> Result<Outcome, StepError> {
    let (outcome, parcel) = write(world, key, cause, step).await?;
    // A message's step fails if it cannot send, so that the redelivery sends again; a request has succeeded all the
    // same, and the relay sends.
    match (parcel.deliver(world).await, cause) {
        (Ok(()), _) => {}
        (Err(error), Cause::Message(_)) => return Err(error.into()),
        (Err(error), Cause::Request(_) | Cause::Circumstance(_)) => left_to_the_relay(&error),
    }
    Ok(outcome)
}

/// Runs one step on one dossier up to its write. The parcel holds what must leave before the cause is done with.
#[tracing::instrument(skip_all, fields(dossier = %key.dossier, territoire = %key.territory))]
pub(crate) async fn write<W: World>(
    world: &W,
    key: DossierKey,
    cause: &Cause<'_>,
    step: &impl Step<W>,
) -> Result<(Outcome, Parcel), StepError> {
    let now = world.clock().now();
    let mut avoid = Vec::new();
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let row = world.store().read(key).await?.ok_or(StepError::UnknownDossier)?;
        if row.tombstone().is_some() {
            return Err(StepError::Erased);
        }
        let seen = seen_before(&row, cause);
        if let (Err(StepError::OutOfOrder { .. }), Cause::Message(received)) = (&seen, cause) {
            // Its elders wait in the outbox of a sender that died: they leave now, and it comes after them.
            Parcel::of(key, &row, elders(&row, received)).deliver(world).await?;
        }
        if seen? {
            // The write succeeded then; whether its messages left is not known, so they leave again.
            let parcel = Parcel::all(key, &row);
            return Ok((Outcome::Before(row), parcel));
        }
        check_copy(&row, cause)?;
        let dossier = row.dossier()?;
        let decided = step.decide(world, &dossier, &avoid, now).await?;
        let (decision, refusal) = match decided {
            Ok(decision) => (decision, None),
            Err(refusal) if matches!(cause, Cause::Message(_)) => {
                (Decision::of(dossier.clone()), Some(refusal))
            }
            Err(refusal) => return Ok((Outcome::Refused(refusal, row), Parcel::default())),
        };
        if decision == Decision::of(dossier.clone()) && matches!(cause, Cause::Circumstance(_)) {
            return Ok((Outcome::Done(row), Parcel::default()));
        }
        let (next, emitted) = next_row(world, &row, &dossier, &decision, cause, now);
        let commit = Commit { row: next.clone(), expected: Some(row.revision), place: decision.place };
        match world.store().commit(commit).await {
            Ok(()) => {
                let parcel = Parcel::of(key, &next, emitted);
                let outcome = match refusal {
                    None => Outcome::Done(next),
                    Some(refusal) => {
                        tracing::info!(refus = refusal.code(), "The step has nothing to do.");
                        Outcome::Refused(refusal, next)
                    }
                };
                return Ok((outcome, parcel));
            }
            Err(CommitError::Stale) => {}
            Err(CommitError::Full(referent) | CommitError::UnknownReferent(referent)) => avoid.push(referent),
            // Whether it wrote is not known, or two transactions crossed: reading again tells, and tries again.
            Err(CommitError::Port(error)) => failed = Some(error),
        }
    }
    Err(failed.map_or(StepError::Contended, StepError::Retry))
}

/// Sends what a dossier's first write, or its last, put in its outbox.
pub(crate) async fn send_all<W: World>(world: &W, key: DossierKey, row: &DossierRow) {
    if let Err(error) = Parcel::all(key, row).deliver(world).await {
        left_to_the_relay(&error);
    }
}

/// Sends everything that waits in the outbox. The relay calls it for dossiers whose sender died.
pub async fn send_waiting<W: World>(world: &W, key: DossierKey, row: &DossierRow) -> Result<(), StepError> {
    Ok(Parcel::all(key, row).deliver(world).await?)
}

/// A request has succeeded, or time has done its work, even if the queues could not be reached.
pub(crate) fn left_to_the_relay(error: &PortError) {
    tracing::warn!(error = causes(error), "The messages will leave with the relay.");
}

/// The outbox entries of the message's stream that come before it.
fn elders(row: &DossierRow, received: &Received) -> Vec<String> {
    let before = |name: &&String| {
        let parts = name.split_once('#');
        parts.is_some_and(|(stream, number)| {
            stream == received.stream.code() && number.parse().is_ok_and(|it: u32| it < received.number)
        })
    };
    row.registre.sortie.keys().filter(before).cloned().collect()
}

fn seen_before(row: &DossierRow, cause: &Cause<'_>) -> Result<bool, StepError> {
    match cause {
        Cause::Message(received) => {
            let stream = received.stream.code();
            let last = row.registre.recus.get(stream).copied().unwrap_or(0);
            if received.number > last + 1 {
                return Err(StepError::OutOfOrder { stream, number: received.number, expected: last + 1 });
            }
            Ok(received.number <= last)
        }
        Cause::Request(request) => match row.registre.cles.get(request.route) {
            Some(used) if used.cle == request.used.cle && used.corps == request.used.corps => Ok(true),
            Some(used) if used.cle == request.used.cle => Err(StepError::KeyReused),
            Some(_) | None => Ok(false),
        },
        Cause::Circumstance(_) => Ok(false),
    }
}

fn check_copy(row: &DossierRow, cause: &Cause<'_>) -> Result<(), StepError> {
    match cause {
        Cause::Request(Request { if_match: Some(etag), .. }) if *etag != row.etag => {
            Err(StepError::StaleCopy { etag: row.etag })
        }
        Cause::Request(_) | Cause::Message(_) | Cause::Circumstance(_) => Ok(()),
    }
}

/// The row that the decision makes of the one that was read, and the outbox entries that are new in it.
fn next_row<W: World>(
    world: &W,
    row: &DossierRow,
    before: &Dossier,
    decision: &Decision,
    cause: &Cause<'_>,
    now: DateTime<Utc>,
) -> (DossierRow, Vec<String>) {
    let mut ledger = row.registre.clone();
    let by = match cause {
        Cause::Message(received) => {
            ledger.recus.insert(received.stream.code().to_owned(), received.number);
            ledger.sortie.remove(&entry(received.stream.code(), received.number));
            format!("etape:{}", received.stream.code())
        }
        Cause::Request(request) => {
            ledger.cles.insert(request.route.to_owned(), request.used.clone());
            request.by.clone()
        }
        Cause::Circumstance(name) => format!("horaire:{name}"),
    };
    if decision.dossier.reopened > before.reopened {
        let reminders = ledger.emis.get(Stream::Reminders.code());
        ledger.rappels_clos = reminders.copied().unwrap_or(ledger.rappels_clos);
    }
    let emitted = emit(&mut ledger, &decision.messages, &by, now);
    let etag = if decision.dossier.shows_like(before) { row.etag } else { row.etag + 1 };
    let due = clock::next_due(&decision.dossier, &world.reference().frame_of(&decision.dossier));
    let mut next = DossierRow::of(&decision.dossier, row.revision + 1, etag, ledger, due);
    next.file_sk = hint((row, &next), due, &emitted, cause);
    (next, emitted)
}

/// The index hint of a row about to be written. A hint may be early, never late; moving it is half the price of a
/// write, so it moves only when it must.
fn hint(
    (before, next): (&DossierRow, &DossierRow),
    due: Option<DateTime<Utc>>,
    emitted: &[String],
    cause: &Cause<'_>,
) -> String {
    let mut relied_on = next.registre.clone();
    if let Cause::Message(_) = cause {
        // The message is not acknowledged until these have left, and its redelivery sends them again. Should they not
        // leave, the outbox itself moves the hint, and the relay looks too.
        relied_on.sortie.retain(|name, _| !emitted.contains(name) || is_receipted(name));
    }
    let right = file_sk(due, &relied_on);
    // What waits is cleared in a moment, and the hint put right with it: until then the one that was due will do.
    let waits = before.file_pk == next.file_pk && !relied_on.sortie.is_empty();
    if waits && before.file_sk <= right { before.file_sk.clone() } else { right }
}

/// Numbers messages and puts them in the outbox. Returns the names of the entries.
pub(crate) fn emit(
    ledger: &mut contracts::rows::LedgerRow,
    messages: &[Message],
    by: &str,
    now: DateTime<Utc>,
) -> Vec<String> {
    let mut emitted = Vec::new();
    if !messages.is_empty() {
        ledger.reprise = None; // what is new has not been sent by the relay yet
    }
    for message in messages {
        let stream = message.stream().code();
        let number = ledger.emis.get(stream).copied().unwrap_or(0) + 1;
        ledger.emis.insert(stream.to_owned(), number);
        let name = entry(stream, number);
        let waiting = OutboxRow { le: now, par: by.to_owned(), message: Body::from(message) };
        ledger.sortie.insert(name.clone(), waiting);
        emitted.push(name);
    }
    emitted
}

fn entry(stream: &str, number: u32) -> String {
    format!("{stream}#{number}")
}

/// When the row's clocks are next due, or what is left of it; a row that cannot be read is due at once, so that
/// somebody looks.
pub(crate) fn due_of<W: World>(world: &W, row: &DossierRow) -> Option<DateTime<Utc>> {
    if let Some(tombstone) = row.tombstone() {
        return tombstone.remains().due();
    }
    match row.dossier() {
        Ok(dossier) => clock::next_due(&dossier, &world.reference().frame_of(&dossier)),
        Err(_) => Some(DateTime::UNIX_EPOCH),
    }
}
