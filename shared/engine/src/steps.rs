//! Each step plugged into the shell: the facts it fetches, the rule it asks.

mod assignment;
mod carnet;
mod places;
mod reminders;
mod triage;

use std::panic::AssertUnwindSafe;

use contracts::Envelope;
use contracts::messages::{Body, Unreadable};
use domain::decision::PlaceFor;
use domain::{Message, Stream};
use futures::FutureExt;

use crate::outbox::{Parcel, deliver_all};
use crate::ports::{DossierKey, QueueName};
use crate::schedules;
use crate::step::{Cause, Outcome, StepError, write};
use crate::world::World;

pub(crate) use assignment::{FindPlace, Rosters};
pub(crate) use carnet::{entry_sk, put as put_entry};
pub(crate) use reminders::documents_of;
pub(crate) use triage::trace_sk;

/// Handles one message of a queue, alone. Safe to call again with the same message.
///
/// A refusal is not an error: the rule said no, it is recorded, and the message is done with. Of a dossier that was
/// erased nothing is recorded either.
pub async fn handle<W: World>(world: &W, queue: QueueName, body: &str) -> Result<(), StepError> {
    Ok(treat(world, queue, body, &Rosters::default()).await?.deliver(world).await?)
}

/// Handles the messages of a batch: each is read, decided and written alone, one after the other, and what they send
/// leaves together. The results come in the order of the messages; whatever goes wrong with one, a panic included, is
/// its own failure. Where the messages of several cannot leave, all of these fail, and each is safe to handle again.
pub async fn handle_batch<W: World>(
    world: &W,
    queue: QueueName,
    bodies: &[&str],
) -> Vec<Result<(), StepError>> {
    let mut results = Vec::with_capacity(bodies.len());
    let mut parcels = Vec::with_capacity(bodies.len());
    let rosters = Rosters::default();
    for body in bodies {
        // Boxed: the future of a whole step is large, and its type deep.
        let treated = AssertUnwindSafe(Box::pin(treat(world, queue, body, &rosters))).catch_unwind().await;
        let (result, parcel) = match treated {
            Ok(Ok(parcel)) => (Ok(()), parcel),
            Ok(Err(error)) => (Err(error), Parcel::default()),
            Err(_) => (Err(StepError::Panicked), Parcel::default()),
        };
        results.push(result);
        parcels.push(parcel);
    }
    for (result, delivered) in results.iter_mut().zip(deliver_all(world, parcels).await) {
        if let (Ok(()), Err(error)) = (&*result, delivered) {
            *result = Err(error.into());
        }
    }
    results
}

/// Handles one message up to what it sends. Of a dossier that was erased nothing is left to do.
async fn treat<W: World>(
    world: &W,
    queue: QueueName,
    body: &str,
    rosters: &Rosters,
) -> Result<Parcel, StepError> {
    match dispatch(world, queue, body, rosters).await {
        Err(StepError::Erased) => {
            tracing::info!(refus = contracts::rows::ERASED, "The dossier was erased: nothing is left to do.");
            Ok(Parcel::default())
        }
        done => done,
    }
}

async fn dispatch<W: World>(
    world: &W,
    queue: QueueName,
    body: &str,
    rosters: &Rosters,
) -> Result<Parcel, StepError> {
    let envelope = Envelope::parse(body)?;
    if let Body::BalayageAFaireV1 { mois, simulation } = &envelope.body {
        if queue != QueueName::Sweep {
            return Err(Unreadable::Misrouted(envelope.flux.clone()).into());
        }
        let territory = envelope.territoire.parse().map_err(|_| Unreadable::Field("territoire"))?;
        let month = mois.parse().map_err(|_| Unreadable::Field("mois"))?;
        schedules::sweep::run(world, territory, month, *simulation).await?;
        return Ok(Parcel::default());
    }
    let received = envelope.receive()?;
    let key = DossierKey { territory: received.territory, dossier: received.dossier };
    let (outcome, parcel) = match (queue, received.stream) {
        (QueueName::Triage, Stream::Triage) => {
            let step = triage::Triage { message: received.message.clone() };
            write(world, key, &Cause::Message(&received), &step).await?
        }
        (QueueName::Assignment, Stream::Assignment) => {
            // A signed orientation asks for its référent; the other messages say what they look for.
            let asked =
                if let Message::FindPlace(asked) = received.message { asked } else { PlaceFor::Referent };
            write(world, key, &Cause::Message(&received), &FindPlace { asked, rosters }).await?
        }
        (QueueName::Assignment, Stream::Places) => {
            places::freed(world, key, &received).await?;
            return Ok(Parcel::default());
        }
        (QueueName::Carnet, Stream::Carnet) => {
            carnet::write(world, key, &received).await?;
            return Ok(Parcel::default());
        }
        (QueueName::Reminders, Stream::Reminders) => {
            reminders::send(world, key, &received).await?;
            return Ok(Parcel::default());
        }
        (
            QueueName::Triage
            | QueueName::Assignment
            | QueueName::Carnet
            | QueueName::Reminders
            | QueueName::Sweep
            | QueueName::Imports,
            _,
        ) => return Err(Unreadable::Misrouted(received.stream.code().to_owned()).into()),
    };
    if let Outcome::Before(_) = outcome {
        tracing::info!(message_id = %received.id, "The message had been applied before.");
    }
    Ok(parcel)
}
