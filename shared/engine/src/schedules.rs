//! What time brings about: the hourly check, the monthly sweep, the relay. A missed run is caught up by the next one,
//! without a watermark: the index says what is due, and treating an item moves it.

pub mod check;
mod erasure;
pub(crate) mod held;
pub mod relay;
pub mod sweep;

use std::future::Future;

use chrono::TimeDelta;
use domain::Territory;
use futures::future::join_all;

use crate::outbox::{Parcel, deliver_all};
use crate::ports::{Clock, DossierKey, Dossiers, FilePage, PageAsk};
use crate::step::{StepError, left_to_the_relay};
use crate::world::World;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Dossiers for which something was done.
    pub treated: u64,
    /// Dossiers that could not be treated this time; the next run sees them again.
    pub failed: u64,
}

/// How many dossiers a page of the index brings.
const PAGE: u32 = 100;

/// How many dossiers are treated at once. What they send leaves together, in one request to each queue.
const AT_ONCE: usize = 10;

/// What a run does with each dossier that the index calls due.
trait Treatment<W: World>: Sync {
    /// How late a dossier must be before this run looks at it.
    const LATE_BY: TimeDelta;

    /// Treats one dossier, up to what it sends.
    fn one(&self, world: &W, key: DossierKey) -> impl Future<Output = Result<Treated, StepError>> + Send;
}

/// One dossier that was looked at.
struct Treated {
    /// What must leave.
    parcel: Parcel,
    /// Whether there was something to do.
    done: bool,
}

impl Treated {
    /// There was nothing to do.
    fn nothing() -> Self {
        Self { parcel: Parcel::default(), done: false }
    }
}

/// Treats everything that is due, in every territory and in these states, a few dossiers at once.
async fn treat_all<W: World>(
    world: &W,
    states: &[&'static str],
    treatment: &impl Treatment<W>,
) -> Result<Tally, StepError> {
    let mut tally = Tally::default();
    for territory in world.reference().served.clone() {
        for state in states {
            treat_state(world, (territory, *state), treatment, &mut tally).await?;
        }
    }
    Ok(tally)
}

async fn treat_state<W: World, T: Treatment<W>>(
    world: &W,
    (territory, state): (Territory, &'static str),
    treatment: &T,
    tally: &mut Tally,
) -> Result<(), StepError> {
    let due_by = Some(world.clock().now() - T::LATE_BY);
    let mut after = None;
    loop {
        let page = PageAsk { after, limit: PAGE };
        let found = world.store().file(FilePage { territory, state, due_by, page }).await?;
        for some in found.items.chunks(AT_ONCE) {
            treat_some(world, some, treatment, tally).await;
        }
        match found.next {
            Some(cursor) => after = Some(cursor),
            None => return Ok(()),
        }
    }
}

/// Treats a few dossiers at once, then sends what they send. One failure never holds back the others.
async fn treat_some<W: World>(
    world: &W,
    keys: &[DossierKey],
    treatment: &impl Treatment<W>,
    tally: &mut Tally,
) {
    let mut treated = Vec::new();
    for key in keys {
        treated.push(treatment.one(world, *key));
    }
    let mut parcels = Vec::new();
    for (key, result) in keys.iter().zip(join_all(treated).await) {
        match result {
            Ok(treated) => {
                tally.treated += u64::from(treated.done);
                parcels.push(treated.parcel);
            }
            Err(error) => failed(tally, *key, &error),
        }
    }
    send_together(world, parcels).await;
}

/// Sends what several dossiers send. What cannot leave now leaves with the relay.
async fn send_together<W: World>(world: &W, parcels: Vec<Parcel>) {
    for error in deliver_all(world, parcels).await.into_iter().filter_map(Result::err) {
        left_to_the_relay(&error);
    }
}

fn failed(tally: &mut Tally, key: DossierKey, error: &StepError) {
    tally.failed += 1;
    tracing::error!(
        dossier = %key.dossier,
        territoire = %key.territory,
        error = crate::causes(error),
        "A dossier could not be treated; the next run sees it again."
    );
}
