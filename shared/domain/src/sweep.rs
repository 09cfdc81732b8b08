//! The monthly sweep: the stock of people who are not oriented, counted by seniority and caught up.
//!
//! Emergencies are left to people. Everything else past its target gets a contact and a prepared default.

use chrono::{DateTime, NaiveDate, Utc};

use crate::calendar::Month;
use crate::check::{past_target, start_waiting};
use crate::dossier::{ContactSearch, DefaultStage, Right};
use crate::frame::Frame;
use crate::{Decision, Dossier, Refusal, State, calendar};

/// The photograph of the stock: what the report says, whether or not anything is then done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Not oriented, subject to rights and duties, right confirmed.
    pub stock: u64,
    /// Of these, for less than six months.
    pub under_6_months: u64,
    /// Of these, for six to twelve months.
    pub from_6_to_12_months: u64,
    /// Of these, for one to two years.
    pub from_1_to_2_years: u64,
    /// Of these, for more than two years.
    pub over_2_years: u64,
    /// Of these, waiting for France Travail.
    pub awaiting_france_travail: u64,
    /// Of these, with an open emergency, left to people.
    pub emergencies: u64,
    /// Of these, with somebody to call.
    pub with_contact: u64,
    /// Of these, with a default orientation prepared.
    pub with_default: u64,
    /// Of these, those that this sweep catches up.
    pub to_catch_up: u64,
    /// Right only declared: no clock runs.
    pub declared_only: u64,
}

impl Report {
    /// Counts one dossier of the stock.
    pub fn count(&mut self, dossier: &Dossier, frame: &Frame, now: DateTime<Utc>) {
        if !is_not_oriented(&dossier.state) {
            return;
        }
        if matches!(dossier.right, Right::Declared { .. }) {
            self.declared_only += 1;
            return;
        }
        let Some(right) = dossier.running_right() else { return };
        self.stock += 1;
        *self.seniority(right.received_on, dossier.territory.local_date(now)) += 1;
        match &dossier.state {
            State::Urgent { .. } => self.emergencies += 1,
            State::AwaitingFranceTravail { .. } => self.awaiting_france_travail += 1,
            State::Submitted
            | State::ToOrient { .. }
            | State::Oriented { .. }
            | State::AwaitingPlace { .. }
            | State::Assigned { .. }
            | State::Closed { .. } => {}
        }
        if let State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } = &dossier.state
        {
            self.with_contact += u64::from(waiting.contact.placement().is_some());
            self.with_default += u64::from(matches!(waiting.default, DefaultStage::Ready(_)));
        }
        self.to_catch_up += u64::from(needs_catching_up(dossier, frame, now));
    }

    /// Seniority is counted from the day on which the département knew, whatever starts the clock of the frame.
    fn seniority(&mut self, since: NaiveDate, today: NaiveDate) -> &mut u64 {
        if today < calendar::add_months(since, 6) {
            &mut self.under_6_months
        } else if today < calendar::add_months(since, 12) {
            &mut self.from_6_to_12_months
        } else if today < calendar::add_months(since, 24) {
            &mut self.from_1_to_2_years
        } else {
            &mut self.over_2_years
        }
    }
}

/// Catches one dossier up for `month`: what the daily check would have done, had it run.
/// `AlreadyDone` when this month's sweep has treated it or nothing is missing.
pub fn catch_up(
    dossier: &Dossier,
    month: Month,
    frame: &Frame,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    if dossier.swept.is_some_and(|last| last >= month) || !needs_catching_up(dossier, frame, now) {
        return Err(Refusal::AlreadyDone);
    }
    let mut decision = Decision::of(Dossier { swept: Some(month), ..dossier.clone() });
    start_waiting(&mut decision, now);
    Ok(decision)
}

/// Whether the sweep has something to do for the dossier.
pub fn needs_catching_up(dossier: &Dossier, frame: &Frame, now: DateTime<Utc>) -> bool {
    let State::ToOrient { waiting, .. } = &dossier.state else { return false };
    past_target(dossier, frame, now)
        && !dossier.is_suspended()
        && (waiting.contact == ContactSearch::NotNeeded || waiting.default == DefaultStage::NotNeeded)
}

fn is_not_oriented(state: &State) -> bool {
    State::NOT_ORIENTED.contains(&state.code())
}
