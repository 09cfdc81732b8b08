//! Two dossiers of one person are merged by a professional, and parted again if they were not one person's.
//!
//! The dossier that goes on is told first what the other knows, under a claim that keeps how it was before; the other one
//! is closed last: until then files that speak of the person are refused, and none opens a third. Parted, the other one
//! goes on first, for the same reason. Every write can be done again.

mod claim;

use contracts::told::DitsV1;
use domain::{DossierId, Refusal, merging};

use super::dossiers::visible_row;
use super::writes::Gesture;
use super::{Asked, RequestError, Shown, used_key};
use crate::answers;
use crate::doors::Doors;
use crate::people::Professional;
use crate::ports::{Clock, DossierKey, Dossiers, Rows, Table, When};
use crate::recognition::{self, Known};
use crate::step::{self, Cause, Request, Rule, Step};
use crate::telling::Rewriting;
use crate::world::World;

use claim::{Claim, Progress};
pub(super) use claim::{claims, other_of};

/// The dossier that goes on in the place of this one; `None` when this one does, or is there no more.
pub(super) async fn merged_into<W: World>(
    world: &W,
    key: DossierKey,
) -> Result<Option<DossierId>, RequestError> {
    let row = world.store().read(key).await?.filter(|it| it.tombstone().is_none());
    Ok(row.map(|it| it.dossier()).transpose()?.and_then(|it| it.merged_into()))
}

/// Merges a dossier into the one that goes on.
pub async fn merge<W: World>(
    world: &W,
    who: &Professional,
    absorbed: DossierId,
    asked: &Asked,
    kept: DossierId,
) -> Result<Shown, RequestError> {
    let gesture = Gesture::of(world, who, absorbed, asked, "reunion").await?;
    let pair = Pair::read(world, who, absorbed, kept).await?;
    let absorb = Rule(|it: &_, now| merging::absorb(it, kept, now));
    if pair.absorbed.dossier.merged_into().is_some() {
        // Asked again, or merged by somebody else: the dossier's own memory says which.
        return gesture.make(world, &absorb).await;
    }
    merging::check(&pair.kept.dossier, &pair.absorbed.dossier).map_err(RequestError::Refused)?;
    if asked.if_match != Some(pair.absorbed.row.etag) {
        return Err(RequestError::Stale { etag: pair.absorbed.row.etag });
    }
    let claim = pair.claim(world, who).await?;
    pair.tell(world, &claim).await?;
    let (right, answers) = (&pair.absorbed.dossier.right, claim.answers.is_some());
    let keep = Rule(|it: &_, _| Ok(merging::keep(it, right, answers)));
    pair.step(world, who, ("reunion/gardee", asked), &keep).await?;
    match gesture.make(world, &absorb).await {
        Ok(shown) => {
            claim.note(world, Progress::Done, who).await?;
            Ok(shown)
        }
        // Somebody went further with the other dossier in between: nothing was merged.
        Err(refused @ (RequestError::Refused(_) | RequestError::Stale { .. })) => {
            pair.take_back(world, who, &claim, asked).await?;
            Err(refused)
        }
        Err(error) => Err(error),
    }
}

/// Parts two dossiers that were merged: `absorbed` goes on by itself.
pub async fn part<W: World>(
    world: &W,
    who: &Professional,
    absorbed: DossierId,
    asked: &Asked,
    kept: DossierId,
) -> Result<Shown, RequestError> {
    let gesture = Gesture::of(world, who, absorbed, asked, "separation").await?;
    let pair = Pair::read(world, who, absorbed, kept).await?;
    let claim = pair.last_claim(world).await?.filter(|it| it.progress() != Progress::Undone);
    let ended = claim.as_ref().and_then(|it| it.ended);
    let part = Rule(|it: &domain::Dossier, _| match it.merged_into() {
        Some(known) if known == kept => merging::part(it, ended),
        Some(_) | None => Err(Refusal::NotMerged),
    });
    let shown = gesture.make(world, &part).await?;
    if let Some(claim) = claim {
        pair.take_back(world, who, &claim, asked).await?;
    }
    Ok(shown)
}

/// Two dossiers of one person.
struct Pair {
    kept: Known,
    absorbed: Known,
}

impl Pair {
    async fn read<W: World>(
        world: &W,
        who: &Professional,
        absorbed: DossierId,
        kept: DossierId,
    ) -> Result<Self, RequestError> {
        for id in [absorbed, kept] {
            visible_row(world, who, id).await?;
        }
        if absorbed == kept {
            return Err(RequestError::Refused(Refusal::SameDossier));
        }
        let mut both = recognition::known_all(world, who.territory, &[absorbed, kept].into()).await?;
        let mut one = |id| both.remove(&id).ok_or(RequestError::Gone);
        Ok(Self { kept: one(kept)?, absorbed: one(absorbed)? })
    }

    /// Tells the dossier that goes on what the other knows: values, doors, answers.
    async fn tell<W: World>(&self, world: &W, claim: &Claim) -> Result<(), RequestError> {
        let theirs = &self.absorbed.person.dits;
        let hear = |dits: &mut DitsV1| dits.hear_all(theirs);
        let open = Doors::listed(&self.absorbed.person.row).of_values();
        let rewriting = Rewriting { change: &hear, open: &open, close: &Doors::default(), dry: false };
        rewriting.write(world, &self.kept).await?;
        let Some(sk) = &claim.answers else { return Ok(()) };
        if let Some(given) = answers::last(world, self.absorbed.key, &self.absorbed.vault).await? {
            let mut row = answers::row(world, (self.kept.key, &self.kept.vault), sk, &given, None)?;
            let now = answers::precise(world.clock().now());
            row.attributes.insert("ecrit_le".to_owned(), now.into());
            // There already: an earlier attempt wrote it.
            world.store().put(Table::Reponses, row, When::Absent).await?;
        }
        Ok(())
    }

    /// Takes back from the dossier that goes on what it was told, unless somebody has said it since.
    async fn take_back<W: World>(
        &self,
        world: &W,
        who: &Professional,
        claim: &Claim,
        asked: &Asked,
    ) -> Result<(), RequestError> {
        let theirs = &self.absorbed.person.dits;
        let forget = |dits: &mut DitsV1| dits.forget_all(&claim.before, theirs);
        let close = Doors::listed(&self.absorbed.person.row).of_values();
        let rewriting = Rewriting { change: &forget, open: &Doors::default(), close: &close, dry: false };
        rewriting.write(world, &self.kept).await?;
        if let Some(sk) = &claim.answers {
            world.store().delete(Table::Reponses, &self.kept.key.pk(), sk).await?;
        }
        let ((before, after), answers) = (&claim.rights, claim.answers.is_some());
        let give_up = Rule(|it: &_, _| Ok(merging::give_up(it, before, after, answers)));
        self.step(world, who, ("separation/gardee", asked), &give_up).await?;
        claim.note(world, Progress::Undone, who).await
    }

    /// Takes the dossier that goes on a step further.
    async fn step<W: World>(
        &self,
        world: &W,
        who: &Professional,
        (route, asked): (&'static str, &Asked),
        step: &impl Step<W>,
    ) -> Result<(), RequestError> {
        let used = used_key(world, self.kept.key, route, asked).await?;
        let by = format!("agent:{}", who.agent);
        let request = Request { route, used, if_match: None, by };
        // Whether it is done now or was done before is the same; these rules never say no.
        step::run(world, self.kept.key, &Cause::Request(request), step).await?;
        Ok(())
    }
}
