//! Others who are about to open a dossier for the same person, at the same instant.
//!
//! An application opens its doors, looks behind those that were there before, and writes its dossier last. Of two that do
//! so at once, the one whose doors come second sees the other. A dossier that is not there yet is kept from ever being
//! there: a tombstone takes its name, in which its author finds that they have been overtaken, looks again, and goes on
//! under another name. So nobody waits for anybody, not even for a process that died. A file writes its dossiers and their
//! doors in one transaction: it is seen whole or not at all, and overtakes in the same way.

use contracts::rows::DossierRow;
use domain::PlaceMove;

use crate::doors::Sight;
use crate::ports::{Clock, Commit, CommitError, DossierKey, Dossiers, PortError};
use crate::world::World;

/// Keeps everybody else whose doors were seen, and whose dossier is not there yet, from opening it. `false` when one of
/// them has been opened, or overtaken, in between: there is more to see.
pub(crate) async fn overtake<W: World>(
    world: &W,
    key: DossierKey,
    sight: &Sight,
    by: &str,
) -> Result<bool, PortError> {
    let others = sight.dossiers().into_iter().filter(|it| *it != key.dossier);
    let others: Vec<DossierKey> = others.map(|dossier| DossierKey { dossier, ..key }).collect();
    if others.is_empty() {
        return Ok(true);
    }
    let there = world.store().read_many(&others).await?;
    for other in others {
        let pk = other.pk();
        if there.iter().all(|it| it.pk != pk) && !prevent(world, other, by).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Keeps a dossier from ever being opened under this name; `false` when something is there.
pub(crate) async fn prevent<W: World>(world: &W, key: DossierKey, by: &str) -> Result<bool, PortError> {
    let row = DossierRow::never_opened(key.pk(), world.clock().now(), by);
    match world.store().commit(Commit { row, expected: None, place: PlaceMove::None }).await {
        Ok(()) => Ok(true),
        Err(CommitError::Stale) => Ok(false),
        Err(error) => Err(PortError::new("overtake", error)),
    }
}
