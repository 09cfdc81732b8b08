//! The doors to a dossier: keyed digests of what people hold, each leading to one dossier and to nothing else.
//!
//! A digest is not undone, and a door does not say whose it is without the territory's key: the person's row lists the
//! doors, for the day when they are to be closed by whoever cannot open anything.

use std::collections::BTreeMap;

use contracts::rows::SideRow;
use domain::{DossierId, Territory};
use serde_json::Value;

use crate::keys;
use crate::ports::{DossierKey, PortError, Rows, Table, When};
use crate::seal::digest_hex;
use crate::world::World;

/// What opens a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Held {
    /// The code of the person's space.
    FollowUp,
    /// The number of the social security. One person may have two dossiers: each has a door of its own.
    Nir,
}

/// The doors of one dossier, by what opens them.
pub(crate) struct Doors(BTreeMap<Held, String>);

const LIST: &str = "portes";
const DOSSIER: &str = "dossier";

impl Held {
    const ALL: [Self; 2] = [Self::FollowUp, Self::Nir];

    const fn code(self) -> &'static str {
        match self {
            Self::FollowUp => "suivi",
            Self::Nir => "nir",
        }
    }

    fn pk(self, territory: Territory, digest: &str) -> String {
        format!("{territory}#{}#{digest}", self.code())
    }

    fn sk(self, dossier: DossierId) -> String {
        match self {
            Self::FollowUp => "-".to_owned(),
            Self::Nir => dossier.to_string(),
        }
    }

    async fn digest<W: World>(
        self,
        world: &W,
        territory: Territory,
        value: &str,
    ) -> Result<String, PortError> {
        let secret = keys::of_territory(world, territory).await?.derive("acces");
        Ok(digest_hex(&secret, &[self.code().as_bytes(), value.as_bytes()]))
    }
}

impl Doors {
    /// The doors that these values open.
    pub(crate) async fn of<W: World>(
        world: &W,
        territory: Territory,
        values: &[(Held, &str)],
    ) -> Result<Self, PortError> {
        let mut doors = BTreeMap::new();
        for (held, value) in values {
            doors.insert(*held, held.digest(world, territory, value).await?);
        }
        Ok(Self(doors))
    }

    /// The list, as the person's row keeps it: name and value of an attribute.
    pub(crate) fn list(&self) -> (String, Value) {
        let digests = self.0.iter().map(|(held, digest)| (held.code().to_owned(), digest.clone().into()));
        (LIST.to_owned(), Value::Object(digests.collect()))
    }

    /// The doors that a person's row lists.
    pub(crate) fn listed(row: &SideRow) -> Self {
        let digest = |held: Held| row.attributes.get(LIST)?.get(held.code())?.as_str();
        let listed = Held::ALL.into_iter().filter_map(|held| Some((held, digest(held)?.to_owned())));
        Self(listed.collect())
    }

    /// Opens every door on the dossier.
    pub(crate) async fn open<W: World>(&self, world: &W, key: DossierKey) -> Result<(), PortError> {
        for (held, digest) in &self.0 {
            let attributes = BTreeMap::from([
                ("v".to_owned(), 1.into()),
                (DOSSIER.to_owned(), key.dossier.to_string().into()),
            ]);
            let row = SideRow { pk: held.pk(key.territory, digest), sk: held.sk(key.dossier), attributes };
            world.store().put(Table::Acces, row, When::Absent).await?;
        }
        Ok(())
    }

    /// Removes every door to the dossier.
    pub(crate) async fn remove<W: World>(&self, world: &W, key: DossierKey) -> Result<(), PortError> {
        for (held, digest) in &self.0 {
            let (pk, sk) = (held.pk(key.territory, digest), held.sk(key.dossier));
            world.store().delete(Table::Acces, &pk, &sk).await?;
        }
        Ok(())
    }
}

/// A person's row of which nothing is left but what finds the rest: whose request wrote it, and the doors.
/// `None` when it holds nothing else already.
pub(crate) fn stripped(row: &SideRow) -> Option<SideRow> {
    let mut stripped = row.clone();
    stripped.attributes.retain(|name, _| ["v", "corps", LIST].contains(&name.as_str()));
    (stripped != *row).then_some(stripped)
}

/// The dossier that a follow-up code leads to.
pub(crate) async fn behind<W: World>(
    world: &W,
    territory: Territory,
    code: &str,
) -> Result<Option<DossierId>, PortError> {
    let held = Held::FollowUp;
    let pk = held.pk(territory, &held.digest(world, territory, code).await?);
    let row = world.store().get(Table::Acces, &pk, "-").await?;
    Ok(row.and_then(|row| row.attributes.get(DOSSIER)?.as_str()?.parse().ok()))
}
