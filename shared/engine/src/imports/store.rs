//! The row of an import, the documents that belong to it, and how both are sealed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use contracts::rows::{ImportRow, PriveV1, SideRow};
use domain::Territory;
use domain::frame::Frame;
use domain::local_frame::Local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::frames;
use crate::keys;
use crate::ports::{Documents, PortError, Rows, Table, When};
use crate::seal::{self, SecretKey};
use crate::step::StepError;
use crate::world::World;

/// An import as it was read.
#[derive(Clone, Debug)]
pub struct Import {
    /// The département that received the file.
    pub territory: Territory,
    /// Its row.
    pub row: ImportRow,
    /// What of it is sealed.
    pub private: PriveV1,
    /// The targets of the territory for rights received on the day of the file, once they were read.
    pub(super) targets: Option<Local>,
    rev: u64,
}

const REV: &str = "rev";
const ROW: &str = "import";
const READ: &str = "read an import";

/// The sort key of an import.
pub(super) fn sk(id: Uuid) -> String {
    format!("{PREFIX}{id}")
}

/// Before the id of an import in its sort key.
const PREFIX: &str = "import#";

impl Import {
    /// An import that is being received.
    pub(super) fn new(territory: Territory, row: ImportRow, private: PriveV1) -> Self {
        Self { territory, row, private, targets: None, rev: 0 }
    }

    /// The same under another name, to read documents that are kept there.
    pub(super) fn as_if(&self, id: Uuid) -> Self {
        let mut other = self.clone();
        other.row.id = id;
        other
    }

    /// The name of one of its documents.
    pub(super) fn document(&self, what: &str) -> String {
        format!("imports/{}/{}/{what}", self.territory, self.row.id)
    }

    /// The partition of its parts.
    pub(super) fn parts_pk(&self) -> String {
        format!("{}#{}", self.territory, self.row.id)
    }

    /// Reads an import's row, and leaves sealed what is.
    pub(super) fn unopened(territory: Territory, row: &SideRow) -> Result<Self, PortError> {
        let unreadable = || PortError::new(READ, "the row is not an import");
        let json = row.attributes.get(ROW).cloned().ok_or_else(unreadable)?;
        let import: ImportRow = serde_json::from_value(json).map_err(|it| PortError::new(READ, it))?;
        let rev = row.attributes.get(REV).and_then(|it| it.as_str()?.parse().ok()).ok_or_else(unreadable)?;
        Ok(Self { territory, row: import, private: PriveV1::default(), targets: None, rev })
    }

    /// The frame of the rights that the file brings in.
    pub(super) fn frame<'a, W: World>(&self, world: &'a W) -> Cow<'a, Frame> {
        frames::with(world.reference().frame_on(self.row.recu_le), self.targets.as_ref())
    }

    /// Reads an import's row, and opens what is sealed.
    pub(super) async fn of<W: World>(
        world: &W,
        territory: Territory,
        row: &SideRow,
    ) -> Result<Self, StepError> {
        let mut import = Self::unopened(territory, row)?;
        let secret = secret(world, territory).await?;
        import.private = open(&secret, &aad(territory, import.row.id), &import.row.prive)?;
        Ok(import)
    }

    /// Writes it, if nobody has since it was read. `false` otherwise, and for a new one when it is there.
    pub(super) async fn save<W: World>(&mut self, world: &W) -> Result<bool, PortError> {
        let secret = secret(world, self.territory).await?;
        let id = self.row.id;
        self.row.prive = close(world, &secret, &aad(self.territory, id), &self.private)?;
        self.save_unopened(world).await
    }

    /// The same, of one that was not opened: what is sealed stays as it was read.
    pub(super) async fn save_unopened<W: World>(&mut self, world: &W) -> Result<bool, PortError> {
        let id = self.row.id;
        let json = serde_json::to_value(&self.row).map_err(|it| PortError::new("write an import", it))?;
        let next = self.rev + 1;
        let attributes = BTreeMap::from([(ROW.to_owned(), json), (REV.to_owned(), next.to_string().into())]);
        let row = SideRow { pk: self.territory.as_str().to_owned(), sk: sk(id), attributes };
        let when = match self.rev {
            0 => When::Absent,
            rev => When::Is { attribute: REV, value: rev.to_string() },
        };
        let written = world.store().put(Table::Imports, row, when).await?;
        if written {
            self.rev = next;
        }
        Ok(written)
    }

    /// Stores a document of it, sealed. One that is there stays: the same bytes were sealed.
    pub(super) async fn put<W: World>(&self, world: &W, what: &str, bytes: &[u8]) -> Result<(), PortError> {
        let name = self.document(what);
        let sealed = seal::seal(&secret(world, self.territory).await?, &name, bytes, world.chance())?;
        world.documents().put_once(&name, "application/octet-stream", sealed.as_bytes()).await?;
        Ok(())
    }

    /// Reads a document of it.
    pub(super) async fn get<W: World>(&self, world: &W, what: &str) -> Result<Option<Vec<u8>>, PortError> {
        let name = self.document(what);
        let Some(sealed) = world.documents().get(&name).await? else { return Ok(None) };
        let sealed = std::str::from_utf8(&sealed).map_err(|it| PortError::new(READ, it))?;
        let secret = secret(world, self.territory).await?;
        Ok(Some(seal::open(&secret, &name, sealed).map_err(|it| PortError::new(READ, it))?))
    }

    /// Deletes a document of it.
    pub(super) async fn delete<W: World>(&self, world: &W, what: &str) -> Result<(), PortError> {
        world.documents().delete(&self.document(what)).await
    }
}

/// The row of every import of a territory.
pub(super) async fn rows<W: World>(world: &W, territory: Territory) -> Result<Vec<SideRow>, PortError> {
    world.store().query_all(Table::Imports, territory.as_str(), PREFIX).await
}

/// Reads an import; `None` when there is none by this name.
pub async fn load<W: World>(world: &W, territory: Territory, id: Uuid) -> Result<Option<Import>, StepError> {
    match world.store().get(Table::Imports, territory.as_str(), &sk(id)).await? {
        Some(row) => Ok(Some(Import::of(world, territory, &row).await?)),
        None => Ok(None),
    }
}

/// The key under which the files of a territory are sealed.
async fn secret<W: World>(world: &W, territory: Territory) -> Result<SecretKey, PortError> {
    Ok(keys::of_territory(world, territory).await?.derive("imports"))
}

/// Makes sure that the files of a territory can be sealed.
pub async fn ready<W: World>(world: &W, territory: Territory) -> Result<(), PortError> {
    secret(world, territory).await.map(drop)
}

fn aad(territory: Territory, id: Uuid) -> String {
    format!("imports|{territory}|{id}|prive")
}

fn close<W: World>(
    world: &W,
    secret: &SecretKey,
    aad: &str,
    value: &impl Serialize,
) -> Result<String, PortError> {
    let json = serde_json::to_vec(value).map_err(|it| PortError::new("seal", it))?;
    seal::seal(secret, aad, &json, world.chance())
}

fn open<T: DeserializeOwned>(secret: &SecretKey, aad: &str, sealed: &str) -> Result<T, PortError> {
    let json = seal::open(secret, aad, sealed).map_err(|it| PortError::new(READ, it))?;
    // The cause is not kept: it could quote the value.
    serde_json::from_slice(&json).map_err(|_| PortError::new(READ, "what is sealed has another shape"))
}
