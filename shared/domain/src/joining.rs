//! Joining: an application of somebody whose dossier is open already tells what is new in it, and opens no other.

use chrono::{DateTime, Utc};

use crate::dossier::{ContactSearch, Right, Wishes};
use crate::frame::Frame;
use crate::intake::{self, Application, RightStated};
use crate::matching::{Key, Match};
use crate::{Decision, Dossier, DossierId, Message, State};

/// How an application reached us, as far as certainty about its author goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// An agent typed it, and saw or heard the person.
    Agent,
    /// It came in online: whoever knows somebody's numbers may have written it.
    Online {
        /// The person has already told us themselves how to reach them.
        spoken_before: bool,
    },
}

/// Where an application goes that joins a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The dossier.
    pub dossier: DossierId,
    /// Whether its author may follow the dossier as the person does. Otherwise they only learn that it arrived.
    pub follows: bool,
}

/// The dossier that an application joins; `None` when it opens its own.
///
/// What an agent types joins whoever it was recognised as. Online, words that somebody gave before are not replaced by
/// those of a stranger who knows their name and their number: a telephone or an e-mail that is known must say the same.
/// And nobody learns what became of somebody by knowing their name and their birth date.
pub fn target(found: &Match, author: Author) -> Option<Joined> {
    let Match::Known { dossier, by, confirmed } = found else { return None };
    let (joins, follows) = match author {
        Author::Agent => (true, true),
        Author::Online { spoken_before: true } => (*confirmed, false),
        Author::Online { spoken_before: false } => {
            (true, *confirmed || matches!(by, Key::Nir | Key::CafNumberAndRole))
        }
    };
    joins.then_some(Joined { dossier: *dossier, follows })
}

/// Whether the dossier can take what the application asks. An immediate need that comes when somebody is already named,
/// or being named, is for people to see at once: it opens a dossier of its own, which is on their list the same day.
pub fn takes(dossier: &Dossier, application: &Application) -> bool {
    application.needs.is_empty()
        || match &dossier.state {
            State::Submitted | State::Urgent { .. } | State::Closed { .. } => true,
            State::ToOrient { waiting, .. } => waiting.contact == ContactSearch::NotNeeded,
            State::Oriented { .. }
            | State::AwaitingPlace { .. }
            | State::Assigned { .. }
            | State::AwaitingFranceTravail { .. } => false,
        }
}

/// The dossier, with what the application tells.
///
/// A right that a file or an agent confirmed stands; one that was declared is confirmed by an application that says so.
/// On a journey that is over, it is the application of another one.
pub fn join(dossier: &Dossier, application: Application, frame: &Frame, now: DateTime<Utc>) -> Decision {
    if dossier.merged_into().is_some() {
        // Merged since it was claimed: the other dossier is told.
        return Decision::of(dossier.clone());
    }
    let wishes = latest(&dossier.wishes, &application.wishes);
    let base = Dossier { commune: application.commune, wishes, ..dossier.clone() };
    if let State::Closed { .. } = dossier.state {
        let right = intake::right(&application.right, dossier.territory, frame, now);
        // The right that is over ended where the person lived then.
        let over = Dossier { submitted_at: now, commune: dossier.commune, ..base };
        let mut begun = intake::begin_again(over, right, application.needs);
        begun.dossier.commune = application.commune;
        return begun;
    }
    let right = match (&dossier.right, &application.right) {
        (Right::Declared { opened_on: known }, RightStated::Declared { opened_on }) => {
            // Two dates are told of one opening: the first one, whichever came first.
            Right::Declared { opened_on: known.iter().chain(opened_on).min().copied() }
        }
        (Right::Declared { .. }, stated) => {
            intake::right(stated, dossier.territory, frame, dossier.submitted_at)
        }
        (Right::Confirmed(known), _) => Right::Confirmed(known.clone()),
    };
    let base = Dossier { right, ..base };
    let mut needs = application.needs;
    if needs.is_empty() {
        return intake::answered(Decision::of(base));
    }
    if let State::Urgent { needs: known } = &dossier.state {
        // People have been told already.
        needs.extend(known);
        return Decision::of(Dossier { state: State::Urgent { needs }, ..base });
    }
    Decision::of(Dossier { state: State::Urgent { needs }, ..base }).and(Message::Reminder(intake::EMERGENCY))
}

/// The wishes that were told last, each for itself.
fn latest(known: &Wishes, told: &Wishes) -> Wishes {
    Wishes {
        organisme: told.organisme.or(known.organisme),
        referent: told.referent.clone().or_else(|| known.referent.clone()),
    }
}

#[cfg(test)]
mod tests;
