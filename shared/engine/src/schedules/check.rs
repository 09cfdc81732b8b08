//! The hourly check: does for each dossier what time alone brings about.

use chrono::{DateTime, Utc};
use domain::{Decision, Dossier, ReferentId, Refusal, State, Territory, check};
use futures::future::join_all;

use super::{Tally, count, due};
use crate::ports::{Clear, Clock, DossierKey, Dossiers};
use crate::step::{Cause, Outcome, Step, StepError, due_of, run};
use crate::world::World;

/// How many dossiers are treated at once.
const AT_ONCE: usize = 8;

struct Check;

impl<W: World> Step<W> for Check {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok(check::check(dossier, world.reference().frame_of(dossier), now))
    }
}

/// Treats everything that is due, in every territory and state.
pub async fn run_all<W: World>(world: &W) -> Result<Tally, StepError> {
    let mut tally = Tally::default();
    for territory in world.reference().served.clone() {
        for state in State::CODES {
            run_state(world, territory, state, &mut tally).await?;
        }
    }
    tracing::info!(traites = tally.treated, echecs = tally.failed, "The check has run.");
    Ok(tally)
}

async fn run_state<W: World>(
    world: &W,
    territory: Territory,
    state: &'static str,
    tally: &mut Tally,
) -> Result<(), StepError> {
    let now = world.clock().now();
    let mut after = None;
    loop {
        let (keys, next) = due(world, (territory, state), now, after).await?;
        for some in keys.chunks(AT_ONCE) {
            let mut treated = Vec::new();
            for key in some {
                treated.push(one(world, *key));
            }
            for (key, result) in some.iter().zip(join_all(treated).await) {
                count(tally, *key, result);
            }
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => return Ok(()),
        }
    }
}

async fn one<W: World>(world: &W, key: DossierKey) -> Result<bool, StepError> {
    match run(world, key, &Cause::Circumstance("controle"), &Check).await {
        Ok(Outcome::Done(_) | Outcome::Before(_)) => Ok(true),
        Ok(Outcome::Refused(_, row)) => {
            // Nothing is due: the index was behind, or only the relay has something to do. Its hint is put right.
            let right = contracts::rows::file_sk(due_of(world, &row), &row.registre);
            if right != row.file_sk {
                let clear = Clear { key, revision: row.revision, entries: Vec::new(), file_sk: right };
                world.store().clear(clear).await?;
            }
            Ok(false)
        }
        // Erased since the index was read.
        Err(StepError::UnknownDossier) => Ok(false),
        Err(error) => Err(error),
    }
}
