//! A source tells of somebody who is known: what it says is kept beside what the others said, and what is believed of all
//! of it is written.

use chrono::{DateTime, Utc};
use contracts::rows::{Corrupt, SideRow};
use contracts::told::{DitsV1, Statement};
use domain::sources::Source;

use crate::doors::Doors;
use crate::ports::{Rows, Table, When};
use crate::recognition::{self, Known, Person};
use crate::step::{self, StepError};
use crate::world::World;

/// What a source tells.
pub(crate) struct Telling {
    /// Who tells it.
    pub(crate) source: Source,
    /// As of when.
    pub(crate) as_of: DateTime<Utc>,
    /// What.
    pub(crate) statement: Statement,
    /// Doors to open besides those that the values open.
    pub(crate) doors: Doors,
    /// Nothing is written.
    pub(crate) dry: bool,
}

impl Telling {
    /// Completes the values; says what is believed of the person now, and whether anything of it changed. Told again, it
    /// writes nothing; where somebody died halfway, it ends what they began.
    pub(crate) async fn complete<W: World>(
        &self,
        world: &W,
        known: &Known,
    ) -> Result<(Person, bool), StepError> {
        let hear = |dits: &mut DitsV1| dits.hear(self.source, self.as_of, &self.statement);
        let rewriting =
            Rewriting { change: &hear, open: &self.doors, close: &Doors::default(), dry: self.dry };
        rewriting.write(world, known).await
    }
}

/// What the sources have told of somebody is written anew, and the doors follow.
pub(crate) struct Rewriting<'a> {
    /// What becomes of what they told.
    pub(crate) change: &'a (dyn Fn(&mut DitsV1) + Send + Sync),
    /// Doors to open besides those that the values open.
    pub(crate) open: &'a Doors,
    /// Doors to close, but for those that the values still open.
    pub(crate) close: &'a Doors,
    /// Nothing is written.
    pub(crate) dry: bool,
}

impl Rewriting<'_> {
    /// Writes it; says what is believed of the person now, and whether anything of it changed.
    pub(crate) async fn write<W: World>(
        &self,
        world: &W,
        known: &Known,
    ) -> Result<(Person, bool), StepError> {
        let mut person = known.person.clone();
        for _ in 0..step::ATTEMPTS {
            let mut dits = person.dits.clone();
            (self.change)(&mut dits);
            let next = Person::believed(person.row.clone(), dits)?;
            let changed = differs(&person, &next);
            if self.dry || self.replace(world, known, &person, &next).await? {
                return Ok((next, changed));
            }
            let row = world.store().get(Table::Personnes, &known.key.pk(), "-").await?;
            let row = row.ok_or(StepError::Erased)?;
            person = Person::open(&known.vault, row, &known.dossier)?.ok_or(StepError::Erased)?;
        }
        Err(StepError::Contended)
    }

    /// Writes the values, opens the doors of what is new in them and closes those that are to go. `false` when somebody
    /// wrote in between.
    async fn replace<W: World>(
        &self,
        world: &W,
        known: &Known,
        before: &Person,
        next: &Person,
    ) -> Result<bool, StepError> {
        let listed = Doors::listed(&before.row);
        let opened = Doors::of(world, known.key.territory, &next.bearings().values()).await?.and(self.open);
        let closed = self.close.without(&opened);
        let doors = listed.and(&opened).without(&closed);
        let pending = doors.without(&listed).and(&Doors::pending(&before.row)).without(&closed);
        if next.dits == before.dits && pending.is_empty() && doors == listed {
            return Ok(true);
        }
        let mut row = before.row.clone();
        row.attributes.extend(next.sealed(world, &known.vault)?);
        row.attributes.extend([doors.list()]);
        // Listed first: a door that is open and not listed would never be closed. And noted as still to be opened: one
        // that stayed shut would let a second dossier be opened for the same person.
        pending.note_pending(&mut row);
        // Closed before they are no longer listed, for the same reason.
        closed.remove(world, known.key).await?;
        if !put(world, &before.row, &mut row).await? {
            return Ok(false);
        }
        if !pending.is_empty() {
            pending.open(world, known.key).await?;
            let there = row.clone();
            Doors::default().note_pending(&mut row);
            // Where somebody wrote since, their row says it still, and whoever comes next opens them again.
            put(world, &there, &mut row).await?;
        }
        Ok(true)
    }
}

/// Whether a reader would see a difference.
fn differs(one: &Person, other: &Person) -> bool {
    (&one.identite, &one.contacts, &one.numeros, &one.foyer)
        != (&other.identite, &other.contacts, &other.numeros, &other.foyer)
}

/// Puts a person's row in the place of the one that was read, under the next revision.
async fn put<W: World>(world: &W, before: &SideRow, row: &mut SideRow) -> Result<bool, StepError> {
    let rev = before.attributes.get(recognition::REVISION).and_then(|it| it.as_str());
    let (Some(rev), Some(count)) = (rev, rev.and_then(|it| it.parse::<u64>().ok())) else {
        return Err(StepError::Corrupt(Corrupt(recognition::REVISION)));
    };
    row.attributes.insert(recognition::REVISION.to_owned(), (count + 1).to_string().into());
    let when = When::Is { attribute: recognition::REVISION, value: rev.to_owned() };
    Ok(world.store().put(Table::Personnes, row.clone(), when).await?)
}
