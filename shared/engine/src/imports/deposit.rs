//! A file is received: sealed block by block as it comes, then its row, then the message that has it read.

use chrono::NaiveDate;
use contracts::api::{ImportEtat, ImportJson, ImportNature};
use contracts::rows::{ImportRow, PriveV1};
use contracts::{Envelope, Rejected};
use domain::Territory;
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::store::{Import, load};
use super::views;
use crate::keys;
use crate::people::Professional;
use crate::ports::{Clock, PortError, QueueName, Queues};
use crate::requests::RequestError;
use crate::seal::{digest_hex, hexadecimal};
use crate::step::StepError;
use crate::world::World;

/// What is said of a file when it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// What it is.
    pub nature: ImportNature,
    /// For a list, the tool it comes from.
    pub source: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether nothing is to be written.
    pub dry: bool,
    /// The day on which the département received it; today when it is not told.
    pub received_on: Option<NaiveDate>,
}

/// No file is longer, in bytes: the largest flows are ten times shorter.
pub const MOST_BYTES: u64 = 4 << 30;

/// How long a block is, in bytes.
const BLOCK: usize = 1 << 20;

/// Receives a file from a professional, as [`receive`] does, if their role lets them orient people.
pub async fn deposit<W, S>(
    world: &W,
    who: &Professional,
    key: &str,
    deposit: Deposit,
    body: S,
) -> Result<ImportJson, RequestError>
where
    W: World,
    S: Stream<Item = Result<Vec<u8>, PortError>> + Send + Unpin,
{
    if !who.role.orients() {
        return Err(RequestError::Forbidden);
    }
    receive(world, (who.territory, &format!("agent:{}", who.agent)), key, deposit, body).await
}

/// Receives a file for a territory from whoever gives it, once for each idempotency key: given again under the same key,
/// the first one answers. The same bytes must come under it, and the same must be said of them. Whoever calls has checked that it may be given.
pub async fn receive<W, S>(
    world: &W,
    (territory, by): (Territory, &str),
    key: &str,
    deposit: Deposit,
    body: S,
) -> Result<ImportJson, RequestError>
where
    W: World,
    S: Stream<Item = Result<Vec<u8>, PortError>> + Send + Unpin,
{
    let now = world.clock().now();
    let row = ImportRow {
        v: 1,
        id: id_of(world, territory, key).await?,
        etat: ImportEtat::Recu,
        nature: deposit.nature,
        source: deposit.source,
        empreinte: String::new(),
        octets: 0,
        blocs: Vec::new(),
        par: by.to_owned(),
        le: now,
        recu_le: deposit.received_on.unwrap_or_else(|| territory.local_date(now)),
        a_blanc: deposit.dry,
        a_jour_au: None,
        declares: false,
        colonnes: Vec::new(),
        tranches: 0,
        lignes: 0,
        bilan: None,
        copie_de: None,
        annote: false,
        fichier_supprime: false,
        prive: String::new(),
    };
    let private = PriveV1 { nom: deposit.name, motif: None };
    let mut import = Import::new(territory, row, private);
    keep(world, &mut import, body).await?;
    if !import.save(world).await? {
        let known = load(world, territory, import.row.id).await?.ok_or(RequestError::NotFound)?;
        let said = |it: &Import| {
            (
                it.row.empreinte.clone(),
                it.row.nature,
                it.row.source.clone(),
                it.row.a_blanc,
                it.private.nom.clone(),
            )
        };
        // A day that is not told is today: another day is then the same request, sent again.
        let same_day = deposit.received_on.is_none_or(|it| it == known.row.recu_le);
        if said(&known) != said(&import) || !same_day {
            return Err(RequestError::KeyReused);
        }
        import = known;
    }
    if import.row.etat == ImportEtat::Recu {
        ask_to_read(world, &import).await?;
    }
    views::json(world, &import).await
}

/// Whether a file was received under this key. One that waits to be read is asked for again: whoever received it may have
/// died before they could.
pub async fn received<W: World>(world: &W, territory: Territory, key: &str) -> Result<bool, StepError> {
    let Some(import) = load(world, territory, id_of(world, territory, key).await?).await? else {
        return Ok(false);
    };
    if import.row.etat == ImportEtat::Recu {
        ask_to_read(world, &import).await?;
    }
    Ok(true)
}

/// The id of the import that an idempotency key makes.
async fn id_of<W: World>(world: &W, territory: Territory, key: &str) -> Result<Uuid, PortError> {
    let secret = keys::of_territory(world, territory).await?.derive("imports");
    let name = digest_hex(&secret, &[b"import", key.as_bytes()]);
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("spie/{territory}/imports").as_bytes());
    Ok(Uuid::new_v5(&space, name.as_bytes()))
}

/// Asks for a file to be read.
pub(super) async fn ask_to_read<W: World>(world: &W, import: &Import) -> Result<(), PortError> {
    let envelope = Envelope::import(import.territory, import.row.id, import.row.le, &import.row.par);
    world.queues().send(QueueName::Imports, &[envelope]).await
}

/// Seals the blocks of a file as they come.
async fn keep<W, S>(world: &W, import: &mut Import, mut body: S) -> Result<(), RequestError>
where
    W: World,
    S: Stream<Item = Result<Vec<u8>, PortError>> + Send + Unpin,
{
    let (mut whole, mut block) = (Sha256::new(), Vec::with_capacity(BLOCK));
    while let Some(bytes) = body.next().await {
        let bytes = bytes?;
        import.row.octets += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if import.row.octets > MOST_BYTES {
            let detail = "Le fichier dépasse 4 Go : demandez-le en plusieurs parties.";
            return Err(RequestError::Invalid(Rejected::one("/fichier", "trop_long", detail)));
        }
        whole.update(&bytes);
        for piece in bytes.chunks(BLOCK) {
            block.extend_from_slice(piece);
            if block.len() >= BLOCK {
                let rest = block.split_off(BLOCK);
                put_block(world, import, &block).await?;
                block = rest;
            }
        }
    }
    if !block.is_empty() {
        put_block(world, import, &block).await?;
    }
    if import.row.octets == 0 {
        let detail = "Le fichier est vide : vérifiez qu’il a été enregistré, puis renvoyez-le.";
        return Err(RequestError::Invalid(Rejected::one("/fichier", "vide", detail)));
    }
    import.row.empreinte = hexadecimal(&whole.finalize());
    Ok(())
}

/// A block's name tells what is in it: two files under one key never mix.
async fn put_block<W: World>(world: &W, import: &mut Import, block: &[u8]) -> Result<(), PortError> {
    let name = hexadecimal(&Sha256::digest(block))[..16].to_owned();
    import.put(world, &block_name(import.row.blocs.len(), &name), block).await?;
    import.row.blocs.push(name);
    Ok(())
}

pub(super) fn block_name(index: usize, name: &str) -> String {
    format!("fichier/{index:05}-{name}")
}
