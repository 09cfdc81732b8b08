//! The life of a right: what the CAF, the MSA or an agent tells of it, and what that changes.
//!
//! What is told bears the date of its source. Older news that come late say nothing, and the same news twice say
//! nothing more: whatever the order in which files arrive, the dossier ends as the most recent of them says.
//!
//! | told | what it changes | source |
//! |---|---|---|
//! | open | a declared right is confirmed, H3 starts from the reception; a suspension ends; a closed journey starts again, and its clock with it | CASF D. 262-65-2 |
//! | duties | whoever becomes subject to rights and duties is to be oriented from that news on; whoever no longer is waits for nothing | CASF L. 262-28, L. 262-29 |
//! | suspended | no clock stops: no text says so. The machine prepares nothing and asks nothing more of the person | choice of the project |
//! | closed, refused, left, died | the journey ends, the place is free, nothing is sent any more | CASF L. 262-28 (a right is what opens the accompaniment) |

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::commune::CodeInsee;
use crate::decision::give_back;
use crate::dossier::{Confirmed, EndMotive, Ending, Naming, Reached, Right, Suspension};
use crate::frame::Frame;
use crate::intake::{begin_again, confirmed};
use crate::{Decision, Dossier, Message, Refusal, State};

/// What is told of a right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// As of when, at its source.
    pub as_of: DateTime<Utc>,
    /// The news.
    pub news: News,
    /// Where the person lives now, when it is told.
    pub commune: Option<CodeInsee>,
}

/// The news of a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is open.
    Open(Opening),
    /// It is open, and suspended.
    Suspended {
        /// The opening that is suspended.
        opening: Opening,
        /// The suspension.
        suspension: Suspension,
    },
    /// It is over.
    Ended {
        /// Why.
        motive: EndMotive,
        /// Since when.
        on: NaiveDate,
    },
}

/// A right that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its first day, when it is told.
    pub opened_on: Option<NaiveDate>,
    /// The day on which the département received this news.
    pub received_on: NaiveDate,
    /// Whether this adult is subject to rights and duties.
    pub duties: bool,
}

/// Applies what is told. `Outdated` when something at least as recent is known.
///
/// `frame` is the one in force on the day of the reception: it is frozen when this news starts a clock.
pub fn hear(dossier: &Dossier, told: &Told, frame: &Frame, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    if dossier.merged_into().is_some() {
        return Err(Refusal::Merged);
    }
    if dossier.told.is_some_and(|known| known >= told.as_of) {
        return Err(Refusal::Outdated);
    }
    if let News::Ended { on, .. } = told.news
        && is_of_another_right(dossier, on)
    {
        return Ok(Decision::of(Dossier { told: Some(told.as_of), ..dossier.clone() }));
    }
    Ok(apply(dossier, told, frame, now))
}

/// Whether an end that a file tells is that of the right before: whoever applied since applied for another one, and files
/// repeat the first end for months. What an agent says of it is never put aside.
fn is_of_another_right(dossier: &Dossier, on: NaiveDate) -> bool {
    matches!(dossier.right, Right::Declared { .. }) && on < dossier.territory.local_date(dossier.submitted_at)
}

fn apply(dossier: &Dossier, told: &Told, frame: &Frame, now: DateTime<Utc>) -> Decision {
    let mut decided = match told.news {
        News::Open(opening) => open(dossier, opening, None, frame),
        News::Suspended { opening, suspension } => open(dossier, opening, Some(suspension), frame),
        News::Ended { motive, on } => end(dossier, Ending { motive, on, at: now }),
    };
    decided.dossier.told = Some(told.as_of);
    if let Some(commune) = told.commune {
        // The référent stays: whether somebody nearer is better is for people to say.
        decided.dossier.commune = commune;
    }
    decided
}

/// Applies a move within the département that comes without news of the right. The référent stays: whether somebody
/// nearer is better is for people to say.
pub fn moved(dossier: &Dossier, commune: CodeInsee) -> Decision {
    Decision::of(Dossier { commune, ..dossier.clone() })
}

/// What an agent says of a right that was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is suspended.
    Suspended(Suspension),
    /// Its suspension is over.
    Restored,
    /// It is over.
    Ended {
        /// Why.
        motive: EndMotive,
        /// Since when.
        on: NaiveDate,
    },
}

/// Applies what an agent says.
pub fn say(dossier: &Dossier, said: Said, frame: &Frame, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    if dossier.merged_into().is_some() {
        return Err(Refusal::Merged);
    }
    let news = match said {
        Said::Suspended(suspension) => News::Suspended { opening: known_opening(dossier)?, suspension },
        Said::Restored => News::Open(known_opening(dossier)?),
        Said::Ended { motive, on } => News::Ended { motive, on },
    };
    Ok(hear_agent(dossier, news, frame, now))
}

/// The opening that is known, of a right that is confirmed and not over.
fn known_opening(dossier: &Dossier) -> Result<Opening, Refusal> {
    match &dossier.right {
        Right::Declared { .. } => Err(Refusal::RightNotConfirmed),
        Right::Confirmed(_) if matches!(dossier.state, State::Closed { .. }) => Err(Refusal::Closed),
        Right::Confirmed(it) => {
            Ok(Opening { opened_on: Some(it.opened_on), received_on: it.received_on, duties: it.duties })
        }
    }
}

/// Agents speak of the copy they have just read: it is the most recent that is known, whatever their clock says.
pub(crate) fn hear_agent(dossier: &Dossier, news: News, frame: &Frame, now: DateTime<Utc>) -> Decision {
    let as_of = dossier.told.map_or(now, |known| now.max(known + TimeDelta::microseconds(1)));
    apply(dossier, &Told { as_of, news, commune: None }, frame, now)
}

fn open(dossier: &Dossier, opening: Opening, suspended: Option<Suspension>, frame: &Frame) -> Decision {
    let Opening { opened_on, received_on, duties } = opening;
    let fresh = || {
        let right = confirmed(
            opened_on.unwrap_or(received_on),
            Some(received_on),
            duties,
            dossier.territory,
            frame,
            dossier.submitted_at,
        );
        Confirmed { suspended, ..right }
    };
    if let State::Closed { .. } = dossier.state {
        return begin_again(dossier.clone(), Right::Confirmed(fresh()), BTreeSet::new());
    }
    let right = match &dossier.right {
        Right::Declared { .. } => fresh(),
        // The same opening, told again month after month, starts nothing again. Duties that begin start the clock.
        Right::Confirmed(known) if duties && !known.duties => fresh(),
        // What is not told of the opening leaves what is known of it.
        Right::Confirmed(known) => {
            let opened_on = opened_on.unwrap_or(known.opened_on);
            Confirmed { opened_on, duties, suspended, ..known.clone() }
        }
    };
    let restarted = dossier.running_right().is_none() && right.duties;
    let reached = if restarted { Reached { alerts: 0, ..dossier.reached } } else { dossier.reached };
    Decision::of(Dossier { right: Right::Confirmed(right), reached, ..dossier.clone() })
}

fn end(dossier: &Dossier, ending: Ending) -> Decision {
    // The first end that is told is the one that counts: files repeat it for months.
    if let State::Closed { .. } = dossier.state {
        return Decision::of(dossier.clone());
    }
    let right = match &dossier.right {
        Right::Declared { opened_on } => Right::Declared { opened_on: *opened_on },
        Right::Confirmed(right) => Right::Confirmed(Confirmed { suspended: None, ..right.clone() }),
    };
    let state = State::Closed { ending, decision: dossier.state.decision().cloned() };
    let mut closed = Decision::of(Dossier { right, state, ..dossier.clone() });
    if let State::Oriented { decision, naming: Naming::ByAssignment, .. } = &dossier.state {
        // The assignment, which would have written it in the carnet, has nothing to do any more.
        closed.messages.push(Message::RecordOrientation(decision.target));
    }
    let (place, freed) = give_back(dossier.state.place());
    closed.place = place;
    closed.messages.extend(freed);
    closed
}

#[cfg(test)]
mod tests;
