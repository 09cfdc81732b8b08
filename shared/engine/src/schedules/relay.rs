//! The relay: goes on with what somebody left who died, a message between its write and its send, an erasure between
//! the tombstone and the last trace; and asks again for what waited for its hour.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::rows::{DossierRow, ERASED, file_sk};
use domain::State;

use super::{Tally, Treated, Treatment, erasure, held, treat_all};
use crate::outbox::is_receipted;
use crate::ports::{Clear, Clock, DossierKey, Dossiers};
use crate::step::{StepError, due_of, send_waiting};
use crate::world::World;

/// A message younger than this is on its way: its own sender may still be at work.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(2);

/// How long the relay leaves alone what it has just sent: as long as it has waited already, within these.
const SOON: TimeDelta = TimeDelta::minutes(5);
const EVERY_DAY: TimeDelta = TimeDelta::days(1);

struct Relay;

/// Looks through everything that waits.
pub async fn run_all<W: World>(world: &W) -> Result<Tally, StepError> {
    let states: Vec<&'static str> = State::CODES.into_iter().chain([ERASED]).collect();
    let tally = treat_all(world, &states, &Relay).await?;
    held::release(world).await?;
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
    let now = world.clock().now();
    if row.registre.waits_since().is_none_or(|at| at > now - ON_ITS_WAY) {
        return Ok(false);
    }
    send_waiting(world, key, row).await?;
    leave_alone(world, key, row, now).await?;
    Ok(true)
}

/// What only its consumer removes may stay: the consumer is late, or fails on it each time. It leaves again later and
/// later, and in the end every day: it neither fills the dead letters nor is forgotten.
async fn leave_alone<W: World>(
    world: &W,
    key: DossierKey,
    row: &DossierRow,
    now: DateTime<Utc>,
) -> Result<(), StepError> {
    let mut after = row.registre.clone();
    after.sortie.retain(|name, _| is_receipted(name));
    after.reprise = None;
    let Some(oldest) = after.waits_since() else { return Ok(()) };
    let waited = now - oldest;
    if waited > EVERY_DAY {
        tracing::error!(
            dossier = %key.dossier,
            territoire = %key.territory,
            jours = waited.num_days(),
            "A message was sent again; the step that it is for has not applied it for days."
        );
    }
    let again = now + waited.clamp(SOON, EVERY_DAY);
    after.reprise = Some(again);
    let file_sk = file_sk(due_of(world, row), &after);
    // Where the dossier has been written meanwhile, the next pass sees what waits then.
    let clear = Clear { key, revision: row.revision, entries: Vec::new(), file_sk, reprise: Some(again) };
    world.store().clear(clear).await?;
    Ok(())
}
