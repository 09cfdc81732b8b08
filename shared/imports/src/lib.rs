//! From a file that was received to the parts that the engine applies, and from what became of them to the file that is
//! given back.
//!
//! **Invariant:** a file is read to its last byte before anything of it is applied, whatever its length, in bounded
//! memory; and reading it again cuts it the same way.

mod back;
mod blocks;
mod flow;
mod line;
mod list;
mod read;

use std::panic::AssertUnwindSafe;

use contracts::Envelope;
use contracts::messages::{Body, Unreadable};
use domain::Territory;
use engine::imports::{Applied, apply_part};
use engine::{StepError, World};
use futures::FutureExt;

/// Handles the messages of a batch, each alone, in their order; whatever goes wrong with one, a panic included, is its own
/// failure.
pub async fn handle_batch<W: World>(world: &W, bodies: &[&str]) -> Vec<Result<(), StepError>> {
    let mut results = Vec::with_capacity(bodies.len());
    for body in bodies {
        // Boxed: the future of a whole part is large, and its type deep.
        let handled = AssertUnwindSafe(Box::pin(handle(world, body))).catch_unwind().await;
        results.push(handled.unwrap_or(Err(StepError::Panicked)));
    }
    results
}

/// Handles one message of the queue of imports, alone. Safe to call again with the same message.
pub async fn handle<W: World>(world: &W, body: &str) -> Result<(), StepError> {
    let envelope = Envelope::parse(body)?;
    let territory: Territory = envelope.territoire.parse().map_err(|_| Unreadable::Field("territoire"))?;
    match envelope.body {
        Body::ImportALireV1 { import } => read::read(world, territory, import).await,
        Body::ImportTrancheV1 { import, tranche } => {
            match apply_part(world, territory, import, tranche).await? {
                Applied::All(import) => back::end(world, *import).await,
                Applied::More | Applied::Nothing => Ok(()),
            }
        }
        Body::DossierDeposeV1 {}
        | Body::DefautAPreparerV1 {}
        | Body::ReponsesRecuesV1 {}
        | Body::DossierOrienteV1(_)
        | Body::PlaceAChercherV1 { .. }
        | Body::PlaceLibereeV1 { .. }
        | Body::ReferentAffecteV1(_)
        | Body::DecisionANotifierV1 {}
        | Body::AvisAEnvoyerV1 { .. }
        | Body::RelanceDueV1 { .. }
        | Body::BalayageAFaireV1 { .. } => Err(Unreadable::Misrouted(envelope.flux).into()),
    }
}
