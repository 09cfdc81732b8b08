//! What a reader of files asks of an import: its blocks, the parts to cut it into, its end.

use chrono::{DateTime, Utc};
use contracts::Envelope;
use contracts::api::{BilanJson, ColonneJson, ImportEtat};
use contracts::imports::{LigneV1, RemarqueV1, TrancheV1};
use contracts::rows::{SideRow, TrancheRow};
use domain::Territory;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::deposit::block_name;
use super::store::{Import, load};
use crate::ports::{PortError, QueueName, Queues, Rows, Table, When};
use crate::step::StepError;
use crate::world::World;

/// How many lines a part has.
const LINES: usize = 100;
/// How many parts are applied at the same time: the store serves people meanwhile.
pub(super) const LANES: u32 = 4;

/// One block of an import's file; `None` after the last, or when the file was deleted.
pub async fn file_block<W: World>(
    world: &W,
    import: &Import,
    index: usize,
) -> Result<Option<Vec<u8>>, PortError> {
    let Some(name) = import.row.blocs.get(index) else { return Ok(None) };
    match import.row.copie_de {
        // The dry run has kept the blocks, under its own name.
        Some(id) => import.as_if(id).get(world, &block_name(index, name)).await,
        None => import.get(world, &block_name(index, name)).await,
    }
}

/// A file that is being cut into parts.
#[derive(Debug)]
pub struct Cut {
    lines: Vec<LigneV1>,
    parts: u32,
    count: u64,
}

impl Cut {
    /// Starts to cut.
    #[must_use]
    pub fn start() -> Self {
        Self { lines: Vec::with_capacity(LINES), parts: 0, count: 0 }
    }

    /// Takes one more line.
    pub async fn line<W: World>(
        &mut self,
        world: &W,
        import: &Import,
        line: LigneV1,
    ) -> Result<(), PortError> {
        self.lines.push(line);
        self.count += 1;
        if self.lines.len() == LINES { self.part(world, import).await } else { Ok(()) }
    }

    async fn part<W: World>(&mut self, world: &W, import: &Import) -> Result<(), PortError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let part = TrancheV1 { lignes: std::mem::take(&mut self.lines) };
        let json = serde_json::to_vec(&part).map_err(|it| PortError::new("write a part", it))?;
        self.parts += 1;
        import.put(world, &part_name(self.parts), &json).await
    }

    /// The whole file was read and is as it should be: its parts are to be applied. `as_of` is when it speaks of;
    /// `declares`, whether it names people whose right is not decided.
    pub async fn finish<W: World>(
        mut self,
        world: &W,
        import: &mut Import,
        as_of: DateTime<Utc>,
        declares: bool,
    ) -> Result<(), StepError> {
        self.part(world, import).await?;
        let row = &mut import.row;
        (row.tranches, row.lignes) = (self.parts, self.count);
        // A file that names nobody is over: it has no part whose end would end it.
        (row.etat, row.bilan) = match self.parts {
            0 => (ImportEtat::Termine, Some(BilanJson::default())),
            _ => (ImportEtat::EnCours, None),
        };
        (row.a_jour_au, row.declares) = (Some(as_of), declares);
        if !import.save(world).await? {
            return Err(StepError::Contended);
        }
        start_lanes(world, import).await?;
        Ok(())
    }

    /// The file cannot be read to its end: nothing of it is kept.
    pub async fn give_up<W: World>(
        self,
        world: &W,
        import: &mut Import,
        why: String,
    ) -> Result<(), StepError> {
        for part in 1..=self.parts {
            import.delete(world, &part_name(part)).await?;
        }
        refuse_whole(world, import, why).await
    }
}

/// Sends the first part of each lane. Sent again, a part that was applied is done with.
pub(super) async fn start_lanes<W: World>(world: &W, import: &Import) -> Result<(), PortError> {
    send(world, (1..=import.row.tranches.min(LANES)).map(|it| message(import, it)).collect()).await
}

/// The import whose file is to be read and cut; `None` when that is done, or when nobody has given it. Whoever cut it may
/// have died before they asked for its first parts: those that were not applied are asked for again.
pub async fn to_be_read<W: World>(
    world: &W,
    territory: Territory,
    id: Uuid,
) -> Result<Option<Import>, StepError> {
    let Some(import) = load(world, territory, id).await? else { return Ok(None) };
    match import.row.etat {
        ImportEtat::Recu => Ok(Some(import)),
        ImportEtat::EnCours => {
            let mut parts = Vec::new();
            for part in 1..=import.row.tranches.min(LANES) {
                // One that was applied asks for the next one itself, or is delivered again until it has.
                if !is_applied(world, &import, part).await? {
                    parts.push(message(&import, part));
                }
            }
            send(world, parts).await?;
            Ok(None)
        }
        ImportEtat::APreciser | ImportEtat::Refuse | ImportEtat::Termine => Ok(None),
    }
}

async fn send<W: World>(world: &W, parts: Vec<Envelope>) -> Result<(), PortError> {
    if parts.is_empty() { Ok(()) } else { world.queues().send(QueueName::Imports, &parts).await }
}

/// The message that has a part applied.
pub(super) fn message(import: &Import, part: u32) -> Envelope {
    Envelope::import_part(import.territory, (import.row.id, part), import.row.le, &import.row.par)
}

/// Refuses a file whole.
pub async fn refuse_whole<W: World>(world: &W, import: &mut Import, why: String) -> Result<(), StepError> {
    import.row.etat = ImportEtat::Refuse;
    import.private.motif = Some(why);
    if import.save(world).await? { Ok(()) } else { Err(StepError::Contended) }
}

/// Leaves the columns of a list to be settled by a person, who is told why.
pub async fn settle_columns<W: World>(
    world: &W,
    import: &mut Import,
    columns: Vec<ColonneJson>,
    why: String,
) -> Result<(), StepError> {
    import.row.etat = ImportEtat::APreciser;
    import.row.colonnes = columns;
    import.private.motif = Some(why);
    if import.save(world).await? { Ok(()) } else { Err(StepError::Contended) }
}

/// What is to be told of the lines of a part, once it was applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartResult {
    /// Those lines of which something is to be told: rank → (refused, remarks).
    pub lignes: BTreeMap<u32, (bool, Vec<RemarqueV1>)>,
}

/// What is to be told of the lines of a part; nothing when it was not applied yet.
pub async fn read_results<W: World>(world: &W, import: &Import, part: u32) -> Result<PartResult, PortError> {
    let Some(json) = import.get(world, &result_name(part)).await? else { return Ok(PartResult::default()) };
    serde_json::from_slice(&json).map_err(|_| PortError::new("read a result", "it has another shape"))
}

/// Writes what is to be told of a part, then that it was applied. The counts of the first who ends stay.
pub(super) async fn write_results<W: World>(
    world: &W,
    import: &Import,
    part: u32,
    (result, counts): (&PartResult, BilanJson),
) -> Result<(), PortError> {
    let json = serde_json::to_vec(result).map_err(|it| PortError::new("write a result", it))?;
    import.put(world, &result_name(part), &json).await?;
    let row = TrancheRow { v: 1, bilan: counts };
    let json = serde_json::to_value(row).map_err(|it| PortError::new("write a result", it))?;
    let attributes = BTreeMap::from([("tranche".to_owned(), json)]);
    let row = SideRow { pk: import.parts_pk(), sk: part_sk(part), attributes };
    world.store().put(Table::Imports, row, When::Absent).await?;
    Ok(())
}

/// Whether a part was applied.
pub(super) async fn is_applied<W: World>(world: &W, import: &Import, part: u32) -> Result<bool, PortError> {
    Ok(world.store().get(Table::Imports, &import.parts_pk(), &part_sk(part)).await?.is_some())
}

/// How many parts were applied, and what became of their lines.
pub(super) async fn applied<W: World>(world: &W, import: &Import) -> Result<(u32, BilanJson), PortError> {
    let (mut parts, mut counts) = (0, BilanJson::default());
    for row in world.store().query_all(Table::Imports, &import.parts_pk(), "tranche#").await? {
        let json = row.attributes.get("tranche").cloned().unwrap_or_default();
        let row: TrancheRow = serde_json::from_value(json).map_err(|it| PortError::new("read a part", it))?;
        parts += 1;
        counts += row.bilan;
    }
    Ok((parts, counts))
}

/// The lines of a part as they were read.
pub(super) async fn read_part<W: World>(
    world: &W,
    import: &Import,
    part: u32,
) -> Result<TrancheV1, StepError> {
    let missing = || PortError::new("read a part", "the part is not there");
    let json = import.get(world, &part_name(part)).await?.ok_or_else(missing)?;
    let read = serde_json::from_slice(&json);
    Ok(read.map_err(|_| PortError::new("read a part", "the part has another shape"))?)
}

/// Ends an import: its counts, and the file that is given back.
pub async fn return_file<W: World>(
    world: &W,
    import: &mut Import,
    file: Option<&[u8]>,
) -> Result<(), StepError> {
    if let Some(bytes) = file {
        import.put(world, RETURNED, bytes).await?;
        import.row.annote = true;
    }
    let (_, counts) = applied(world, import).await?;
    import.row.etat = ImportEtat::Termine;
    import.row.bilan = Some(counts);
    for part in 1..=import.row.tranches {
        // What was told is in the dossiers now; what was refused is in the results.
        import.delete(world, &part_name(part)).await?;
    }
    if import.save(world).await? { Ok(()) } else { Err(StepError::Contended) }
}

/// The mapping that is remembered for the lists of a tool: heading → field.
pub async fn remembered<W: World>(
    world: &W,
    territory: Territory,
    source: &str,
) -> Result<Option<BTreeMap<String, String>>, PortError> {
    let row = world.store().get(Table::Imports, territory.as_str(), &mapping_sk(source)).await?;
    let json = row.and_then(|it| it.attributes.get("colonnes").cloned());
    json.map(|it| serde_json::from_value(it).map_err(|it| PortError::new("read a mapping", it))).transpose()
}

/// Remembers the mapping of the lists of a tool: heading and field, each.
pub async fn remember<W: World>(
    world: &W,
    import: &Import,
    mapping: Vec<(String, String)>,
) -> Result<(), PortError> {
    let Some(source) = import.row.source.as_ref().filter(|_| !mapping.is_empty()) else { return Ok(()) };
    let pairs: BTreeMap<String, String> = mapping.into_iter().collect();
    let json = serde_json::to_value(pairs).map_err(|it| PortError::new("write a mapping", it))?;
    let attributes = BTreeMap::from([("colonnes".to_owned(), json)]);
    let row = SideRow { pk: import.territory.as_str().to_owned(), sk: mapping_sk(source), attributes };
    world.store().put(Table::Imports, row, When::Always).await?;
    Ok(())
}

/// The name of the file that is given back.
pub(super) const RETURNED: &str = "retour";

fn mapping_sk(source: &str) -> String {
    format!("colonnes#{source}")
}

fn part_sk(part: u32) -> String {
    format!("tranche#{part:06}")
}

pub(super) fn part_name(part: u32) -> String {
    format!("tranche/{part:06}")
}

pub(super) fn result_name(part: u32) -> String {
    format!("resultat/{part:06}")
}
