//! What time brings about: the hourly check, the monthly sweep, the relay. A missed run is caught up by the next one,
//! without a watermark: the index says what is due, and treating an item moves it.

pub mod check;
mod erasure;
pub mod relay;
pub mod sweep;

use std::future::Future;

use chrono::TimeDelta;
use domain::Territory;
use futures::future::join_all;

use crate::ports::{Clock, DossierKey, Dossiers, FilePage, PageAsk};
use crate::step::StepError;
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

/// How many dossiers are treated at once.
const AT_ONCE: usize = 8;

/// What a run does with each dossier that the index calls due.
trait Treatment<W: World>: Sync {
    /// How late a dossier must be before this run looks at it.
    const LATE_BY: TimeDelta;

    /// Treats one dossier; `false` when there was nothing to do.
    fn one(&self, world: &W, key: DossierKey) -> impl Future<Output = Result<bool, StepError>> + Send;
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
            let mut treated = Vec::new();
            for key in some {
                treated.push(treatment.one(world, *key));
            }
            for (key, result) in some.iter().zip(join_all(treated).await) {
                count(tally, *key, result);
            }
        }
        match found.next {
            Some(cursor) => after = Some(cursor),
            None => return Ok(()),
        }
    }
}

/// Counts the end of one dossier's treatment. One failure never holds back the others.
fn count(tally: &mut Tally, key: DossierKey, result: Result<bool, StepError>) {
    match result {
        Ok(true) => tally.treated += 1,
        Ok(false) => {}
        Err(error) => {
            tally.failed += 1;
            tracing::error!(
                dossier = %key.dossier,
                territoire = %key.territory,
                error = crate::causes(&error),
                "A dossier could not be treated; the next run sees it again."
            );
        }
    }
}
