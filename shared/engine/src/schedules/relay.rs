//! The relay: sends again what waits in outboxes whose sender died between the write and the send.

use chrono::TimeDelta;
use domain::{State, Territory};

use super::{Tally, count, due};
use crate::ports::{Clock, DossierKey, Dossiers};
use crate::step::{StepError, send_waiting};
use crate::world::World;

/// A message younger than this is on its way: its own sender may still be at work.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(2);

/// Looks through every territory and state.
pub async fn run_all<W: World>(world: &W) -> Result<Tally, StepError> {
    let mut tally = Tally::default();
    for territory in world.reference().served.clone() {
        for state in State::CODES {
            run_state(world, territory, state, &mut tally).await?;
        }
    }
    if tally != Tally::default() {
        tracing::info!(renvoyes = tally.treated, echecs = tally.failed, "The relay has sent again.");
    }
    Ok(tally)
}

async fn run_state<W: World>(
    world: &W,
    territory: Territory,
    state: &'static str,
    tally: &mut Tally,
) -> Result<(), StepError> {
    let mut after = None;
    loop {
        let (keys, next) = due(world, (territory, state), world.clock().now() - ON_ITS_WAY, after).await?;
        for key in keys {
            count(tally, key, one(world, key).await);
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => return Ok(()),
        }
    }
}

async fn one<W: World>(world: &W, key: DossierKey) -> Result<bool, StepError> {
    let Some(row) = world.store().read(key).await? else { return Ok(false) };
    let oldest = row.registre.sortie.values().map(|it| it.le).min();
    if oldest.is_none_or(|at| at > world.clock().now() - ON_ITS_WAY) {
        return Ok(false);
    }
    send_waiting(world, key, &row).await?;
    Ok(true)
}
