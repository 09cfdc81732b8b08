//! What a territory changes in a legal frame: it may shorten a target, and never lengthens what the law sets. Its versions
//! are drafted, published by two people, retired; none is ever deleted.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};

use crate::AgentId;
use crate::clocks::ClockId;
use crate::delay::Delay;
use crate::frame::{Frame, FrameId};

/// The targets that a territory sets, clock by clock.
pub type Targets = BTreeMap<ClockId, Delay>;

/// The version of a territory's targets that a dossier froze with its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Which version.
    pub version: u32,
    /// What it says.
    pub targets: Targets,
}

/// One version of a territory's targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from one.
    pub number: u32,
    /// The first day of a right that falls under it, by its reception.
    pub valid_from: NaiveDate,
    /// What it says.
    pub targets: Targets,
    /// Who wrote it.
    pub written_by: AgentId,
    /// How far it is.
    pub stage: Stage,
}

/// How far a version is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It can still be written again.
    Draft,
    /// Somebody wants it published; somebody else must want it too.
    Proposed {
        /// Who.
        by: AgentId,
    },
    /// Two people published it.
    Published(Publication),
    /// It is for no right received from that day on.
    Retired {
        /// How it had been published.
        published: Publication,
        /// Who retired it.
        by: AgentId,
        /// The first day without it.
        from: NaiveDate,
    },
}

/// Who published a version, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The two of them, in order.
    pub by: (AgentId, AgentId),
    /// When the second did.
    pub at: DateTime<Utc>,
}

/// What is wrong with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftFault {
    /// Its number is neither that of a draft nor the next one.
    Number {
        /// The next one.
        next: u32,
    },
    /// It was published: it can only be retired, and another one drafted.
    Settled,
    /// It would be for rights that may have been received already.
    NotAhead,
    /// Another frame of the law is in force on its first day.
    OtherFrame,
    /// It sets nothing.
    Empty,
    /// One of its targets.
    Target(ClockId, TargetFault),
}

/// What is wrong with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetFault {
    /// The frame sets neither a target nor a legal delay for this clock.
    NoDelay,
    /// Less than a day.
    Zero,
    /// Naming is counted in days.
    NotInDays,
    /// It may end after what the frame sets.
    Longer(Delay),
}

/// Why a version is neither published nor retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeRefusal {
    /// There is none by this number.
    Unknown,
    /// Its first day has come: rights received since then have their frame.
    TooLate,
    /// It is not at a stage at which this can be done.
    WrongStage,
}

/// Writes a draft, new or again; whoever had wanted it published wants another text. All that is wrong with it, else.
pub fn draft(
    versions: &[Version],
    draft: Version,
    frame: &Frame,
    today: NaiveDate,
) -> Result<Vec<Version>, Vec<DraftFault>> {
    let next = versions.last().map_or(1, |it| it.number.saturating_add(1));
    let mut faults = Vec::new();
    let known = versions.iter().position(|it| it.number == draft.number);
    match known.and_then(|at| versions.get(at)).map(|it| &it.stage) {
        None if draft.number == next => {}
        None => faults.push(DraftFault::Number { next }),
        Some(Stage::Draft | Stage::Proposed { .. }) => {}
        Some(Stage::Published(_) | Stage::Retired { .. }) => faults.push(DraftFault::Settled),
    }
    if draft.valid_from <= today {
        faults.push(DraftFault::NotAhead);
    }
    if draft.valid_from < frame.valid_from {
        faults.push(DraftFault::OtherFrame);
    }
    if draft.targets.is_empty() {
        faults.push(DraftFault::Empty);
    }
    let wrong = |(id, delay): (&ClockId, &Delay)| Some(DraftFault::Target(*id, frame.refuses(*id, *delay)?));
    faults.extend(draft.targets.iter().filter_map(wrong));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut written = versions.to_vec();
    let draft = Version { stage: Stage::Draft, ..draft };
    match known.and_then(|at| written.get_mut(at)) {
        Some(known) => *known = draft,
        None => written.push(draft),
    }
    Ok(written)
}

/// Wants a version published: the second person who does publishes it. Wanting it twice is wanting it once.
pub fn publish(
    versions: &[Version],
    number: u32,
    by: &AgentId,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<Version>, LifeRefusal> {
    change(versions, number, |version| {
        let stage = match &version.stage {
            Stage::Published(_) => return Ok(version.stage.clone()),
            Stage::Retired { .. } => return Err(LifeRefusal::WrongStage),
            Stage::Draft => Stage::Proposed { by: by.clone() },
            Stage::Proposed { by: first } if first == by => version.stage.clone(),
            Stage::Proposed { by: first } => {
                Stage::Published(Publication { by: (first.clone(), by.clone()), at: now })
            }
        };
        if version.valid_from <= today { Err(LifeRefusal::TooLate) } else { Ok(stage) }
    })
}

/// Retires a version that was published, from the next day on. Dossiers that have it keep it.
pub fn retire(
    versions: &[Version],
    number: u32,
    by: &AgentId,
    tomorrow: NaiveDate,
) -> Result<Vec<Version>, LifeRefusal> {
    change(versions, number, |version| match &version.stage {
        Stage::Published(published) => {
            Ok(Stage::Retired { published: published.clone(), by: by.clone(), from: tomorrow })
        }
        Stage::Retired { .. } => Ok(version.stage.clone()),
        Stage::Draft | Stage::Proposed { .. } => Err(LifeRefusal::WrongStage),
    })
}

fn change(
    versions: &[Version],
    number: u32,
    next: impl FnOnce(&Version) -> Result<Stage, LifeRefusal>,
) -> Result<Vec<Version>, LifeRefusal> {
    let mut changed = versions.to_vec();
    let version = changed.iter_mut().find(|it| it.number == number).ok_or(LifeRefusal::Unknown)?;
    version.stage = next(version)?;
    Ok(changed)
}

/// The version of a right received on that day: the last to have begun of those that two people published and nobody had
/// retired by then.
pub fn in_force(versions: &[Version], received_on: NaiveDate) -> Option<Local> {
    let holds = |it: &&Version| match &it.stage {
        Stage::Published(_) => it.valid_from <= received_on,
        Stage::Retired { from, .. } => it.valid_from <= received_on && received_on < *from,
        Stage::Draft | Stage::Proposed { .. } => false,
    };
    let version = versions.iter().filter(holds).max_by_key(|it| (it.valid_from, it.number))?;
    Some(Local { version: version.number, targets: version.targets.clone() })
}

impl Frame {
    /// Why a territory cannot set this target; `None` when it can.
    pub fn refuses(&self, id: ClockId, target: Delay) -> Option<TargetFault> {
        let rule = self.rules().into_iter().find(|it| it.id == id);
        let Some(most) = rule.and_then(|it| it.target.or(it.legal)) else {
            return Some(TargetFault::NoDelay);
        };
        match target {
            Delay::Days(0) | Delay::Months(0) => Some(TargetFault::Zero),
            Delay::Months(_) if id == ClockId::Naming => Some(TargetFault::NotInDays),
            _ if !target.never_exceeds(most) => Some(TargetFault::Longer(most)),
            Delay::Days(_) | Delay::Months(_) => None,
        }
    }

    /// The frame with a territory's targets in the place of its own.
    #[must_use]
    pub fn with(&self, local: &Local) -> Self {
        let mut frame = self.clone();
        frame.id = FrameId { national: self.id.national.clone(), local: Some(local.clone()) };
        for (id, delay) in &local.targets {
            match (id, delay) {
                (ClockId::Orientation, _) => frame.orientation.target = *delay,
                (ClockId::Naming, Delay::Days(days)) => frame.naming_days = *days,
                _ => {
                    if let Some(rule) = frame.clocks.iter_mut().find(|it| it.id == *id) {
                        rule.target = Some(*delay);
                    }
                }
            }
        }
        frame
    }
}

/// As in `cadre-2025#1`, or `cadre-2025#1+3(H3=21j,H5=1m)`: the third version of the territory's targets.
impl fmt::Display for FrameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.national)?;
        let Some(local) = &self.local else { return Ok(()) };
        write!(f, "+{}(", local.version)?;
        for (rank, (id, delay)) in local.targets.iter().enumerate() {
            let comma = if rank == 0 { "" } else { "," };
            match delay {
                Delay::Days(days) => write!(f, "{comma}{}={days}j", id.code())?,
                Delay::Months(months) => write!(f, "{comma}{}={months}m", id.code())?,
            }
        }
        f.write_str(")")
    }
}

/// A text that names no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no frame")]
pub struct NotAFrame;

impl FromStr for FrameId {
    type Err = NotAFrame;

    fn from_str(text: &str) -> Result<Self, NotAFrame> {
        let Some((national, local)) = text.split_once('+') else {
            return Ok(Self::national(text));
        };
        let (version, targets) =
            local.strip_suffix(')').and_then(|it| it.split_once('(')).ok_or(NotAFrame)?;
        let targets = targets.split(',').map(read_target).collect::<Option<Targets>>().ok_or(NotAFrame)?;
        let version = version.parse().map_err(|_| NotAFrame)?;
        Ok(Self { national: national.to_owned(), local: Some(Local { version, targets }) })
    }
}

fn read_target(text: &str) -> Option<(ClockId, Delay)> {
    let (id, delay) = text.split_once('=')?;
    let id = ClockId::ALL.into_iter().find(|it| it.code() == id)?;
    let delay = match (delay.strip_suffix('j'), delay.strip_suffix('m')) {
        (Some(days), _) => Delay::Days(days.parse().ok()?),
        (None, Some(months)) => Delay::Months(months.parse().ok()?),
        (None, None) => return None,
    };
    Some((id, delay))
}

#[cfg(test)]
mod tests;
