//! What time brings about: the hourly check, the monthly sweep, the relay. A missed run is caught up by the next one,
//! without a watermark: the index says what is due, and treating an item moves it.

pub mod check;
pub mod relay;
pub mod sweep;

use chrono::{DateTime, Utc};
use domain::Territory;

use crate::ports::{DossierKey, Dossiers, FilePage, PageAsk, PortError};
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

/// The keys of a page of what is due in a state.
async fn due<W: World>(
    world: &W,
    (territory, state): (Territory, &'static str),
    due_by: DateTime<Utc>,
    after: Option<String>,
) -> Result<(Vec<DossierKey>, Option<String>), PortError> {
    let page = PageAsk { after, limit: PAGE };
    let found = world.store().file(FilePage { territory, state, due_by: Some(due_by), page }).await?;
    Ok((found.items, found.next))
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
                error = &error as &dyn std::error::Error,
                "A dossier could not be treated; the next run sees it again."
            );
        }
    }
}
