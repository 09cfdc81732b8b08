//! A dossier is erased: a tombstone takes its place, in one write with the place that it held, then its key goes.
//!
//! From that write on nobody reads or writes the dossier any more. What it leaves in other tables and among the
//! documents is removed by the relay (see `schedules::erasure`), which also goes on when this request dies.

use std::collections::BTreeSet;

use contracts::api::{EffacementBody, EffacementJson};
use contracts::codes::MotifEffacementCode;
use contracts::rows::{DossierRow, EffaceRow, UsedKeyRow};
use domain::erasure::{self, Left};
use domain::{DossierId, PlaceMove};

use super::merging::{claims, merged_into, other_of};
use super::{Asked, RequestError, key_of, used_key};
use crate::keys;
use crate::people::Professional;
use crate::ports::{Clock, Commit, CommitError, DossierKey, Dossiers, PortError};
use crate::step::{self, ATTEMPTS, StepError};
use crate::world::World;

const ROUTE: &str = "effacement";

/// Erases a dossier for good. Asked for again with the same key, it answers the same; with another, that the dossier
/// is gone.
pub async fn erase<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    body: EffacementBody,
) -> Result<EffacementJson, RequestError> {
    if !who.role.erases() {
        return Err(RequestError::Forbidden);
    }
    let seen = asked.if_match.ok_or(RequestError::MissingIfMatch)?;
    let key = key_of(who, dossier);
    let used = used_key(world, key, ROUTE, asked).await?;
    let motive = MotifEffacementCode::from(body.motive);
    let efface = EffaceRow {
        le: world.clock().now(),
        par: format!("agent:{}", who.agent),
        motif: Some(motive),
        reste: Left::Everything.into(),
    };
    let row = world.store().read(key).await?.ok_or(RequestError::NotFound)?;
    if !is_to_erase(&row, seen, &used)? {
        return Ok(EffacementJson::of(dossier.0));
    }
    // Those that were merged into it are the same person's. First: until this one is gone, it says which they are. From
    // the first one on there is no way back: whatever is written meanwhile, this one goes too.
    let merged = all_merged_into(world, key).await?;
    let as_seen = merged.is_empty().then_some(seen);
    for other in merged {
        bury(world, other, None, &efface, &used).await?;
        destroy_key(world, other).await;
    }
    bury(world, key, as_seen, &efface, &used).await?;
    destroy_key(world, key).await;
    tracing::info!(dossier = %dossier, territoire = %key.territory, motif = motive.code(), "Erased.");
    Ok(EffacementJson::of(dossier.0))
}

/// The dossiers that were merged into one, and those that had been merged into these, the furthest first.
async fn all_merged_into<W: World>(world: &W, key: DossierKey) -> Result<Vec<DossierKey>, RequestError> {
    let (mut found, mut next) = (Vec::new(), vec![key]);
    while let Some(into) = next.pop() {
        let claims = claims(world, into).await?;
        // Merged, parted and merged again, a dossier has several claims.
        let others: BTreeSet<DossierId> = claims.iter().filter_map(other_of).collect();
        for dossier in others {
            let other = DossierKey { dossier, ..key };
            // A merge that somebody began and never ended has merged nothing.
            if merged_into(world, other).await? == Some(into.dossier) {
                found.push(other);
                next.push(other);
            }
        }
    }
    found.reverse();
    Ok(found)
}

/// The values can no longer be opened. Should that fail, the relay does it.
async fn destroy_key<W: World>(world: &W, key: DossierKey) {
    if let Err(error) = keys::destroy(world, key).await {
        tracing::warn!(error = crate::causes(&error), "The key will be destroyed by the relay.");
    }
}

/// Puts the tombstone in the dossier's place, if the dossier is still as it was seen, when it must be.
async fn bury<W: World>(
    world: &W,
    key: DossierKey,
    seen: Option<u64>,
    efface: &EffaceRow,
    used: &UsedKeyRow,
) -> Result<(), RequestError> {
    let mut failed = None;
    for _ in 0..ATTEMPTS {
        let row = world.store().read(key).await?.ok_or(RequestError::NotFound)?;
        if !is_to_erase(&row, seen.unwrap_or(row.etag), used)? {
            return Ok(());
        }
        let expected = Some(row.revision);
        let (next, place) = buried(row, efface, used)?;
        match world.store().commit(Commit { row: next.clone(), expected, place }).await {
            Ok(()) => {
                step::send_all(world, key, &next).await;
                return Ok(());
            }
            Err(CommitError::Stale) => {}
            // Whether it wrote is not known, or two transactions crossed: reading again tells, and tries again.
            Err(CommitError::Port(error)) => failed = Some(error),
            Err(error @ (CommitError::Full(_) | CommitError::UnknownReferent(_))) => {
                return Err(PortError::new("give the place back", error).into());
            }
        }
    }
    Err(failed.map_or(StepError::Contended, StepError::Retry).into())
}

/// The tombstone of a dossier, and the place that moves with it.
fn buried(
    mut row: DossierRow,
    efface: &EffaceRow,
    used: &UsedKeyRow,
) -> Result<(DossierRow, PlaceMove), StepError> {
    let erased = erasure::erase(&row.dossier()?);
    step::emit(&mut row.registre, &erased.messages, &efface.par, efface.le);
    Ok((row.erased(efface.clone(), (ROUTE, used.clone())), erased.place))
}

/// Whether the dossier is still there, as it was seen; `false` when this very request has erased it already.
fn is_to_erase(row: &DossierRow, seen: u64, used: &UsedKeyRow) -> Result<bool, RequestError> {
    if row.tombstone().is_none() {
        return if row.etag == seen { Ok(true) } else { Err(RequestError::Stale { etag: row.etag }) };
    }
    match row.registre.cles.get(ROUTE) {
        Some(first) if first == used => Ok(false),
        Some(first) if first.cle == used.cle => Err(RequestError::KeyReused),
        Some(_) | None => Err(RequestError::Gone),
    }
}
