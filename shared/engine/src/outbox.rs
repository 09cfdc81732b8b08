//! What leaves after a write: outbox entries, sent together whatever the number of dossiers, each dossier cleared after.
//!
//! **Invariant:** an entry is removed once the queue has taken it, never before; sent twice, it does no harm.

use std::sync::Arc;

use contracts::Envelope;
use contracts::rows::{DossierRow, file_sk};
use domain::Stream;
use futures::future::join_all;

use crate::causes;
use crate::ports::{Clear, DossierKey, Dossiers, PortError, QueueName, Queues};
use crate::step::due_of;
use crate::world::World;

/// Outbox entries of one dossier that are to leave; empty when there are none.
#[derive(Debug, Default)]
pub(crate) struct Parcel(Option<(DossierKey, DossierRow, Vec<String>)>);

impl Parcel {
    /// These entries of the outbox.
    pub(crate) fn of(key: DossierKey, row: &DossierRow, entries: Vec<String>) -> Self {
        Self((!entries.is_empty()).then(|| (key, row.clone(), entries)))
    }

    /// The whole outbox.
    pub(crate) fn all(key: DossierKey, row: &DossierRow) -> Self {
        Self::of(key, row, row.registre.sortie.keys().cloned().collect())
    }

    /// Sends the entries, each to its queue, then clears those whose consumer writes elsewhere.
    pub(crate) async fn deliver<W: World>(self, world: &W) -> Result<(), PortError> {
        deliver_all(world, vec![self]).await.into_iter().collect()
    }

    /// What of the parcel goes to a queue.
    fn to(&self, queue: QueueName) -> Vec<Envelope> {
        let Some((key, row, entries)) = &self.0 else { return Vec::new() };
        let ours = entries.iter().filter(|name| stream_of(name).is_some_and(|it| queue_of(it) == queue));
        ours.filter_map(|name| envelope(*key, row, name)).collect()
    }

    /// Clears what was sent and whose consumer writes elsewhere.
    async fn clear<W: World>(self, world: &W) -> Result<(), PortError> {
        let Some((key, row, entries)) = self.0 else { return Ok(()) };
        let sent: Vec<String> = entries.into_iter().filter(|it| !is_receipted(it)).collect();
        if sent.is_empty() { Ok(()) } else { clear(world, key, row, sent).await }
    }

    /// Leaves to the relay what could not be sent: the index tells of it from now on, if it did not already.
    async fn leave_to_the_relay<W: World>(&self, world: &W) {
        let Some((key, row, _)) = &self.0 else { return };
        let file_sk = file_sk(due_of(world, row), &row.registre);
        if row.file_sk <= file_sk {
            return;
        }
        let clear = Clear { key: *key, revision: row.revision, entries: Vec::new(), file_sk, reprise: None };
        if let Err(error) = world.store().clear(clear).await {
            // The message that caused it is not acknowledged: its redelivery sends again.
            tracing::warn!(error = causes(&error), "The index could not be told of what waits to leave.");
        }
    }
}

/// Delivers parcels of several dossiers: what goes to one queue leaves together, since a queue is paid by the request.
/// The results come in the order of the parcels. Where a queue failed, every parcel that had something for it failed,
/// even those whose messages had left: they leave again, which does no harm.
pub(crate) async fn deliver_all<W: World>(world: &W, parcels: Vec<Parcel>) -> Vec<Result<(), PortError>> {
    let mut failures: Vec<Option<PortError>> = parcels.iter().map(|_| None).collect();
    for queue in QueueName::ALL {
        let contents: Vec<Vec<Envelope>> = parcels.iter().map(|it| it.to(queue)).collect();
        let together = contents.concat();
        if together.is_empty() {
            continue;
        }
        if let Err(error) = world.queues().send(queue, &together).await {
            let error = Arc::new(error);
            for (failure, content) in failures.iter_mut().zip(&contents) {
                if !content.is_empty() {
                    failure.get_or_insert_with(|| PortError::new("send messages", Arc::clone(&error)));
                }
            }
        }
    }
    let cleared = parcels.into_iter().zip(failures).map(|(parcel, failure)| async {
        match failure {
            None => parcel.clear(world).await,
            Some(failure) => {
                parcel.leave_to_the_relay(world).await;
                Err(failure)
            }
        }
    });
    join_all(cleared).await
}

/// Removes sent entries from the outbox and puts the index hint right. When the dossier has moved on in between, it
/// is read again, a few times; what remains then is sent again by the relay, which does no harm.
async fn clear<W: World>(
    world: &W,
    key: DossierKey,
    row: DossierRow,
    sent: Vec<String>,
) -> Result<(), PortError> {
    let mut current = Some(row);
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
        let file_sk = file_sk(due, &after);
        if world.store().clear(Clear { key, revision: row.revision, entries, file_sk, reprise: None }).await?
        {
            return Ok(());
        }
        current = world.store().read(key).await?;
    }
    Ok(())
}

/// Whether the consumer's own write is the receipt of an entry, and removes it.
pub(crate) fn is_receipted(name: &str) -> bool {
    stream_of(name).is_some_and(Stream::consumer_writes_dossier)
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
