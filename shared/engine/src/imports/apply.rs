//! A part of a file is applied: its people are looked for together, then each is opened, completed or refused.

use std::collections::BTreeMap;

use contracts::api::{BilanJson, ImportEtat};
use contracts::imports::{LigneV1, RemarqueV1, Told, TrancheV1};
use domain::entrants::Hearing;
use domain::{DossierId, Territory};
use futures::future::join_all;
use uuid::Uuid;

use super::adult::{Admitted, Plan, Somebody, resemblance};
use super::opening::{self, ToOpen};
use super::reader::{LANES, PartResult, applied, is_applied, message, read_part, write_results};
use super::store::{Import, load};
use super::taking_over::{self, NotTaken, TakeOver};
use super::update;
use crate::doors::Doors;
use crate::frames;
use crate::ports::{DossierKey, Dossiers, PortError, QueueName, Queues};
use crate::recognition::{self, Found, Known};
use crate::rivals;
use crate::step::StepError;
use crate::world::World;

/// What became of a part.
#[derive(Clone, Debug)]
pub enum Applied {
    /// There is more to apply.
    More,
    /// Everything was applied: the import can be ended.
    All(Box<Import>),
    /// The import is over, or there is none by this name.
    Nothing,
}

/// How many people are completed at once.
const AT_ONCE: usize = 10;

/// Applies a part of an import and asks for the next one of its lane. Safe to call again: a part that was applied is not
/// applied again, and one that was applied in part ends as if it had been at once.
pub async fn apply_part<W: World>(
    world: &W,
    territory: Territory,
    id: Uuid,
    part: u32,
) -> Result<Applied, StepError> {
    let Some(mut import) = load(world, territory, id).await? else { return Ok(Applied::Nothing) };
    if import.row.etat != ImportEtat::EnCours || part == 0 || part > import.row.tranches {
        return Ok(Applied::Nothing);
    }
    if !is_applied(world, &import, part).await? {
        import.targets = frames::targets(world, territory, import.row.recu_le).await?;
        let lines = read_part(world, &import, part).await?;
        let (result, counts) = Part { world, import: &import, lines: &lines }.apply().await?;
        write_results(world, &import, part, (&result, counts)).await?;
    }
    let next = part + LANES;
    if next <= import.row.tranches {
        world.queues().send(QueueName::Imports, &[message(&import, next)]).await?;
        return Ok(Applied::More);
    }
    let (done, _) = applied(world, &import).await?;
    Ok(if done == import.row.tranches { Applied::All(Box::new(import)) } else { Applied::More })
}

/// What became of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// A dossier was opened, of which something may be told.
    Opened(Option<RemarqueV1>),
    /// Something changed.
    Changed,
    /// Nothing did.
    Same,
    /// They were refused.
    Refused(RemarqueV1),
}

/// A part that is being applied.
struct Part<'a, W> {
    world: &'a W,
    import: &'a Import,
    lines: &'a TrancheV1,
}

impl<W: World> Part<'_, W> {
    async fn apply(&self) -> Result<(PartResult, BilanJson), StepError> {
        let people = self.people()?;
        let fates = self.fates(&people).await?;
        Ok(self.tell(&people, &fates))
    }

    /// Everybody of whom the part speaks, each with the line.
    fn people(&self) -> Result<Vec<Somebody>, StepError> {
        let mut people = Vec::new();
        for line in &self.lines.lignes {
            for (index, somebody) in line.gens.iter().enumerate() {
                let told: Told = somebody.told()?;
                people.push(Somebody::new(self.import, (line.rang, index), told, somebody.reponses.clone()));
            }
        }
        Ok(people)
    }

    async fn fates(&self, people: &[Somebody]) -> Result<Vec<Fate>, StepError> {
        let territory = self.import.territory;
        let mut doors = Vec::with_capacity(people.len());
        for somebody in people {
            doors.push(Doors::of(self.world, territory, &somebody.bearings().values()).await?);
        }
        let (found, known) = recognition::look_for(self.world, territory, &doors).await?;
        let mut fates: Vec<Option<Fate>> = vec![None; people.len()];
        let (mut to_open, mut to_update) = (Vec::new(), Vec::new());
        for (at, (somebody, found)) in people.iter().zip(&found).enumerate() {
            match self.plan(somebody, found, &known) {
                Plan::Nothing => fates[at] = Some(Fate::Same),
                Plan::Refuse(why) => fates[at] = Some(Fate::Refused(why.told(self.world, territory).await?)),
                Plan::Open(admitted) => match self.to_open(somebody, admitted, &doors[at]).await? {
                    Ok(one) => to_open.push((at, one)),
                    Err(why) => fates[at] = Some(Fate::Refused(why.told())),
                },
                Plan::Update(dossier) => to_update.push((at, dossier)),
            }
        }
        if self.import.row.a_blanc {
            fates_of_a_dry_run(&mut fates, &to_open);
        } else {
            self.open(&mut fates, to_open).await?;
        }
        self.update(&mut fates, (people, &found, &to_update), &known).await?;
        Ok(fates.into_iter().map(|it| it.unwrap_or(Fate::Same)).collect())
    }

    fn plan(&self, somebody: &Somebody, found: &Found, known: &BTreeMap<DossierId, Known>) -> Plan {
        somebody.plan(self.import, &recognition::candidates(found, known))
    }

    async fn to_open<'b>(
        &self,
        somebody: &'b Somebody,
        admitted: Admitted,
        doors: &'b Doors,
    ) -> Result<Result<ToOpen<'b>, NotTaken>, StepError> {
        let Admitted { right, commune, resembles } = admitted;
        let territory = self.import.territory;
        let take_over = match TakeOver::of(self.import, &somebody.told)?.transpose() {
            Ok(take_over) => take_over,
            Err(why) => return Ok(Err(why)),
        };
        if let Some(take_over) = &take_over
            && let Err(why) = take_over.check(self.world, territory).await?
        {
            return Ok(Err(why));
        }
        let note = resemblance(self.world, territory, resembles).await?;
        Ok(Ok(ToOpen { somebody, right, commune, doors, note, take_over }))
    }

    /// Somebody whose dossier was just opened: what they already have is written in it.
    async fn opened(&self, to_open: ToOpen<'_>) -> Result<Fate, StepError> {
        let ToOpen { somebody, note, take_over, .. } = to_open;
        let Some(take_over) = take_over else { return Ok(Fate::Opened(note)) };
        let key = self.key_of(somebody);
        Ok(match take_over.apply(self.world, self.import, somebody, key).await? {
            Ok(_) => Fate::Opened(note),
            Err(why) => {
                taking_over::begin(self.world, self.import, somebody).await?;
                Fate::Refused(why.told())
            }
        })
    }

    /// The dossier that this line opens.
    fn key_of(&self, somebody: &Somebody) -> DossierKey {
        DossierKey { territory: self.import.territory, dossier: somebody.id }
    }

    /// Opens many at once; where something was there already, each alone, on a fresh look.
    async fn open(&self, fates: &mut [Option<Fate>], all: Vec<(usize, ToOpen<'_>)>) -> Result<(), StepError> {
        let mut alone = Vec::new();
        for group in opening::groups(self.world, self.import, all).await? {
            if group.open(self.world).await? {
                group.send(self.world).await;
                let opened = group.into_people().into_iter();
                let opened =
                    opened.map(|(at, one)| async move { self.opened(one).await.map(|fate| (at, fate)) });
                for done in join_all(opened).await {
                    let (at, fate) = done?;
                    fates[at] = Some(fate);
                }
            } else {
                alone.extend(group.into_people());
            }
        }
        for (at, to_open) in alone {
            fates[at] = Some(self.open_alone(to_open.somebody).await?);
        }
        Ok(())
    }

    /// Looks again, and does what is to be done now: somebody else may be opening the same person.
    async fn open_alone(&self, somebody: &Somebody) -> Result<Fate, StepError> {
        let territory = self.import.territory;
        let doors = Doors::of(self.world, territory, &somebody.bearings().values()).await?;
        for _ in 0..crate::step::ATTEMPTS {
            let sight = doors.sight(self.world, territory).await?;
            // Before looking: whoever is seen then is there, or never will be.
            if !rivals::overtake(self.world, self.key_of(somebody), &sight, &self.import.row.par).await? {
                continue;
            }
            let (found, known) =
                recognition::look_for(self.world, territory, std::slice::from_ref(&doors)).await?;
            match self.plan(somebody, &found[0], &known) {
                Plan::Nothing => return Ok(Fate::Same),
                Plan::Refuse(why) => return Ok(Fate::Refused(why.told(self.world, territory).await?)),
                Plan::Update(dossier) => return self.complete(somebody, dossier, &found[0], &known).await,
                Plan::Open(admitted) => {
                    let to_open = match self.to_open(somebody, admitted, &doors).await? {
                        Ok(one) => one,
                        Err(why) => return Ok(Fate::Refused(why.told())),
                    };
                    if opening::open_among_others(self.world, self.import, &to_open, &sight).await? {
                        return self.opened(to_open).await;
                    }
                    if self.has_ended(somebody).await? {
                        return Ok(Fate::Opened(None));
                    }
                }
            }
        }
        Err(StepError::Contended)
    }

    /// Whether an earlier attempt at this line opened them, and their dossier was erased or merged since: they are not
    /// opened again.
    async fn has_ended(&self, somebody: &Somebody) -> Result<bool, StepError> {
        let key = self.key_of(somebody);
        let Some(row) = self.world.store().read(key).await? else { return Ok(false) };
        Ok(row.tombstone().is_some() || row.dossier()?.merged_into().is_some())
    }

    /// Completes somebody who is known. Of one whom an earlier attempt at this line opened, what was to be told then is
    /// told now.
    async fn complete(
        &self,
        somebody: &Somebody,
        dossier: DossierId,
        found: &Found,
        known: &BTreeMap<DossierId, Known>,
    ) -> Result<Fate, StepError> {
        let theirs = known.get(&dossier).ok_or_else(|| PortError::new("update", "nobody is there"))?;
        let fate = update::update(self.world, self.import, somebody, theirs).await?;
        if fate != Fate::Opened(None) {
            return Ok(fate);
        }
        let mut others = found.clone();
        others.remove(&somebody.id);
        let Plan::Open(admitted) = self.plan(somebody, &others, known) else { return Ok(fate) };
        Ok(Fate::Opened(resemblance(self.world, self.import.territory, admitted.resembles).await?))
    }

    async fn update(
        &self,
        fates: &mut [Option<Fate>],
        (people, found, all): (&[Somebody], &[Found], &[(usize, DossierId)]),
        known: &BTreeMap<DossierId, Known>,
    ) -> Result<(), StepError> {
        for some in all.chunks(AT_ONCE) {
            let mut updates = Vec::new();
            for (at, dossier) in some {
                updates.push(async move {
                    let fate = self.complete(&people[*at], *dossier, &found[*at], known).await;
                    fate.map(|fate| (*at, fate))
                });
            }
            for done in join_all(updates).await {
                let (at, fate) = done?;
                fates[at] = Some(fate);
            }
        }
        Ok(())
    }

    /// The counts, and what is to be told line by line.
    fn tell(&self, people: &[Somebody], fates: &[Fate]) -> (PartResult, BilanJson) {
        let (mut result, mut counts) = (PartResult::default(), BilanJson::default());
        for line in &self.lines.lignes {
            let LigneV1 { rang, gens, refus, alertes } = line;
            let (mut remarks, mut refused) = (refus.clone(), !refus.is_empty());
            counts.alertes += u64::from(!alertes.is_empty());
            counts.refuses += u64::from(refused);
            counts.lignes += u64::from(refused) + u64::try_from(gens.len()).unwrap_or(u64::MAX);
            for (_, fate) in people.iter().zip(fates).filter(|(it, _)| it.rank() == *rang) {
                match fate {
                    Fate::Opened(note) => {
                        counts.crees += 1;
                        counts.alertes += u64::from(note.is_some());
                        remarks.extend(note.clone());
                    }
                    Fate::Changed => counts.mis_a_jour += 1,
                    Fate::Same => counts.inchanges += 1,
                    Fate::Refused(why) => {
                        counts.refuses += 1;
                        refused = true;
                        remarks.push(why.clone());
                    }
                }
            }
            remarks.extend(alertes.iter().cloned());
            if !remarks.is_empty() {
                result.lignes.insert(*rang, (refused, remarks));
            }
        }
        (result, counts)
    }
}

/// Of a dry run: who would be opened is told, and nobody is.
fn fates_of_a_dry_run(fates: &mut [Option<Fate>], to_open: &[(usize, ToOpen<'_>)]) {
    for (at, to_open) in to_open {
        fates[*at] = Some(Fate::Opened(to_open.note.clone()));
    }
}

/// What the journey needs to know of the file.
pub(super) fn hearing(import: &Import) -> Hearing {
    Hearing {
        as_of: import.row.a_jour_au.unwrap_or(import.row.le),
        received_on: import.row.recu_le,
        opens_declared: import.row.declares,
    }
}
