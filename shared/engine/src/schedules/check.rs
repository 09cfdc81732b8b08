//! The hourly check: does for each dossier what time alone brings about.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Decision, Dossier, ReferentId, Refusal, State, check};

use super::{Tally, Treated, Treatment, treat_all};
use crate::ports::{Clear, DossierKey, Dossiers};
use crate::step::{Cause, Outcome, Step, StepError, due_of, write};
use crate::world::World;

struct Check;

impl<W: World> Step<W> for Check {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok(check::check(dossier, &world.reference().frame_of(dossier), now))
    }
}

/// Treats everything that is due.
pub async fn run_all<W: World>(world: &W) -> Result<Tally, StepError> {
    let tally = treat_all(world, &State::CODES, &Check).await?;
    tracing::info!(traites = tally.treated, echecs = tally.failed, "The check has run.");
    Ok(tally)
}

impl<W: World> Treatment<W> for Check {
    const LATE_BY: TimeDelta = TimeDelta::zero();

    async fn one(&self, world: &W, key: DossierKey) -> Result<Treated, StepError> {
        match write(world, key, &Cause::Circumstance("controle"), &Check).await {
            Ok((Outcome::Done(_) | Outcome::Before(_), parcel)) => Ok(Treated { parcel, done: true }),
            Ok((Outcome::Refused(_, row), _)) => {
                // Nothing is due: the index was behind, or only the relay has something to do. Its hint is put right.
                let right = contracts::rows::file_sk(due_of(world, &row), &row.registre);
                if right != row.file_sk {
                    let clear = Clear {
                        key,
                        revision: row.revision,
                        entries: Vec::new(),
                        file_sk: right,
                        reprise: None,
                    };
                    world.store().clear(clear).await?;
                }
                Ok(Treated::nothing())
            }
            // Erased since the index was read.
            Err(StepError::UnknownDossier | StepError::Erased) => Ok(Treated::nothing()),
            Err(error) => Err(error),
        }
    }
}
