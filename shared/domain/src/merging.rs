//! Merging: a person says that two dossiers are one person's, and may say later that they are not.
//!
//! One dossier goes on, the other is closed and points to it. Nothing of the other is lost: parted again, it goes back to
//! where it was, and what the first one had taken from it is given back, unless somebody has spoken since.

use chrono::{DateTime, Utc};

use crate::decision::give_back;
use crate::dossier::{EndMotive, Ending, Reached, Right};
use crate::intake::{answered, begin_again};
use crate::{Decision, Dossier, DossierId, Refusal, State};

/// Whether `absorbed` may be merged into `kept`.
///
/// Refused when the one to keep is over, when something is still to be done by people on the other, or when the other is
/// the one on which somebody has decided: that one is to be kept.
pub fn check(kept: &Dossier, absorbed: &Dossier) -> Result<(), Refusal> {
    if kept.id == absorbed.id {
        return Err(Refusal::SameDossier);
    }
    if kept.merged_into().is_some() {
        return Err(Refusal::Merged);
    }
    let is_over = |it: &Dossier| matches!(it.state, State::Closed { .. });
    if is_over(kept) && !is_over(absorbed) {
        return Err(Refusal::Closed);
    }
    absorbable(absorbed)
}

fn absorbable(dossier: &Dossier) -> Result<(), Refusal> {
    match &dossier.state {
        State::Closed { .. } if dossier.merged_into().is_some() => Err(Refusal::Merged),
        State::Submitted
        | State::ToOrient { .. }
        | State::AwaitingFranceTravail { .. }
        | State::Closed { .. } => Ok(()),
        State::Urgent { .. } => Err(Refusal::EmergencyOpen),
        State::Oriented { .. } | State::AwaitingPlace { .. } | State::Assigned { .. } => {
            Err(Refusal::KeepTheOther)
        }
    }
}

/// The dossier that is kept, with what the other knew of the right. `new_answers`: the other's answers are the last ones.
pub fn keep(kept: &Dossier, absorbed: &Right, new_answers: bool) -> Decision {
    let kept = with_right(kept, right(kept, absorbed));
    if new_answers { answered(Decision::of(kept)) } else { Decision::of(kept) }
}

/// The dossier that is closed for the other.
pub fn absorb(absorbed: &Dossier, into: DossierId, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    absorbable(absorbed)?;
    let on = absorbed.territory.local_date(now);
    let ending = Ending { motive: EndMotive::Merged { into }, on, at: now };
    let state = State::Closed { ending, decision: absorbed.state.decision().cloned() };
    let (place, freed) = give_back(absorbed.state.place());
    let messages = freed.into_iter().collect();
    Ok(Decision { dossier: Dossier { state, ..absorbed.clone() }, place, messages })
}

/// The dossier that had been closed for another goes back to where it was: over, as `ended` says, or on its way. On its
/// way, its journey begins again from its own dates: the rules look at it once more.
pub fn part(absorbed: &Dossier, ended: Option<Ending>) -> Result<Decision, Refusal> {
    let State::Closed { ending: Ending { motive: EndMotive::Merged { .. }, .. }, decision } = &absorbed.state
    else {
        return Err(Refusal::NotMerged);
    };
    Ok(match ended {
        Some(ending) => {
            let state = State::Closed { ending, decision: decision.clone() };
            Decision::of(Dossier { state, ..absorbed.clone() })
        }
        None => begin_again(absorbed.clone(), absorbed.right.clone(), [].into()),
    })
}

/// The dossier that was kept, without what it had taken: the right as it was `before`, if it is still as it became
/// `after`. `fewer_answers`: the other's answers are gone.
pub fn give_up(kept: &Dossier, before: &Right, after: &Right, fewer_answers: bool) -> Decision {
    let kept = if kept.right == *after { with_right(kept, before.clone()) } else { kept.clone() };
    if fewer_answers { answered(Decision::of(kept)) } else { Decision::of(kept) }
}

/// The right of one person of whom two dossiers knew something. While nobody has decided, the older reception counts: the
/// person loses no day for having had two dossiers.
fn right(kept: &Dossier, absorbed: &Right) -> Right {
    let undecided = kept.state.decision().is_none() && !matches!(kept.state, State::Closed { .. });
    match (&kept.right, absorbed) {
        (Right::Declared { opened_on: one }, Right::Declared { opened_on: other }) => {
            Right::Declared { opened_on: one.iter().chain(other).min().copied() }
        }
        (Right::Declared { .. }, Right::Confirmed(it)) => Right::Confirmed(it.clone()),
        (Right::Confirmed(known), Right::Confirmed(it))
            if undecided && it.duties && (!known.duties || it.received_on < known.received_on) =>
        {
            let mut older = it.clone();
            older.suspended = known.suspended;
            Right::Confirmed(older)
        }
        (Right::Confirmed(known), _) => Right::Confirmed(known.clone()),
    }
}

/// The dossier with a right; another one starts the alerts again.
fn with_right(dossier: &Dossier, right: Right) -> Dossier {
    let changed = dossier.right != right;
    let reached = if changed { Reached { alerts: 0, ..dossier.reached } } else { dossier.reached };
    Dossier { right, reached, ..dossier.clone() }
}

#[cfg(test)]
mod tests;
