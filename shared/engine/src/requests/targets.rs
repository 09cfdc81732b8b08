//! The targets that a territory sets in a frame: drafted, tried on those who wait, published by two people, retired.

use chrono::Days;
use contracts::api::{
    ApercuJson, CiblesBody, VersionCadreJson, VersionDetailJson, refused_draft, refused_life,
};
use contracts::rows::NoDossier;
use domain::frame::Frame;
use domain::local_frame::{self, LifeRefusal, Local, Stage, Version};
use domain::{Dossier, State};

use super::RequestError;
use crate::frames::{self, Kept};
use crate::people::Professional;
use crate::ports::{Clock, Dossiers, FilePage, PageAsk};
use crate::world::World;

/// How many times a change is decided again because somebody else wrote in between.
const ATTEMPTS: u32 = 5;
/// How many dossiers a page of the trial brings.
const PAGE: u32 = 100;

/// Every version of a territory for one kind of frame, in order.
pub async fn target_versions<W: World>(
    world: &W,
    who: &Professional,
    kind: &str,
) -> Result<Vec<VersionCadreJson>, RequestError> {
    let frame = frame_of_kind(world, who, kind)?;
    let kept = frames::kept(world, who.territory, frame.id.kind()).await?;
    Ok(kept.versions.iter().map(Into::into).collect())
}

/// One version, and what it would change for those who wait today.
pub async fn target_version<W: World>(
    world: &W,
    who: &Professional,
    kind: &str,
    number: u32,
) -> Result<VersionDetailJson, RequestError> {
    let frame = frame_of_kind(world, who, kind)?;
    let kept = frames::kept(world, who.territory, frame.id.kind()).await?;
    let version = one(&kept.versions, number)?;
    let apercu = try_on(world, who, frame, version).await?;
    Ok(VersionDetailJson { version: version.into(), apercu })
}

/// Writes a draft, new or again. Writing the same again changes nothing.
pub async fn put_targets<W: World>(
    world: &W,
    who: &Professional,
    kind: &str,
    number: u32,
    body: CiblesBody,
) -> Result<VersionCadreJson, RequestError> {
    let frame = frame_of_kind(world, who, kind)?;
    let today = who.territory.local_date(world.clock().now());
    let CiblesBody { valid_from, targets } = body;
    change(world, who, frame, number, |versions| {
        if let Some(known) = versions.iter().find(|it| it.number == number)
            && (known.valid_from, &known.targets, &known.stage) == (valid_from, &targets, &Stage::Draft)
        {
            return Ok(versions.to_vec());
        }
        let written_by = who.agent.clone();
        let draft = Version { number, valid_from, targets: targets.clone(), written_by, stage: Stage::Draft };
        local_frame::draft(versions, draft, frame, today)
            .map_err(|faults| RequestError::Invalid(refused_draft(&faults, frame)))
    })
    .await
}

/// Wants a version published. The second person who does publishes it.
pub async fn publish_targets<W: World>(
    world: &W,
    who: &Professional,
    kind: &str,
    number: u32,
) -> Result<VersionCadreJson, RequestError> {
    let frame = frame_of_kind(world, who, kind)?;
    let now = world.clock().now();
    let today = who.territory.local_date(now);
    change(world, who, frame, number, |versions| {
        local_frame::publish(versions, number, &who.agent, today, now).map_err(refused)
    })
    .await
}

/// Retires a version for the rights received from tomorrow on.
pub async fn retire_targets<W: World>(
    world: &W,
    who: &Professional,
    kind: &str,
    number: u32,
) -> Result<VersionCadreJson, RequestError> {
    let frame = frame_of_kind(world, who, kind)?;
    let tomorrow = who.territory.local_date(world.clock().now()) + Days::new(1);
    change(world, who, frame, number, |versions| {
        local_frame::retire(versions, number, &who.agent, tomorrow).map_err(refused)
    })
    .await
}

fn refused(refusal: LifeRefusal) -> RequestError {
    refused_life(refusal).map_or(RequestError::NotFound, RequestError::Invalid)
}

/// The last frame of a kind, for whoever governs.
fn frame_of_kind<'a, W: World>(
    world: &'a W,
    who: &Professional,
    kind: &str,
) -> Result<&'a Frame, RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    world.reference().frames.iter().rev().find(|it| it.id.kind() == kind).ok_or(RequestError::NotFound)
}

fn one(versions: &[Version], number: u32) -> Result<&Version, RequestError> {
    versions.iter().find(|it| it.number == number).ok_or(RequestError::NotFound)
}

/// Decides on the versions as they are, and writes what was decided unless somebody wrote in between.
async fn change<W: World>(
    world: &W,
    who: &Professional,
    frame: &Frame,
    number: u32,
    decide: impl Fn(&[Version]) -> Result<Vec<Version>, RequestError>,
) -> Result<VersionCadreJson, RequestError> {
    let place = (who.territory, frame.id.kind());
    let mut kept: Kept = frames::kept(world, place.0, place.1).await?;
    for _ in 0..ATTEMPTS {
        let decided = decide(&kept.versions)?;
        if decided == kept.versions || kept.replace(world, place, &decided).await? {
            return Ok(one(&decided, number)?.into());
        }
        kept = frames::kept(world, place.0, place.1).await?;
    }
    Err(RequestError::Busy(crate::ports::PortError::new("write the targets", "others keep writing them")))
}

/// What the version would change for those who wait under this frame, were it theirs.
async fn try_on<W: World>(
    world: &W,
    who: &Professional,
    frame: &Frame,
    version: &Version,
) -> Result<ApercuJson, RequestError> {
    let local = Local { version: version.number, targets: version.targets.clone() };
    let ours = frame.with(&local);
    let today = who.territory.local_date(world.clock().now());
    let mut tried = ApercuJson::default();
    let mut count = |dossier: &Dossier| {
        let theirs = world.reference().frame_of(dossier);
        let Some(right) = dossier.running_right().filter(|_| theirs.id.kind() == frame.id.kind()) else {
            return;
        };
        let (before, after) = (theirs.counted(right).target, ours.counted(right).target);
        tried.en_attente += 1;
        tried.echeances_deplacees += u64::from(before != after);
        tried.deja_depassees += u64::from(after < today && before >= today);
    };
    for state in State::NOT_ORIENTED {
        let mut after = None;
        loop {
            let page = PageAsk { after, limit: PAGE };
            let ask = FilePage { territory: who.territory, state, due_by: None, page };
            let found = world.store().file(ask).await?;
            for row in world.store().read_many(&found.items).await? {
                match row.dossier() {
                    Err(NoDossier::Erased) => {}
                    // The index may lag: each is counted under the state that it has.
                    read => Some(read?).filter(|it| it.state.code() == state).iter().for_each(&mut count),
                }
            }
            match found.next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
    }
    Ok(tried)
}
