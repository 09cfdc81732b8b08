//! Somebody who is known is completed: their values, then their right. What was told changes nothing.

use chrono::{DateTime, Utc};
use contracts::rows::UsedKeyRow;
use domain::entrants;
use domain::life::{self, Told};
use domain::{Decision, Dossier, ReferentId, Refusal, State, intake};

use super::adult::Somebody;
use super::apply::{Fate, hearing};
use super::opening::answers_row;
use super::store::Import;
use super::taking_over::{self, NotTaken, TakeOver};
use crate::doors::Doors;
use crate::keys;
use crate::ports::{Clock, PortError, Rows, Table, When};
use crate::recognition::Known;
use crate::seal::digest_hex;
use crate::step::{self, Cause, Outcome, Request, Step, StepError};
use crate::telling::Telling;
use crate::world::World;

/// Completes somebody with what the file tells of them. Of a dry run, tells what would change.
pub(super) async fn update<W: World>(
    world: &W,
    import: &Import,
    somebody: &Somebody,
    known: &Known,
) -> Result<Fate, StepError> {
    let telling = Telling {
        source: somebody.source,
        as_of: import.row.a_jour_au.unwrap_or(import.row.le),
        statement: somebody.statement(),
        doors: Doors::default(),
        dry: import.row.a_blanc,
    };
    let (believed, values) = telling.complete(world, known).await?;
    let commune = believed.contacts.commune.parse().map_err(|_| contracts::rows::Corrupt("commune"))?;
    let news = somebody
        .standing(import.territory)
        .and_then(|it| entrants::news(&it, hearing(import), Some(commune)));
    let answered = answer(world, import, somebody, known).await?;
    let hear = Hear { import, news, commune, answered };
    let told = hear.tell(world, somebody, known).await?;
    let taken = match taken_over(world, import, somebody, known).await? {
        Ok(taken) => taken,
        Err(why) => return Ok(Fate::Refused(why.told())),
    };
    let opened_here = known.dossier.id == somebody.id;
    Ok(match () {
        // An earlier attempt at this very line opened it.
        () if opened_here => Fate::Opened(None),
        () if values || told || answered || taken => Fate::Changed,
        () => Fate::Same,
    })
}

/// Writes in what the line tells of an accompaniment. `true` when something changed.
async fn taken_over<W: World>(
    world: &W,
    import: &Import,
    somebody: &Somebody,
    known: &Known,
) -> Result<Result<bool, NotTaken>, StepError> {
    let take_over = match TakeOver::of(import, &somebody.told)? {
        None => return Ok(Ok(false)),
        Some(Err(why)) => return Ok(Err(why)),
        Some(Ok(take_over)) => take_over,
    };
    if import.row.a_blanc {
        return take_over.would_apply(world, import, &known.dossier).await;
    }
    let taken = take_over.apply(world, import, somebody, known.key).await?;
    if taken.is_err() && known.dossier.id == somebody.id {
        taking_over::begin(world, import, somebody).await?;
    }
    Ok(taken)
}

/// What remembers that a line has said this.
pub(super) async fn line_key<W: World>(
    world: &W,
    import: &Import,
    somebody: &Somebody,
    what: &str,
) -> Result<UsedKeyRow, PortError> {
    let secret = keys::of_territory(world, import.territory).await?.derive("imports");
    let line = format!("{}/{}/{}", import.row.id, somebody.place.0, somebody.place.1);
    let cle = digest_hex(&secret, &[what.as_bytes(), line.as_bytes()])[..20].to_owned();
    Ok(UsedKeyRow { cle, corps: what.to_owned() })
}

/// Keeps what they answered. `true` when the rules have not seen it yet.
async fn answer<W: World>(
    world: &W,
    import: &Import,
    somebody: &Somebody,
    known: &Known,
) -> Result<bool, StepError> {
    let Some(row) = answers_row(world, import, (known.key, &known.vault), somebody)? else {
        return Ok(false);
    };
    let (pk, sk) = (row.pk.clone(), row.sk.clone());
    let there = world.store().get(Table::Reponses, &pk, &sk).await?;
    if import.row.a_blanc {
        return Ok(there.is_none());
    }
    if there.is_none() && world.store().put(Table::Reponses, row, When::Absent).await? {
        return Ok(true);
    }
    let kept = there.and_then(|it| it.attributes.get("ecrit_le")?.as_str()?.parse::<DateTime<Utc>>().ok());
    let seen = match &known.dossier.state {
        State::ToOrient { proposal, .. } => kept.is_some_and(|it| it <= proposal.at),
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::AwaitingFranceTravail { .. }
        | State::Closed { .. } => true,
    };
    Ok(!seen)
}

/// What the file tells of the right, of the commune and of answers, as one step.
struct Hear<'a> {
    import: &'a Import,
    news: Option<Told>,
    commune: domain::commune::CodeInsee,
    answered: bool,
}

impl Hear<'_> {
    /// Tells it to the dossier; `true` when a reader sees a difference.
    async fn tell<W: World>(&self, world: &W, somebody: &Somebody, known: &Known) -> Result<bool, StepError> {
        let now = world.clock().now();
        let Ok(decided) = self.apply(world, &known.dossier, now) else { return Ok(false) };
        if decided == Decision::of(known.dossier.clone()) {
            return Ok(false);
        }
        if self.import.row.a_blanc {
            return Ok(!decided.dossier.shows_like(&known.dossier));
        }
        let used = line_key(world, self.import, somebody, "ligne").await?;
        let by = self.import.row.par.clone();
        let request = Request { route: "import", used, if_match: None, by };
        Ok(match step::run(world, known.key, &Cause::Request(request), self).await? {
            Outcome::Done(row) => row.etag != known.row.etag,
            Outcome::Before(_) => true,
            Outcome::Refused(..) => false,
        })
    }

    fn apply<W: World>(&self, world: &W, dossier: &Dossier, now: DateTime<Utc>) -> Result<Decision, Refusal> {
        let frame = self.import.frame(world);
        let decided = match &self.news {
            Some(told) => life::hear(dossier, told, &frame, now),
            None => Ok(life::moved(dossier, self.commune)),
        };
        match decided {
            Ok(decided) if self.answered => Ok(intake::answered(decided)),
            Err(Refusal::Outdated) if self.answered => Ok(intake::answered(Decision::of(dossier.clone()))),
            decided => decided,
        }
    }
}

impl<W: World> Step<W> for Hear<'_> {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok(self.apply(world, dossier, now))
    }
}
