//! Dossiers that a file opens: each with all its rows in one transaction, many in one request.

use std::collections::{BTreeMap, BTreeSet};

use contracts::api::SourceCode;
use contracts::imports::RemarqueV1;
use contracts::rows::{DossierRow, LedgerRow, SideRow};
use contracts::sealed::ReponsesV1;
use contracts::told::DitsV1;
use domain::clock;
use domain::commune::CodeInsee;
use domain::dossier::{Channel, Wishes};
use domain::intake::{self, Application, RightStated};

use super::adult::Somebody;
use super::store::Import;
use super::taking_over::TakeOver;
use crate::answers;
use crate::doors::{Doors, Held, Sight};
use crate::keys;
use crate::outbox::{Parcel, deliver_all};
use crate::ports::{Clock, DossierKey, Dossiers, Opening, PortError, Table};
use crate::recognition::{Person, REVISION};
use crate::requests::follow_up_code;
use crate::step::{self, StepError, left_to_the_relay};
use crate::vault::{self, Vault};
use crate::world::World;

/// Somebody for whom a dossier is to be opened.
pub(super) struct ToOpen<'a> {
    pub(super) somebody: &'a Somebody,
    pub(super) right: RightStated,
    pub(super) commune: CodeInsee,
    pub(super) doors: &'a Doors,
    /// What is told of them though their dossier is opened.
    pub(super) note: Option<RemarqueV1>,
    /// The accompaniment that is written in their dossier next.
    pub(super) take_over: Option<TakeOver>,
}

/// People whose dossiers are opened together.
pub(super) struct Group<'a> {
    people: Vec<(usize, ToOpen<'a>)>,
    openings: Vec<Opening>,
    keys: BTreeSet<(Table, String, String)>,
}

impl<'a> Group<'a> {
    fn new() -> Self {
        Self { people: Vec::new(), openings: Vec::new(), keys: BTreeSet::new() }
    }

    /// Opens them all; `false` when something was there already, and nothing was written.
    pub(super) async fn open<W: World>(&self, world: &W) -> Result<bool, PortError> {
        world.store().open(&self.openings).await
    }

    /// Sends what they send. What cannot leave now leaves with the relay.
    pub(super) async fn send<W: World>(&self, world: &W) {
        let parcel = |it: &Opening| Some(Parcel::all(DossierKey::parse(&it.row.pk)?, &it.row));
        let parcels = self.openings.iter().filter_map(parcel).collect();
        for error in deliver_all(world, parcels).await.into_iter().filter_map(Result::err) {
            left_to_the_relay(&error);
        }
    }

    /// The people, each with where they are in the part.
    pub(super) fn into_people(self) -> Vec<(usize, ToOpen<'a>)> {
        self.people
    }

    /// Whether one more fits: not too many items, none of them twice.
    fn takes(&self, opening: &Opening) -> bool {
        let items: usize = self.openings.iter().map(Opening::items).sum();
        items + opening.items() <= Opening::MOST && names(opening).all(|it| !self.keys.contains(&it))
    }

    fn add(&mut self, person: (usize, ToOpen<'a>), opening: Opening) {
        self.keys.extend(names(&opening));
        self.people.push(person);
        self.openings.push(opening);
    }
}

fn names(opening: &Opening) -> impl Iterator<Item = (Table, String, String)> {
    opening.sides.iter().map(|(table, row)| (*table, row.pk.clone(), row.sk.clone()))
}

/// The people, in groups that one transaction each can open.
pub(super) async fn groups<'a, W: World>(
    world: &W,
    import: &Import,
    all: Vec<(usize, ToOpen<'a>)>,
) -> Result<Vec<Group<'a>>, StepError> {
    let mut groups = Vec::new();
    let mut group = Group::new();
    for (at, to_open) in all {
        let key = DossierKey { territory: import.territory, dossier: to_open.somebody.id };
        let (row, mut sides) = rows(world, import, key, &to_open).await?;
        let doors = all_doors(world, key, &to_open).await?;
        sides.extend(doors.rows(key));
        let opening = Opening { row, sides };
        if !group.takes(&opening) {
            groups.push(std::mem::replace(&mut group, Group::new()));
        }
        group.add((at, to_open), opening);
    }
    groups.push(group);
    groups.retain(|it| !it.openings.is_empty());
    Ok(groups)
}

/// Opens one whose doors may already lead to others: of two files that saw the same there, one opens and the other looks
/// again. `false` when nothing was written.
pub(super) async fn open_among_others<W: World>(
    world: &W,
    import: &Import,
    to_open: &ToOpen<'_>,
    sight: &Sight,
) -> Result<bool, StepError> {
    let key = DossierKey { territory: import.territory, dossier: to_open.somebody.id };
    let (row, mut sides) = rows(world, import, key, to_open).await?;
    let Some(doors) = all_doors(world, key, to_open).await?.rows_among(world, key, sight).await? else {
        return Ok(false);
    };
    sides.extend(doors);
    if !world.store().open(&[Opening { row: row.clone(), sides }]).await? {
        return Ok(false);
    }
    step::send_all(world, key, &row).await;
    Ok(true)
}

async fn all_doors<W: World>(world: &W, key: DossierKey, to_open: &ToOpen<'_>) -> Result<Doors, PortError> {
    let code = follow_up_code(world, key).await?;
    Ok(to_open.doors.and(&Doors::of(world, key.territory, &[(Held::FollowUp, code)]).await?))
}

/// The dossier and the rows of its values, without the doors.
async fn rows<W: World>(
    world: &W,
    import: &Import,
    key: DossierKey,
    to_open: &ToOpen<'_>,
) -> Result<(DossierRow, Vec<(Table, SideRow)>), StepError> {
    let somebody = to_open.somebody;
    let (secret, key_row) = keys::draw(world, key).await?;
    let vault = Vault::with(key, secret);
    let as_of = import.row.a_jour_au.unwrap_or(import.row.le);
    let mut dits = DitsV1::default();
    dits.hear(somebody.source, as_of, &somebody.statement());
    let doors = all_doors(world, key, to_open).await?;
    let person = person_row(world, (key, &vault), dits, &doors)?;
    let mut sides = vec![(Table::Cles, key_row), (Table::Personnes, person)];
    sides.extend(answers_row(world, import, (key, &vault), somebody)?.map(|it| (Table::Reponses, it)));
    Ok((first_row(world, import, key, to_open), sides))
}

/// The row of a person's values, as they are believed.
fn person_row<W: World>(
    world: &W,
    (key, vault): (DossierKey, &Vault),
    dits: DitsV1,
    doors: &Doors,
) -> Result<SideRow, StepError> {
    let bare = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        ("corps".to_owned(), "fichier".into()),
        (REVISION.to_owned(), "1".into()),
        doors.list(),
    ]);
    let person = Person::believed(vault::row(key, "-", bare), dits)?;
    let sealed = person.sealed(world, vault)?;
    let mut row = person.row;
    row.attributes.extend(sealed);
    Ok(row)
}

/// The row of what they answered; `None` when the file gives no answers.
pub(super) fn answers_row<W: World>(
    world: &W,
    import: &Import,
    (key, vault): (DossierKey, &Vault),
    somebody: &Somebody,
) -> Result<Option<SideRow>, PortError> {
    if somebody.answers.is_empty() {
        return Ok(None);
    }
    let le = import.row.a_jour_au.unwrap_or(import.row.le);
    let given = ReponsesV1 { source: SourceCode::Flux, le, reponses: somebody.answers.clone() };
    let mut row = answers::row(world, (key, vault), &answers::sk_at(le), &given, None)?;
    row.attributes.insert("ecrit_le".to_owned(), world.clock().now().to_rfc3339().into());
    Ok(Some(row))
}

fn first_row<W: World>(world: &W, import: &Import, key: DossierKey, to_open: &ToOpen<'_>) -> DossierRow {
    let now = world.clock().now();
    let application = Application {
        dossier: key.dossier,
        territory: key.territory,
        commune: to_open.commune,
        channel: Channel::Flow,
        right: to_open.right.clone(),
        needs: BTreeSet::new(),
        wishes: Wishes::default(),
    };
    let frame = import.frame(world);
    let open = if to_open.take_over.is_some() { intake::open_in_silence } else { intake::open };
    let mut decision = open(application, &frame, now);
    if let RightStated::Confirmed { .. } = to_open.right {
        decision.dossier.told = Some(import.row.a_jour_au.unwrap_or(import.row.le));
    }
    let mut ledger = LedgerRow::default();
    step::emit(&mut ledger, &decision.messages, &import.row.par, now);
    let due = clock::next_due(&decision.dossier, &world.reference().frame_of(&decision.dossier));
    DossierRow::of(&decision.dossier, 1, 1, ledger, due)
}
