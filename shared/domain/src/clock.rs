//! When something is next due for a dossier: the one instant that the index sorts by.

use chrono::{DateTime, Utc};

use crate::dossier::{ContactSearch, Naming, Proposal, Waiting};
use crate::frame::Frame;
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
    let received = right.received_on;
    let alert = frame
        .orientation
        .alerts
        .iter()
        .enumerate()
        .find(|(index, _)| !has(dossier.reached.alerts, *index))
        .map(|(_, alert)| alert_at(dossier, received, alert.day));
    let legal = dossier.territory.end_of_day(frame.legal(received));
    let target = |waiting: &Waiting| match waiting.contact {
        // Suspended, nothing is prepared by the machine: there is nothing to wait for on that day.
        ContactSearch::NotNeeded if dossier.is_suspended() => None,
        ContactSearch::NotNeeded => Some(dossier.territory.end_of_day(frame.target(received))),
        ContactSearch::Asked { .. } | ContactSearch::Found(_) => None,
    };
    match &dossier.state {
        State::ToOrient { waiting, .. } => [alert, target(waiting), Some(legal)].into_iter().flatten().min(),
        State::Submitted | State::Urgent { .. } => alert,
        // Due at once when the legal delay passed while the right was suspended: nobody was named then.
        State::AwaitingFranceTravail { waiting, .. } => target(waiting),
        State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => None,
    }
}

/// An alert that falls on a day off is given on the working day before, in the morning.
pub(crate) fn alert_at(dossier: &Dossier, received: chrono::NaiveDate, day: u16) -> DateTime<Utc> {
    let date = calendar::add_days(received, i64::from(day));
    let date = if calendar::is_working_day(dossier.territory, date) {
        date
    } else {
        calendar::previous_working_day(dossier.territory, date)
    };
    dossier.territory.start_of_day(date)
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
        .map(|(_, day)| request_at(dossier, proposal, *day))
}

/// A request for missing answers goes out so many days after the rules found them missing, at an hour at which one
/// may write to people.
pub(crate) fn request_at(dossier: &Dossier, proposal: &Proposal, day: u16) -> DateTime<Utc> {
    let known = dossier.territory.local_date(proposal.at);
    let date = calendar::add_days(known, i64::from(day));
    calendar::next_allowed(dossier.territory, dossier.territory.start_of_day(date))
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

/// A legal clock as a professional sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockView {
    /// Its code, as in `H3`.
    pub id: &'static str,
    /// The day it started from.
    pub start: chrono::NaiveDate,
    /// The last day of the target delay.
    pub target: Option<chrono::NaiveDate>,
    /// The last day of the legal delay.
    pub legal: Option<chrono::NaiveDate>,
    /// Whether it runs, stopped, or was overrun.
    pub status: ClockStatus,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStatus {
    /// It runs.
    Running,
    /// What it waited for happened.
    Stopped,
    /// The legal delay passed first.
    Overrun,
}

/// The clocks to show. They depend on the dossier alone, so that looking twice shows the same.
pub fn view(dossier: &Dossier, frame: &Frame) -> Vec<ClockView> {
    let mut clocks = Vec::new();
    if let Some(right) = dossier.running_right() {
        let status = match &dossier.state {
            State::Submitted | State::Urgent { .. } | State::ToOrient { .. } => ClockStatus::Running,
            State::AwaitingFranceTravail { .. } => ClockStatus::Overrun,
            State::Oriented { .. }
            | State::AwaitingPlace { .. }
            | State::Assigned { .. }
            | State::Closed { .. } => ClockStatus::Stopped,
        };
        clocks.push(ClockView {
            id: "H3",
            start: right.received_on,
            target: Some(frame.target(right.received_on)),
            legal: Some(frame.legal(right.received_on)),
            status,
        });
    }
    if let Some(decision) = dossier.state.decision() {
        let start = dossier.territory.local_date(decision.at);
        let status = if matches!(dossier.state, State::Assigned { .. } | State::Closed { .. }) {
            ClockStatus::Stopped
        } else {
            ClockStatus::Running
        };
        let target = Some(calendar::add_days(start, i64::from(frame.naming_days)));
        clocks.push(ClockView { id: "H4", start, target, legal: None, status });
    }
    clocks
}
