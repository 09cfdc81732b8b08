//! Each step plugged into the shell: the facts it fetches, the rule it asks.

mod assignment;
mod carnet;
mod places;
mod reminders;
mod triage;

use contracts::Envelope;
use contracts::messages::{Body, Unreadable};
use domain::decision::PlaceFor;
use domain::{Message, Stream};

use crate::ports::{DossierKey, QueueName};
use crate::schedules;
use crate::step::{Cause, Outcome, StepError, run};
use crate::world::World;

pub(crate) use assignment::FindPlace;
pub(crate) use carnet::{entry_sk, put as put_entry};
pub(crate) use reminders::document_of;
pub(crate) use triage::trace_sk;

/// Handles one message of a queue, alone. Safe to call again with the same message.
///
/// A refusal is not an error: the rule said no, it is recorded, and the message is done with. Of a dossier that was
/// erased nothing is recorded either.
pub async fn handle<W: World>(world: &W, queue: QueueName, body: &str) -> Result<(), StepError> {
    match dispatch(world, queue, body).await {
        Err(StepError::Erased) => {
            tracing::info!(refus = contracts::rows::ERASED, "The dossier was erased: nothing is left to do.");
            Ok(())
        }
        done => done,
    }
}

async fn dispatch<W: World>(world: &W, queue: QueueName, body: &str) -> Result<(), StepError> {
    let envelope = Envelope::parse(body)?;
    if let Body::BalayageAFaireV1 { mois, simulation } = &envelope.body {
        if queue != QueueName::Sweep {
            return Err(Unreadable::Misrouted(envelope.flux.clone()).into());
        }
        let territory = envelope.territoire.parse().map_err(|_| Unreadable::Field("territoire"))?;
        let month = mois.parse().map_err(|_| Unreadable::Field("mois"))?;
        return schedules::sweep::run(world, territory, month, *simulation).await;
    }
    let received = envelope.receive()?;
    let key = DossierKey { territory: received.territory, dossier: received.dossier };
    let outcome = match (queue, received.stream) {
        (QueueName::Triage, Stream::Triage) => {
            let step = triage::Triage { message: received.message.clone() };
            run(world, key, &Cause::Message(&received), &step).await?
        }
        (QueueName::Assignment, Stream::Assignment) => {
            // A signed orientation asks for its référent; the other messages say what they look for.
            let asked =
                if let Message::FindPlace(asked) = received.message { asked } else { PlaceFor::Referent };
            run(world, key, &Cause::Message(&received), &FindPlace { asked }).await?
        }
        (QueueName::Assignment, Stream::Places) => return places::freed(world, key, &received).await,
        (QueueName::Carnet, Stream::Carnet) => return carnet::write(world, key, &received).await,
        (QueueName::Reminders, Stream::Reminders) => return reminders::send(world, key, &received).await,
        (
            QueueName::Triage
            | QueueName::Assignment
            | QueueName::Carnet
            | QueueName::Reminders
            | QueueName::Sweep,
            _,
        ) => return Err(Unreadable::Misrouted(received.stream.code().to_owned()).into()),
    };
    if let Outcome::Before(_) = outcome {
        tracing::info!(message_id = %received.id, "The message had been applied before.");
    }
    Ok(())
}
