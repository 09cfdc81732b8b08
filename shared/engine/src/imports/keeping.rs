//! What time does to imports: one whose message was lost goes on, its file is deleted after a while, and after a year
//! nothing of it is left.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::api::ImportEtat;
use domain::Territory;
use uuid::Uuid;

use super::deposit::{ask_to_read, block_name};
use super::reader::{RETURNED, part_name, result_name, start_lanes};
use super::store::{Import, rows, sk};
use crate::ports::{Clock, PortError, Rows, Table};
use crate::schedules::Tally;
use crate::world::World;

/// What is not over after this has lost its message: the largest file takes minutes.
const LOST_AFTER: TimeDelta = TimeDelta::hours(3);
/// How long the account of an import is kept.
const KEPT: TimeDelta = TimeDelta::days(365);

/// Looks at every import of every territory. One that fails is seen again by the next run, and holds back no other.
/// Nothing sealed is opened.
pub async fn tend<W: World>(world: &W) -> Result<Tally, PortError> {
    let mut tally = Tally::default();
    for territory in world.reference().served.clone() {
        let mut imports = Vec::new();
        for row in rows(world, territory).await? {
            match Import::unopened(territory, &row) {
                Ok(import) => imports.push(import),
                Err(error) => failed(&mut tally, territory, &error),
            }
        }
        // The dry runs that are being applied: their file is read there.
        let read: BTreeSet<Uuid> =
            imports.iter().filter(|it| !is_over(it)).filter_map(|it| it.row.copie_de).collect();
        for import in imports.into_iter().filter(|it| !read.contains(&it.row.id)) {
            match tend_one(world, import).await {
                Ok(done) => tally.treated += u64::from(done),
                Err(error) => failed(&mut tally, territory, &error),
            }
        }
    }
    Ok(tally)
}

fn is_over(import: &Import) -> bool {
    match import.row.etat {
        ImportEtat::Termine | ImportEtat::Refuse | ImportEtat::APreciser => true,
        ImportEtat::Recu | ImportEtat::EnCours => false,
    }
}

fn failed(tally: &mut Tally, territory: Territory, error: &PortError) {
    tally.failed += 1;
    let error = crate::causes(error);
    tracing::error!(%territory, error, "An import could not be tended; the next run sees it again.");
}

/// Does what is due; `false` when nothing is.
async fn tend_one<W: World>(world: &W, mut import: Import) -> Result<bool, PortError> {
    let now = world.clock().now();
    if !is_over(&import) {
        // However old: people are in it whom nobody else may know.
        return if import.row.le + LOST_AFTER > now { Ok(false) } else { go_on(world, &import).await };
    }
    if import.row.le + KEPT <= now {
        forget(world, &import).await?;
        return Ok(true);
    }
    // A list whose columns nobody has settled goes too: whoever does so then is asked for the file again.
    if import.row.fichier_supprime || !is_old(world, &import, now) {
        return Ok(false);
    }
    delete_file(world, &mut import).await
}

fn is_old<W: World>(world: &W, import: &Import, now: DateTime<Utc>) -> bool {
    import.row.le + TimeDelta::days(world.reference().files_kept_days.into()) <= now
}

/// Sends its messages again. What was done is done with: a part that was applied only leads to the next one.
async fn go_on<W: World>(world: &W, import: &Import) -> Result<bool, PortError> {
    tracing::warn!(import = %import.row.id, territoire = %import.territory, "An import had stopped; it goes on.");
    if import.row.etat == ImportEtat::EnCours {
        start_lanes(world, import).await?;
    } else {
        ask_to_read(world, import).await?;
    }
    Ok(true)
}

/// Deletes the file and the one that was given back: both name people. Why lines were refused stays. `false` when somebody
/// wrote since: the next run looks again.
async fn delete_file<W: World>(world: &W, import: &mut Import) -> Result<bool, PortError> {
    delete_documents(world, import).await?;
    import.row.fichier_supprime = true;
    import.row.annote = false;
    if import.row.etat == ImportEtat::APreciser {
        import.row.etat = ImportEtat::Refuse;
    }
    import.save_unopened(world).await
}

async fn delete_documents<W: World>(world: &W, import: &Import) -> Result<(), PortError> {
    // An import that applies a dry run has no block of its own: the dry run's are deleted with it.
    if import.row.copie_de.is_none() {
        for (index, name) in import.row.blocs.iter().enumerate() {
            import.delete(world, &block_name(index, name)).await?;
        }
    }
    import.delete(world, RETURNED).await
}

/// Removes all of it: what it left outside its row first, the row last.
async fn forget<W: World>(world: &W, import: &Import) -> Result<(), PortError> {
    if !import.row.fichier_supprime {
        delete_documents(world, import).await?;
    }
    for part in 1..=import.row.tranches {
        import.delete(world, &result_name(part)).await?;
        // Whoever read the file at the same time as another may have cut it again since.
        import.delete(world, &part_name(part)).await?;
    }
    for row in world.store().query_all(Table::Imports, &import.parts_pk(), "").await? {
        world.store().delete(Table::Imports, &row.pk, &row.sk).await?;
    }
    world.store().delete(Table::Imports, import.territory.as_str(), &sk(import.row.id)).await
}
