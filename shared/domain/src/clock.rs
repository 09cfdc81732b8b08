//! When something is next due for a dossier: the one instant that the index sorts by.

use chrono::{DateTime, NaiveDate, Utc};

use crate::calendar::Hours;
use crate::dossier::{ContactSearch, Naming, Proposal, Waiting};
use crate::frame::{Counted, Frame};
use crate::{Dossier, State, assignment, calendar};

/// The earliest instant at which the daily check has something to do, over all clocks; `None` when nothing will
/// ever be due without a new event.
pub fn next_due(dossier: &Dossier, frame: &Frame) -> Option<DateTime<Utc>> {
    [
        orientation_due(dossier, frame),
        answers_due(dossier, frame),
        naming_due(dossier),
        assignment::retry_at(&dossier.state),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// H3: the next alert not yet given, the end of the target, the end of the legal delay.
fn orientation_due(dossier: &Dossier, frame: &Frame) -> Option<DateTime<Utc>> {
    let right = dossier.running_right()?;
    let Counted { start, target, .. } = frame.counted(right);
    let alert = frame
        .orientation
        .alerts
        .iter()
        .enumerate()
        .find(|(index, _)| !has(dossier.reached.alerts, *index))
        .map(|(_, alert)| alert_at(dossier, start, alert.day));
    let unattended = |waiting: &Waiting| match waiting.contact {
        // Suspended, nothing is prepared by the machine: there is nothing to wait for on that day.
        ContactSearch::NotNeeded if dossier.is_suspended() => None,
        ContactSearch::NotNeeded => Some(dossier.territory.end_of_day(target)),
        ContactSearch::Asked { .. } | ContactSearch::Found(_) => None,
    };
    match &dossier.state {
        State::ToOrient { waiting, .. } => {
            let handed_over = frame.handed_over_at(dossier.territory, right);
            [alert, unattended(waiting), handed_over].into_iter().flatten().min()
        }
        State::Submitted | State::Urgent { .. } => alert,
        // Due at once when the legal delay passed while the right was suspended: nobody was named then.
        State::AwaitingFranceTravail { waiting, .. } => unattended(waiting),
        State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => None,
    }
}

/// An alert that falls on a day off is given on the working day before, in the morning.
pub(crate) fn alert_at(dossier: &Dossier, start: NaiveDate, day: u16) -> DateTime<Utc> {
    let date = calendar::add_days(start, i64::from(day));
    dossier.territory.start_of_day(calendar::on_or_before(dossier.territory, date))
}

/// H1: the next request for missing answers.
fn answers_due(dossier: &Dossier, frame: &Frame) -> Option<DateTime<Utc>> {
    let State::ToOrient { proposal, .. } = &dossier.state else { return None };
    if !proposal.incomplete || dossier.is_suspended() {
        return None;
    }
    frame
        .orientation
        .requests
        .iter()
        .enumerate()
        .find(|(index, _)| !has(dossier.reached.requests, *index))
        .map(|(_, day)| request_at(dossier, proposal, *day, frame.hours))
}

/// A request for missing answers goes out so many days after the rules found them missing, at an hour at which one
/// may ring at somebody's: whatever the channel, it need not wait then.
pub(crate) fn request_at(dossier: &Dossier, proposal: &Proposal, day: u16, hours: Hours) -> DateTime<Utc> {
    let known = dossier.territory.local_date(proposal.at);
    let date = calendar::add_days(known, i64::from(day));
    hours.next(dossier.territory, dossier.territory.start_of_day(date))
}

/// H4: the day after the organism should have named its référent.
fn naming_due(dossier: &Dossier) -> Option<DateTime<Utc>> {
    match &dossier.state {
        State::Oriented { naming: Naming::ByOrganisme { expected_on }, .. } if !dossier.reached.chased => {
            Some(dossier.territory.end_of_day(*expected_on))
        }
        State::Oriented { .. }
        | State::Submitted
        | State::Urgent { .. }
        | State::ToOrient { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::AwaitingFranceTravail { .. }
        | State::Closed { .. } => None,
    }
}

/// Whether the rung is already reached.
pub(crate) fn has(bits: u16, index: usize) -> bool {
    index < 16 && bits & (1 << index) != 0
}
