//! A file is read whole and cut into parts: the reader works in a thread of its own, fed with blocks.

use std::collections::BTreeMap;

use contracts::api::ImportNature;
use domain::Territory;
use engine::imports::{Cut, Import, remember, remembered, settle_columns, to_be_read};
use engine::{PortError, StepError, World};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::blocks::{Bytes, pipe};
use crate::line::{Facts, Read};
use crate::{flow, list};

/// How many lines wait to be put in a part.
const AHEAD: usize = 200;

/// Reads the file of an import that was received. Asked again, it cuts it the same way; of an import that is further on,
/// it only starts what was not.
pub(crate) async fn read<W: World>(world: &W, territory: Territory, id: Uuid) -> Result<(), StepError> {
    let Some(mut import) = to_be_read(world, territory, id).await? else { return Ok(()) };
    let remembered = match &import.row.source {
        Some(source) => remembered(world, territory, source).await?.unwrap_or_default(),
        None => BTreeMap::default(),
    };
    let given = list::Given {
        territory,
        today: import.row.recu_le,
        columns: import.row.colonnes.clone(),
        remembered,
    };
    let (blocks, bytes) = pipe();
    let (teller, told) = mpsc::channel(AHEAD);
    let nature = import.row.nature;
    let reader = tokio::task::spawn_blocking(move || run(nature, bytes, &given, &teller));
    let reading = import.clone();
    let (brought, heard) = tokio::join!(blocks.bring(world, &reading), hear(world, &import, told));
    reader.await.map_err(|_| StepError::Panicked)?;
    brought?;
    let (cut, end) = heard?;
    match end {
        Some(Read::End(facts)) => finish(world, &mut import, cut, facts).await,
        Some(Read::Refused(why)) => cut.give_up(world, &mut import, why).await,
        Some(Read::Columns(columns, why)) => settle_columns(world, &mut import, columns, why).await,
        Some(Read::Line(_)) | None => {
            cut.give_up(world, &mut import, "Ce fichier n’a pas pu être lu jusqu’au bout.".to_owned()).await
        }
    }
}

fn run(nature: ImportNature, bytes: Bytes, given: &list::Given, teller: &mpsc::Sender<Read>) {
    let tell = |read| teller.blocking_send(read).is_ok();
    match nature {
        ImportNature::Flux => flow::read(bytes, given.territory, tell),
        ImportNature::Liste => list::read(bytes, given, tell),
    }
}

/// Puts the lines into parts as they come; gives back how the reading ended. The receiver goes with it: should this fail,
/// the reader is told that nobody listens any more.
async fn hear<W: World>(
    world: &W,
    import: &Import,
    mut told: mpsc::Receiver<Read>,
) -> Result<(Cut, Option<Read>), PortError> {
    let mut cut = Cut::start();
    while let Some(read) = told.recv().await {
        match read {
            Read::Line(line) => cut.line(world, import, line).await?,
            end @ (Read::End(_) | Read::Refused(_) | Read::Columns(..)) => return Ok((cut, Some(end))),
        }
    }
    Ok((cut, None))
}

async fn finish<W: World>(world: &W, import: &mut Import, cut: Cut, facts: Facts) -> Result<(), StepError> {
    remember(world, import, facts.mapping).await?;
    let received = import.territory.start_of_day(import.row.recu_le);
    // A list speaks of the day on which it was received: of now, when that is today.
    let as_of = facts.as_of.unwrap_or_else(|| {
        if import.territory.local_date(import.row.le) == import.row.recu_le {
            import.row.le
        } else {
            received
        }
    });
    cut.finish(world, import, as_of, facts.declares).await
}
