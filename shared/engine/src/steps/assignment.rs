//! Assignment: fetches the roster, asks the rule.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use contracts::rows::ReferentRow;
use domain::decision::PlaceFor;
use domain::referent::Referent;
use domain::{Decision, Dossier, PlaceMove, ReferentId, Refusal, Territory, assignment};

use crate::ports::Dossiers;
use crate::step::{Step, StepError};
use crate::world::World;

/// The step: a place is looked for.
pub(crate) struct FindPlace<'a> {
    pub(crate) asked: PlaceFor,
    pub(crate) rosters: &'a Rosters,
}

impl<W: World> Step<W> for FindPlace<'_> {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        // The write found somebody full: what was read before is no guide.
        if avoid.is_empty()
            && let Some(decision) = self.rosters.find(dossier, self.asked, now)
        {
            return Ok(Ok(decision));
        }
        let mut roster = roster(world, dossier.territory).await?;
        // Somebody took their last place since the roster was read.
        for full in roster.iter_mut().filter(|it| avoid.contains(&it.id)) {
            full.active = full.active.max(full.capacity);
        }
        let found = assignment::find(dossier, self.asked, &roster, now);
        self.rosters.keep(dossier.territory, roster, found.as_ref().ok());
        Ok(found)
    }
}

/// Every référent of the territory, as the rule sees them.
pub(crate) async fn roster<W: World>(world: &W, territory: Territory) -> Result<Vec<Referent>, StepError> {
    let rows = world.store().roster(territory).await?;
    Ok(rows.iter().map(ReferentRow::referent).collect::<Result<_, _>>()?)
}

/// The référents as one batch of messages last read them, and the places that it has given since: a large département
/// has hundreds of them, and ten messages look for a place in the same second.
///
/// A hint, as any reading of them: the write takes the place or refuses it. It names somebody who had room; nobody is
/// left waiting for a place because of it.
#[derive(Debug, Default)]
pub(crate) struct Rosters(Mutex<BTreeMap<Territory, Vec<Referent>>>);

impl Rosters {
    /// Decides on what is known; `None` when a fresh reading must decide.
    fn find(&self, dossier: &Dossier, asked: PlaceFor, now: DateTime<Utc>) -> Option<Decision> {
        let mut known = self.known();
        let roster = known.get_mut(&dossier.territory)?;
        let decision = assignment::find(dossier, asked, roster, now).ok()?;
        let taken = taken(&decision)?;
        count(roster, taken);
        Some(decision)
    }

    /// Keeps what was just read, with the place that was just given.
    fn keep(&self, territory: Territory, mut roster: Vec<Referent>, decision: Option<&Decision>) {
        if let Some(taken) = decision.and_then(taken) {
            count(&mut roster, taken);
        }
        self.known().insert(territory, roster);
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Territory, Vec<Referent>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose place the decision takes.
fn taken(decision: &Decision) -> Option<&ReferentId> {
    match &decision.place {
        PlaceMove::Take(taken) | PlaceMove::Move { to: taken, .. } => Some(&taken.referent),
        PlaceMove::None | PlaceMove::Leave(_) => None,
    }
}

fn count(roster: &mut [Referent], taken: &ReferentId) {
    for referent in roster.iter_mut().filter(|it| it.id == *taken) {
        referent.active += 1;
    }
}
