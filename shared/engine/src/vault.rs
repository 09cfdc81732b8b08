//! A person's values, sealed field by field and opened again.

use std::collections::BTreeMap;

use contracts::rows::SideRow;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keys;
use crate::ports::{DossierKey, PortError, Rows, Table};
use crate::seal::{self, SecretKey};
use crate::world::World;

mod packed;

/// The sealed values of one dossier.
pub(crate) struct Vault {
    key: DossierKey,
    secret: SecretKey,
}

impl Vault {
    /// Opens the vault of a dossier; `None` when its key is gone.
    pub(crate) async fn of<W: World>(world: &W, key: DossierKey) -> Result<Option<Self>, PortError> {
        Ok(keys::of_dossier(world, key).await?.map(|secret| Self { key, secret }))
    }

    /// The vault of a dossier whose key was read.
    pub(crate) fn with(key: DossierKey, secret: SecretKey) -> Self {
        Self { key, secret }
    }

    /// Opens the vault of a dossier that is being made; `None` when it was made before, and erased or overtaken.
    pub(crate) async fn make<W: World>(world: &W, key: DossierKey) -> Result<Option<Self>, PortError> {
        Ok(keys::of_new_dossier(world, key).await?.map(|secret| Self { key, secret }))
    }

    /// Seals a value for one field of one row.
    pub(crate) fn seal<W: World>(
        &self,
        world: &W,
        table: Table,
        sk: &str,
        field: &str,
        value: &impl Serialize,
    ) -> Result<serde_json::Value, PortError> {
        let plain = packed::pack(serde_json::to_vec(value).map_err(|it| PortError::new("seal", it))?);
        seal::seal(&self.secret, &self.aad(table, sk, field), &plain, world.chance()).map(Into::into)
    }

    /// Opens one field of a row; `None` when the row does not have it.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        table: Table,
        row: &SideRow,
        field: &str,
    ) -> Result<Option<T>, PortError> {
        let Some(sealed) = row.attributes.get(field).and_then(|it| it.as_str()) else { return Ok(None) };
        let plain = seal::open(&self.secret, &self.aad(table, &row.sk, field), sealed)
            .map_err(|it| PortError::new("open a sealed value", it))?;
        let plain = packed::unpack(plain).map_err(|it| PortError::new("open a sealed value", it))?;
        // The cause is not kept: it could quote the value.
        let value = serde_json::from_slice(&plain)
            .map_err(|_| PortError::new("open a sealed value", "the value is not of the expected shape"))?;
        Ok(Some(value))
    }

    /// Reads one row and opens one field of it.
    pub(crate) async fn read<W: World, T: DeserializeOwned>(
        &self,
        world: &W,
        table: Table,
        sk: &str,
        field: &str,
    ) -> Result<Option<T>, PortError> {
        match world.store().get(table, &self.key.pk(), sk).await? {
            Some(row) => self.open(table, &row, field),
            None => Ok(None),
        }
    }

    fn aad(&self, table: Table, sk: &str, field: &str) -> String {
        format!("{}|{}|{sk}|{field}", table.name(), self.key.pk())
    }
}

/// A row of a dossier in a side table.
pub(crate) fn row(key: DossierKey, sk: &str, attributes: BTreeMap<String, serde_json::Value>) -> SideRow {
    SideRow { pk: key.pk(), sk: sk.to_owned(), attributes }
}
