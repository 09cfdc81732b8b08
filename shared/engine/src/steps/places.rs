//! A place is free: those who wait are looked at, the most urgent first, until it is taken.

use contracts::messages::Received;
use contracts::rows::NoDossier;
use domain::assignment::could_help;
use domain::decision::PlaceFor;
use domain::{Message, ReferentId};

use crate::ports::{DossierKey, Dossiers, FilePage, PageAsk};
use crate::step::{Cause, StepError, run};
use crate::steps::{FindPlace, Rosters};
use crate::world::World;

/// How many waiting dossiers one freed place looks at. The daily check is the net under it.
const LOOKED_AT: u32 = 25;

/// Those who wait for a référent come before those who wait for a provisional contact.
const WAITING: [(&str, PlaceFor); 3] = [
    ("en_attente_de_place", PlaceFor::Referent),
    ("a_orienter", PlaceFor::Contact),
    ("attente_france_travail", PlaceFor::Contact),
];

/// Handles a freed place. Nothing is remembered: looking again finds the place taken, or nobody waiting.
pub(super) async fn freed<W: World>(
    world: &W,
    key: DossierKey,
    received: &Received,
) -> Result<(), StepError> {
    let Message::PlaceFreed(referent) = &received.message else { return Ok(()) };
    for (state, asked) in WAITING {
        let page = PageAsk { after: None, limit: LOOKED_AT };
        let ask = FilePage { territory: key.territory, state, due_by: None, page };
        for waiting in world.store().file(ask).await?.items {
            if !has_room(world, key, referent).await? {
                return Ok(());
            }
            try_one(world, waiting, referent, asked).await?;
        }
    }
    Ok(())
}

async fn has_room<W: World>(world: &W, key: DossierKey, referent: &ReferentId) -> Result<bool, StepError> {
    let row = world.store().referent(key.territory, referent).await?;
    Ok(row.is_some_and(|it| it.actifs < it.capacite))
}

async fn try_one<W: World>(
    world: &W,
    waiting: DossierKey,
    referent: &ReferentId,
    asked: PlaceFor,
) -> Result<(), StepError> {
    let Some(row) = world.store().read(waiting).await? else { return Ok(()) };
    let Some(free) = world.store().referent(waiting.territory, referent).await? else { return Ok(()) };
    let dossier = match row.dossier() {
        Err(NoDossier::Erased) => return Ok(()),
        read => read?,
    };
    if !could_help(&dossier, free.organisme.into()) {
        return Ok(());
    }
    let step = FindPlace { asked, rosters: &Rosters::default() };
    match run(world, waiting, &Cause::Circumstance("place_liberee"), &step).await {
        // Erased, or being written by others: they will see to it.
        Ok(_) | Err(StepError::UnknownDossier | StepError::Erased | StepError::Contended) => Ok(()),
        Err(error) => Err(error),
    }
}
