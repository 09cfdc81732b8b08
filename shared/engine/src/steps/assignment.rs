//! Assignment: fetches the roster, asks the rule.

use chrono::{DateTime, Utc};
use contracts::rows::ReferentRow;
use domain::decision::PlaceFor;
use domain::referent::Referent;
use domain::{Decision, Dossier, ReferentId, Refusal, Territory, assignment};

use crate::ports::Dossiers;
use crate::step::{Step, StepError};
use crate::world::World;

/// The step: a place is looked for.
pub(crate) struct FindPlace {
    pub(crate) asked: PlaceFor,
}

impl<W: World> Step<W> for FindPlace {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        let mut roster = roster(world, dossier.territory).await?;
        // Somebody took their last place since the roster was read.
        for full in roster.iter_mut().filter(|it| avoid.contains(&it.id)) {
            full.active = full.active.max(full.capacity);
        }
        Ok(assignment::find(dossier, self.asked, &roster, now))
    }
}

/// Every référent of the territory, as the rule sees them.
pub(crate) async fn roster<W: World>(world: &W, territory: Territory) -> Result<Vec<Referent>, StepError> {
    let rows = world.store().roster(territory).await?;
    Ok(rows.iter().map(ReferentRow::referent).collect::<Result<_, _>>()?)
}
