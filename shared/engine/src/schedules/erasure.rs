//! What an erased dossier leaves behind is removed, in as many passes as it takes.
//!
//! A pass destroys the key first, so that the rest can no longer be opened, then removes the rest. Whoever had read the
//! dossier before it was erased may still be writing: so a first pass removes all that says anything of the person,
//! and leaves what finds the rest, the list of the doors and the claims that name the documents. A pass that comes when
//! nobody writes any more removes those too. The tombstone is due until such a pass has found nothing.

use contracts::rows::{DossierRow, SideRow};
use domain::PlaceMove;

use crate::doors::{self, Doors};
use crate::keys;
use crate::ports::{
    Clock, Commit, CommitError, Documents, DossierKey, Dossiers, PortError, Rows, Table, When,
};
use crate::recognition::REVISION;
use crate::schedules::held;
use crate::step::StepError;
use crate::steps::documents_of;
use crate::world::World;

/// Makes the pass that a tombstone is due for; `false` when none is due.
pub(super) async fn go_on<W: World>(world: &W, key: DossierKey, row: &DossierRow) -> Result<bool, StepError> {
    let Some(tombstone) = row.tombstone() else { return Ok(false) };
    let (remains, started) = (tombstone.remains(), world.clock().now());
    if remains.due().is_none_or(|due| due > started) {
        return Ok(false);
    }
    let found = Pass { key, last: remains.is_still(started) }.make(world).await?;
    // Read again: the outbox may have been cleared in between, which leaves the revision as it was.
    let Some(row) = world.store().read(key).await? else { return Ok(true) };
    let Some(tombstone) = row.tombstone() else { return Ok(true) };
    let left = tombstone.remains().after_a_pass(started, found);
    if left == tombstone.remains() {
        return Ok(true);
    }
    let next = row.with_remains(tombstone, left);
    let commit = Commit { row: next, expected: Some(row.revision), place: PlaceMove::None };
    match world.store().commit(commit).await {
        // Stale: another pass ended first, and what it found holds too.
        Ok(()) | Err(CommitError::Stale) => Ok(true),
        Err(error) => Err(PortError::new("record a pass", error).into()),
    }
}

/// One pass over all that a dossier may have left.
struct Pass {
    key: DossierKey,
    /// Whether it also removes what finds the rest.
    last: bool,
}

impl Pass {
    /// Removes what it finds; `false` when there was nothing.
    async fn make<W: World>(&self, world: &W) -> Result<bool, PortError> {
        let mut found = keys::destroy(world, self.key).await?;
        for table in [Table::Reponses, Table::Carnets] {
            for row in self.rows(world, table).await? {
                found = true;
                world.store().delete(table, &row.pk, &row.sk).await?;
            }
        }
        for row in self.rows(world, Table::Personnes).await? {
            found = true;
            self.forget(world, row).await?;
        }
        found |= held::forget(world, self.key).await?;
        for row in self.rows(world, Table::Envois).await? {
            found = true;
            self.withdraw(world, row).await?;
        }
        Ok(found)
    }

    /// Closes the doors that the person's row lists, then removes from it all that says who the person is.
    async fn forget<W: World>(&self, world: &W, row: SideRow) -> Result<(), PortError> {
        Doors::listed(&row).remove(world, self.key).await?;
        if self.last {
            return world.store().delete(Table::Personnes, &row.pk, &row.sk).await;
        }
        let Some(stripped) = doors::stripped(&row) else { return Ok(()) };
        // Only in its own place: a slower pass never brings back what the last one deleted. And only as it was read: doors
        // that somebody has listed since are for the next pass.
        let value = |name: &str| row.attributes.get(name).and_then(|it| it.as_str()).map(str::to_owned);
        let Some((attribute, value)) =
            [REVISION, "corps"].into_iter().find_map(|name| Some((name, value(name)?)))
        else {
            return Ok(());
        };
        let there = When::Is { attribute, value };
        world.store().put(Table::Personnes, stripped, there).await?;
        Ok(())
    }

    /// Deletes the documents that a claim names.
    async fn withdraw<W: World>(&self, world: &W, row: SideRow) -> Result<(), PortError> {
        for name in documents_of(self.key, &row) {
            world.documents().delete(&name).await?;
        }
        if self.last { world.store().delete(Table::Envois, &row.pk, &row.sk).await } else { Ok(()) }
    }

    async fn rows<W: World>(&self, world: &W, table: Table) -> Result<Vec<SideRow>, PortError> {
        world.store().query_all(table, &self.key.pk(), "").await
    }
}
