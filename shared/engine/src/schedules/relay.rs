//! The relay: goes on with what somebody left who died, a message between its write and its send, an erasure between
//! the tombstone and the last trace.

use chrono::TimeDelta;
use contracts::rows::{DossierRow, ERASED};
use domain::State;

use super::{Tally, Treated, Treatment, erasure, treat_all};
use crate::ports::{Clock, DossierKey, Dossiers};
use crate::step::{StepError, send_waiting};
use crate::world::World;

/// A message younger than this is on its way: its own sender may still be at work.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(2);

struct Relay;

/// Looks through everything that waits.
pub async fn run_all<W: World>(world: &W) -> Result<Tally, StepError> {
    let states: Vec<&'static str> = State::CODES.into_iter().chain([ERASED]).collect();
    let tally = treat_all(world, &states, &Relay).await?;
    if tally != Tally::default() {
        tracing::info!(repris = tally.treated, echecs = tally.failed, "The relay has gone on for others.");
    }
    Ok(tally)
}

impl<W: World> Treatment<W> for Relay {
    const LATE_BY: TimeDelta = ON_ITS_WAY;

    async fn one(&self, world: &W, key: DossierKey) -> Result<Treated, StepError> {
        let Some(row) = world.store().read(key).await? else { return Ok(Treated::nothing()) };
        // Neither waits for the other: a queue that is cut off keeps nobody's traces.
        let (sent, removed) = (send_late(world, key, &row).await, erasure::go_on(world, key, &row).await);
        Ok(Treated { done: sent? | removed?, ..Treated::nothing() })
    }
}

/// Sends what has waited for too long; `false` when there was nothing.
async fn send_late<W: World>(world: &W, key: DossierKey, row: &DossierRow) -> Result<bool, StepError> {
    let oldest = row.registre.sortie.values().map(|it| it.le).min();
    if oldest.is_none_or(|at| at > world.clock().now() - ON_ITS_WAY) {
        return Ok(false);
    }
    send_waiting(world, key, row).await?;
    Ok(true)
}
