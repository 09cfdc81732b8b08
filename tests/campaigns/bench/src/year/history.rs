//! What was done over the year, as whoever did it knows it: all that the verdict judges by, beside what was sent.

use chrono::{DateTime, NaiveDate, Utc};
use domain::DossierId;

/// What happened to one person.
pub(super) struct Life {
    /// Their dossier.
    pub(super) dossier: DossierId,
    /// Whether they gave a mobile telephone, an electronic address, a postal one.
    pub(super) reachable: [bool; 3],
    /// When they came in.
    pub(super) deposited: DateTime<Utc>,
    /// Whether nothing could be proposed for want of answers, once they had come in.
    pub(super) incomplete: bool,
    /// When the right was confirmed, and the day that it had been received.
    pub(super) confirmed: Option<(DateTime<Utc>, NaiveDate)>,
    /// When the agent signed, or recorded France Travail's decision.
    pub(super) signed: Option<DateTime<Utc>>,
    /// Whether the organism names its own référent.
    pub(super) elsewhere: bool,
    /// When the right was suspended, and restored.
    pub(super) suspended: Option<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// When the right was closed.
    pub(super) closed: Option<DateTime<Utc>>,
}

impl Life {
    /// Whether nobody had decided, nor was there nothing more to decide, at this instant.
    pub(super) fn waits(&self, at: DateTime<Utc>) -> bool {
        self.deposited <= at && self.signed.is_none_or(|it| it > at) && self.closed.is_none_or(|it| it > at)
    }

    /// Whether there is a right, confirmed, of which something may be told.
    pub(super) fn has_a_right(&self) -> bool {
        self.confirmed.is_some() && self.closed.is_none()
    }

    /// Whether the right was suspended at this instant.
    pub(super) fn is_suspended(&self, at: DateTime<Utc>) -> bool {
        self.suspended.is_some_and(|(from, to)| from <= at && to.is_none_or(|it| it > at))
    }
}

/// One run of the schedules that came to its end.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// When it began.
    pub(super) from: DateTime<Utc>,
    /// When all that it set off had ended.
    pub(super) to: DateTime<Utc>,
}

/// One message, as the store and the documents have it.
pub(super) struct Told {
    /// The fact that it tells.
    pub(super) fact: String,
    /// When it left.
    pub(super) at: DateTime<Utc>,
    /// How.
    pub(super) channel: String,
}
