//! One step, whatever the step is: read, decide, write once, send, and only then acknowledge.
//!
//! Everything that makes an effect happen once is in the dossier's own item, written by the one conditional write:
//! the state, the receipt of the message that caused it, and the messages that it sends. Kill the process anywhere:
//! before the write nothing happened; after it, the receipt answers the redelivery and the outbox is sent again.

use std::future::Future;

use chrono::{DateTime, Utc};
use contracts::messages::Received;
use contracts::rows::{DossierRow, OutboxRow, UsedKeyRow};
use contracts::{Body, Envelope};
use domain::{Decision, Dossier, Message, ReferentId, Refusal, Stream, clock};

use crate::causes;
use crate::ports::{Clear, Clock, Commit, CommitError, DossierKey, Dossiers, PortError, QueueName, Queues};
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
#[tracing::instrument(skip_all, fields(dossier = %key.dossier, territoire = %key.territory))]
pub async fn run<W: World>(
    world: &W,
    key: DossierKey,
    cause: &Cause<'_>,
    step: &impl Step<W>,
) -> Result<Outcome, StepError> {
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
            send(world, key, &row, elders(&row, received)).await?;
        }
        if seen? {
            // The write succeeded then; whether its messages left is not known, so they leave again.
            send(world, key, &row, row.registre.sortie.keys().cloned().collect()).await?;
            return Ok(Outcome::Before(row));
        }
        check_copy(&row, cause)?;
        let dossier = row.dossier()?;
        let decided = step.decide(world, &dossier, &avoid, now).await?;
        let (decision, refusal) = match decided {
            Ok(decision) => (decision, None),
            Err(refusal) if matches!(cause, Cause::Message(_)) => {
                (Decision::of(dossier.clone()), Some(refusal))
            }
            Err(refusal) => return Ok(Outcome::Refused(refusal, row)),
        };
        if decision == Decision::of(dossier.clone()) && matches!(cause, Cause::Circumstance(_)) {
            return Ok(Outcome::Done(row));
        }
        let (next, emitted) = next_row(world, &row, &dossier, &decision, cause, now);
        let commit = Commit { row: next.clone(), expected: Some(row.revision), place: decision.place };
        match world.store().commit(commit).await {
            Ok(()) => {
                deliver(world, key, &next, emitted, cause).await?;
                return Ok(match refusal {
                    None => Outcome::Done(next),
                    Some(refusal) => {
                        tracing::info!(refus = refusal.code(), "The step has nothing to do.");
                        Outcome::Refused(refusal, next)
                    }
                });
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
    let entries = row.registre.sortie.keys().cloned().collect();
    if let Err(error) = send(world, key, row, entries).await {
        tracing::warn!(error = causes(&error), "The messages will leave with the relay.");
    }
}

/// Sends everything that waits in the outbox. The relay calls it for dossiers whose sender died.
pub async fn send_waiting<W: World>(world: &W, key: DossierKey, row: &DossierRow) -> Result<(), StepError> {
    let entries = row.registre.sortie.keys().cloned().collect();
    Ok(send(world, key, row, entries).await?)
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
    let emitted = emit(&mut ledger, &decision.messages, &by, now);
    let etag = if decision.dossier.shows_like(before) { row.etag } else { row.etag + 1 };
    let due = clock::next_due(&decision.dossier, world.reference().frame_of(&decision.dossier));
    (DossierRow::of(&decision.dossier, row.revision + 1, etag, ledger, due), emitted)
}

/// Numbers messages and puts them in the outbox. Returns the names of the entries.
pub(crate) fn emit(
    ledger: &mut contracts::rows::LedgerRow,
    messages: &[Message],
    by: &str,
    now: DateTime<Utc>,
) -> Vec<String> {
    let mut emitted = Vec::new();
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

/// Sends what a committed decision emitted. A message's step fails if it cannot, so that the redelivery sends again;
/// a request has succeeded all the same, and the relay sends.
async fn deliver<W: World>(
    world: &W,
    key: DossierKey,
    row: &DossierRow,
    emitted: Vec<String>,
    cause: &Cause<'_>,
) -> Result<(), StepError> {
    match send(world, key, row, emitted).await {
        Ok(()) => Ok(()),
        Err(error) if matches!(cause, Cause::Message(_)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "The messages will leave with the relay."
            );
            Ok(())
        }
    }
}

/// Sends outbox entries, each to its queue, then clears those whose consumer writes elsewhere.
async fn send<W: World>(
    world: &W,
    key: DossierKey,
    row: &DossierRow,
    entries: Vec<String>,
) -> Result<(), PortError> {
    for queue in QueueName::ALL {
        let envelopes: Vec<Envelope> = entries
            .iter()
            .filter(|name| stream_of(name).is_some_and(|stream| queue_of(stream) == queue))
            .filter_map(|name| envelope(key, row, name))
            .collect();
        if !envelopes.is_empty() {
            world.queues().send(queue, &envelopes).await?;
        }
    }
    let sent: Vec<String> = entries
        .into_iter()
        .filter(|name| stream_of(name).is_some_and(|stream| !stream.consumer_writes_dossier()))
        .collect();
    if sent.is_empty() { Ok(()) } else { clear(world, key, row, sent).await }
}

/// Removes sent entries from the outbox and puts the index hint right. When the dossier has moved on in between, it
/// is read again, a few times; what remains then is sent again by the relay, which does no harm.
async fn clear<W: World>(
    world: &W,
    key: DossierKey,
    row: &DossierRow,
    sent: Vec<String>,
) -> Result<(), PortError> {
    let mut current = Some(row.clone());
    for _ in 0..3 {
        let Some(row) = current else { return Ok(()) };
        let entries: Vec<String> =
            sent.iter().filter(|name| row.registre.sortie.contains_key(*name)).cloned().collect();
        if entries.is_empty() {
            return Ok(());
        }
        let mut after = row.registre.clone();
        after.sortie.retain(|name, _| !entries.contains(name));
        let due = due_of(world, &row);
        let file_sk = contracts::rows::file_sk(due, &after);
        if world.store().clear(Clear { key, revision: row.revision, entries, file_sk }).await? {
            return Ok(());
        }
        current = world.store().read(key).await?;
    }
    Ok(())
}

/// When the row's clocks are next due, or what is left of it; a row that cannot be read is due at once, so that
/// somebody looks.
pub(crate) fn due_of<W: World>(world: &W, row: &DossierRow) -> Option<DateTime<Utc>> {
    if let Some(tombstone) = row.tombstone() {
        return tombstone.remains().due();
    }
    match row.dossier() {
        Ok(dossier) => clock::next_due(&dossier, world.reference().frame_of(&dossier)),
        Err(_) => Some(DateTime::UNIX_EPOCH),
    }
}

fn envelope(key: DossierKey, row: &DossierRow, name: &str) -> Option<Envelope> {
    let waiting = row.registre.sortie.get(name)?;
    let (stream, number) = name.split_once('#')?;
    let stream = Stream::ALL.into_iter().find(|it| it.code() == stream)?;
    Some(Envelope::rebuild(key.territory, key.dossier, (stream, number.parse().ok()?), waiting))
}

fn stream_of(name: &str) -> Option<Stream> {
    let (stream, _) = name.split_once('#')?;
    Stream::ALL.into_iter().find(|it| it.code() == stream)
}

fn queue_of(stream: Stream) -> QueueName {
    match stream {
        Stream::Triage => QueueName::Triage,
        Stream::Assignment | Stream::Places => QueueName::Assignment,
        Stream::Carnet => QueueName::Carnet,
        Stream::Reminders => QueueName::Reminders,
    }
}
