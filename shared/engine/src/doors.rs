//! The doors to a dossier: keyed digests of what people hold, each leading to dossiers and to nothing else.
//!
//! A digest is not undone, and a door does not say whose it is without the territory's key: the person's row lists the
//! doors, for the day when they are to be closed by whoever cannot open anything.
//!
//! The first dossier behind a door lies in the row `-`, so that many doors are looked behind in one request. Those that
//! come after have a row each, under their own name, and the first row says that there are others. Whoever opens a dossier
//! among others takes a turn there, and one turn only is taken from one sight (see [`crate::rivals`]).

use std::collections::{BTreeMap, BTreeSet};

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
    /// The number of the social security.
    Nir,
    /// The identifier in the département's own software.
    InternalId,
    /// The number at the CAF or the MSA, with the role in the household.
    CafNumberAndRole,
    /// A last name, the first name and the birth date. Whoever has two last names has two of these.
    NameAndBirth,
    /// The name of an application that joined the dossier: asked again, it finds where it went.
    Application,
    /// The code given for an application that joined a dossier whose own code somebody else may hold.
    Joined,
}

/// The doors of one dossier, or of somebody who is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Doors(BTreeSet<(Held, String)>);

const LIST: &str = "portes";
const PENDING: &str = "portes_a_ouvrir";
const DOSSIER: &str = "dossier";
const OTHERS: &str = "autres";
/// The dossier again, as long as nobody else stands behind the door: a deletion asks for it.
const ALONE: &str = "seul";
const FIRST: &str = "-";
/// Begins the sort key of a turn.
const TURN: &str = "+";

/// Who stood behind some doors, each at an instant of its own.
#[derive(Clone, Debug)]
pub(crate) struct Sight(BTreeMap<String, Vec<SideRow>>);

impl Held {
    const ALL: [Self; 7] = [
        Self::FollowUp,
        Self::Nir,
        Self::InternalId,
        Self::CafNumberAndRole,
        Self::NameAndBirth,
        Self::Application,
        Self::Joined,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::FollowUp => "suivi",
            Self::Nir => "nir",
            Self::InternalId => "identifiant",
            Self::CafNumberAndRole => "allocataire",
            Self::NameAndBirth => "nom",
            Self::Application => "demande",
            Self::Joined => "suivi_joint",
        }
    }

    fn pk(self, territory: Territory, digest: &str) -> String {
        format!("{territory}#{}#{digest}", self.code())
    }
}

impl Doors {
    /// The doors that these values open.
    pub(crate) async fn of<W: World>(
        world: &W,
        territory: Territory,
        values: &[(Held, String)],
    ) -> Result<Self, PortError> {
        let secret = keys::of_territory(world, territory).await?.derive("acces");
        let digest =
            |held: Held, value: &str| digest_hex(&secret, &[held.code().as_bytes(), value.as_bytes()]);
        Ok(Self(values.iter().map(|(held, value)| (*held, digest(*held, value))).collect()))
    }

    /// The list, as the person's row keeps it: name and value of an attribute.
    pub(crate) fn list(&self) -> (String, Value) {
        (LIST.to_owned(), self.value())
    }

    /// The doors of a person's row that are listed and may not be open yet.
    pub(crate) fn pending(row: &SideRow) -> Self {
        Self::read(row, PENDING)
    }

    /// Notes in a person's row that these are to be opened, until a later write says that they are.
    pub(crate) fn note_pending(&self, row: &mut SideRow) {
        if self.0.is_empty() {
            row.attributes.remove(PENDING);
        } else {
            row.attributes.insert(PENDING.to_owned(), self.value());
        }
    }

    /// Those that values open, not the codes that people were given.
    #[must_use]
    pub(crate) fn of_values(&self) -> Self {
        let of_value = |held: &Held| match held {
            Held::Nir | Held::InternalId | Held::CafNumberAndRole | Held::NameAndBirth => true,
            Held::FollowUp | Held::Application | Held::Joined => false,
        };
        Self(self.0.iter().filter(|(held, _)| of_value(held)).cloned().collect())
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn value(&self) -> Value {
        let mut list: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (held, digest) in &self.0 {
            list.entry(held.code()).or_default().push(digest.clone().into());
        }
        let list = list.into_iter().map(|(held, digests)| (held.to_owned(), Value::Array(digests)));
        Value::Object(list.collect())
    }

    /// The doors that a person's row lists.
    pub(crate) fn listed(row: &SideRow) -> Self {
        Self::read(row, LIST)
    }

    fn read(row: &SideRow, attribute: &str) -> Self {
        let mut listed = BTreeSet::new();
        for held in Held::ALL {
            let digests = row.attributes.get(attribute).and_then(|it| it.get(held.code()));
            for digest in digests.and_then(Value::as_array).into_iter().flatten() {
                listed.extend(digest.as_str().map(|it| (held, it.to_owned())));
            }
        }
        Self(listed)
    }

    /// These and those.
    #[must_use]
    pub(crate) fn and(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).cloned().collect())
    }

    /// These without those.
    #[must_use]
    pub(crate) fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).cloned().collect())
    }

    /// Opens every door on the dossier; `false` when one of them was there already, whoever it leads to.
    pub(crate) async fn open<W: World>(&self, world: &W, key: DossierKey) -> Result<bool, PortError> {
        let mut all_new = true;
        for (held, digest) in &self.0 {
            all_new &= open(world, held.pk(key.territory, digest), key.dossier).await?;
        }
        Ok(all_new)
    }

    /// The rows of doors behind which nobody is known to be yet.
    pub(crate) fn rows(&self, key: DossierKey) -> Vec<(Table, SideRow)> {
        let first =
            |(held, digest): &(Held, String)| row(held.pk(key.territory, digest), FIRST, Some(key.dossier));
        self.0.iter().map(|door| (Table::Acces, first(door))).collect()
    }

    /// Sees who stands behind each door now.
    pub(crate) async fn sight<W: World>(&self, world: &W, territory: Territory) -> Result<Sight, PortError> {
        let mut seen = BTreeMap::new();
        for (held, digest) in &self.0 {
            let pk = held.pk(territory, digest);
            let rows = world.store().query_all(Table::Acces, &pk, "").await?;
            seen.insert(pk, rows);
        }
        Ok(Sight(seen))
    }

    /// The rows of these doors, behind which others may stand, for a dossier that is opened because of what was seen. They
    /// can be written once only from one sight. `None` when a first row is no more as it was seen.
    pub(crate) async fn rows_among<W: World>(
        &self,
        world: &W,
        key: DossierKey,
        sight: &Sight,
    ) -> Result<Option<Vec<(Table, SideRow)>>, PortError> {
        let mut rows = Vec::new();
        for (held, digest) in &self.0 {
            let pk = held.pk(key.territory, digest);
            let seen = sight.0.get(&pk).map_or(&[][..], Vec::as_slice);
            let Some(first) = seen.iter().find(|it| it.sk == FIRST) else {
                rows.push((Table::Acces, row(pk, FIRST, Some(key.dossier))));
                continue;
            };
            if !share(world, first).await? {
                return Ok(None);
            }
            rows.push((Table::Acces, turn(&pk, seen)));
            rows.push((Table::Acces, row(pk, &key.dossier.to_string(), Some(key.dossier))));
        }
        Ok(Some(rows))
    }

    /// Removes every door to the dossier.
    pub(crate) async fn remove<W: World>(&self, world: &W, key: DossierKey) -> Result<(), PortError> {
        for (held, digest) in &self.0 {
            remove(world, held.pk(key.territory, digest), key.dossier).await?;
        }
        Ok(())
    }

    /// The dossiers behind each door, by what opens it.
    pub(crate) fn found(
        &self,
        territory: Territory,
        behind: &BTreeMap<String, BTreeSet<DossierId>>,
    ) -> BTreeMap<Held, BTreeSet<DossierId>> {
        let mut found: BTreeMap<Held, BTreeSet<DossierId>> = BTreeMap::new();
        for (held, digest) in &self.0 {
            let ids = behind.get(&held.pk(territory, digest)).into_iter().flatten();
            found.entry(*held).or_default().extend(ids);
        }
        found
    }
}

impl Sight {
    /// The dossiers behind any of the doors, of which some may not be there yet.
    pub(crate) fn dossiers(&self) -> BTreeSet<DossierId> {
        self.0.values().flatten().filter_map(dossier_of).collect()
    }

    /// Takes the next turn at each door where somebody else came first; `false` when another has since what was seen. Where
    /// the dossier itself stands first, whoever looked before it cannot stand there too.
    pub(crate) async fn take_turns<W: World>(&self, world: &W, own: DossierId) -> Result<bool, PortError> {
        let is_first = |it: &SideRow| it.sk == FIRST && dossier_of(it) == Some(own);
        for (pk, seen) in self.0.iter().filter(|it| !it.1.iter().any(is_first)) {
            if !world.store().put(Table::Acces, turn(pk, seen), When::Absent).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What is behind the doors of many people, looked at in as few requests as there can be. A door behind which nobody is
/// has no entry; a dossier may be one that was never opened in the end.
pub(crate) async fn behind_all<W: World>(
    world: &W,
    territory: Territory,
    doors: impl Iterator<Item = &Doors>,
) -> Result<BTreeMap<String, BTreeSet<DossierId>>, PortError> {
    let all: BTreeSet<String> =
        doors.flat_map(|it| &it.0).map(|(held, digest)| held.pk(territory, digest)).collect();
    let keys: Vec<(String, String)> = all.into_iter().map(|pk| (pk, FIRST.to_owned())).collect();
    let mut behind: BTreeMap<String, BTreeSet<DossierId>> = BTreeMap::new();
    for first in world.store().get_many(Table::Acces, &keys).await? {
        let rows = if has_others(&first) {
            world.store().query_all(Table::Acces, &first.pk, "").await?
        } else {
            vec![first.clone()]
        };
        behind.entry(first.pk).or_default().extend(rows.iter().filter_map(dossier_of));
    }
    Ok(behind)
}

/// A person's row of which nothing is left but what finds the rest: whose request wrote it, and the doors.
/// `None` when it holds nothing else already.
pub(crate) fn stripped(row: &SideRow) -> Option<SideRow> {
    let mut stripped = row.clone();
    stripped.attributes.retain(|name, _| ["v", "corps", LIST].contains(&name.as_str()));
    (stripped != *row).then_some(stripped)
}

/// The dossier that a follow-up code leads to, and whether the code is one that an application was given when it joined.
pub(crate) async fn behind_code<W: World>(
    world: &W,
    territory: Territory,
    code: &str,
) -> Result<Option<(DossierId, bool)>, PortError> {
    let held = [(Held::FollowUp, code.to_owned()), (Held::Joined, code.to_owned())];
    let doors = Doors::of(world, territory, &held).await?;
    let behind = behind_all(world, territory, std::iter::once(&doors)).await?;
    let found = doors.found(territory, &behind);
    let first = |held: Held| found.get(&held).and_then(BTreeSet::first).copied();
    let own = first(Held::FollowUp).map(|it| (it, false));
    Ok(own.or_else(|| first(Held::Joined).map(|it| (it, true))))
}

/// Opens one door on a dossier: the first row is its own, or it stands among the others. `false` when a first row was
/// there.
async fn open<W: World>(world: &W, pk: String, dossier: DossierId) -> Result<bool, PortError> {
    loop {
        if world.store().put(Table::Acces, row(pk.clone(), FIRST, Some(dossier)), When::Absent).await? {
            return Ok(true);
        }
        let Some(first) = world.store().get(Table::Acces, &pk, FIRST).await? else { continue };
        let theirs = dossier_of(&first);
        if theirs == Some(dossier) {
            return Ok(false);
        }
        world
            .store()
            .put(Table::Acces, row(pk.clone(), &dossier.to_string(), Some(dossier)), When::Absent)
            .await?;
        if share(world, &first).await? {
            return Ok(false);
        }
    }
}

/// Says in the first row of a door that there are others; `false` when that row has changed since it was read.
async fn share<W: World>(world: &W, first: &SideRow) -> Result<bool, PortError> {
    let Some(theirs) = dossier_of(first).filter(|_| !has_others(first)) else { return Ok(true) };
    let mut shared = first.clone();
    shared.attributes.insert(OTHERS.to_owned(), true.into());
    shared.attributes.remove(ALONE);
    world.store().put(Table::Acces, shared, is(theirs)).await
}

/// The row that whoever opens next among those seen writes, and nobody else can: turns are numbered, and never removed.
fn turn(pk: &str, seen: &[SideRow]) -> SideRow {
    let taken = seen.iter().filter_map(|it| it.sk.strip_prefix(TURN)?.parse::<u32>().ok()).max().unwrap_or(0);
    let attributes = BTreeMap::from([("v".to_owned(), 1.into())]);
    SideRow { pk: pk.to_owned(), sk: format!("{TURN}{}", taken + 1), attributes }
}

/// Closes one door to a dossier. Where there are others, the first row stays, and names nobody.
async fn remove<W: World>(world: &W, pk: String, dossier: DossierId) -> Result<(), PortError> {
    world.store().delete(Table::Acces, &pk, &dossier.to_string()).await?;
    let Some(first) = world.store().get(Table::Acces, &pk, FIRST).await? else { return Ok(()) };
    if dossier_of(&first) != Some(dossier) {
        return Ok(());
    }
    let alone = When::Is { attribute: ALONE, value: dossier.to_string() };
    if !world.store().delete_when(Table::Acces, &pk, FIRST, alone).await? {
        // Others stand behind it, perhaps for an instant only: they are found from this row.
        world.store().put(Table::Acces, row(pk, FIRST, None), is(dossier)).await?;
    }
    Ok(())
}

/// The row of a door; without a dossier, it only says that there are others.
fn row(pk: String, sk: &str, dossier: Option<DossierId>) -> SideRow {
    let mut attributes = BTreeMap::from([("v".to_owned(), 1.into())]);
    match dossier {
        Some(dossier) => attributes.insert(DOSSIER.to_owned(), dossier.to_string().into()),
        None => attributes.insert(OTHERS.to_owned(), true.into()),
    };
    if let (Some(dossier), FIRST) = (dossier, sk) {
        attributes.insert(ALONE.to_owned(), dossier.to_string().into());
    }
    SideRow { pk, sk: sk.to_owned(), attributes }
}

fn is(dossier: DossierId) -> When {
    When::Is { attribute: DOSSIER, value: dossier.to_string() }
}

fn dossier_of(row: &SideRow) -> Option<DossierId> {
    row.attributes.get(DOSSIER)?.as_str()?.parse().ok()
}

fn has_others(row: &SideRow) -> bool {
    row.attributes.contains_key(OTHERS)
}
