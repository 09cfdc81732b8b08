//! The relay: sends again what waits in outboxes whose sender died between the write and the send.

use chrono::TimeDelta;

use super::{Tally, Treated, Treatment, treat_all};
use crate::ports::{Clock, DossierKey, Dossiers};
use crate::step::{StepError, send_waiting};
use crate::world::World;

/// A message younger than this is on its way: its own sender may still be at work.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(2);

struct Relay;

/// Looks through everything that waits.
pub async fn run_all<W: World>(world: &W) -> Result<Tally, StepError> {
    let tally = treat_all(world, &Relay).await?;
    if tally != Tally::default() {
        tracing::info!(renvoyes = tally.treated, echecs = tally.failed, "The relay has sent again.");
    }
    Ok(tally)
}

impl<W: World> Treatment<W> for Relay {
    const LATE_BY: TimeDelta = ON_ITS_WAY;

    async fn one(&self, world: &W, key: DossierKey) -> Result<Treated, StepError> {
        let Some(row) = world.store().read(key).await? else { return Ok(Treated::nothing()) };
        let oldest = row.registre.sortie.values().map(|it| it.le).min();
        if oldest.is_none_or(|at| at > world.clock().now() - ON_ITS_WAY) {
            return Ok(Treated::nothing());
        }
        send_waiting(world, key, &row).await?;
        Ok(Treated { done: true, ..Treated::nothing() })
    }
}
