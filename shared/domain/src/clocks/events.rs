//! What a dossier tells of the events that move clocks.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Event, EventKind};
use crate::dossier::Signatory;
use crate::frame::Frame;
use crate::{Dossier, State};

/// The events that end a wait and that every journey comes to tell: a clock that nothing here could stop is not shown as
/// running.
pub(super) const TOLD: [EventKind; 3] =
    [EventKind::AnswersComplete, EventKind::OrientationSigned, EventKind::ReferentNamed];

/// Everything that a dossier tells. Nothing that is told is earlier than what it follows from: answers given before the
/// right was known stop their clock on its first day, and so does a right that closes as of a past day.
pub(super) fn of(dossier: &Dossier, frame: &Frame) -> BTreeSet<Event> {
    let mut events = BTreeSet::new();
    let mut start = NaiveDate::MIN;
    if let Some(right) = dossier.running_right() {
        events.insert(Event { on: right.opened_on, kind: EventKind::RightOpened });
        events.insert(Event { on: right.received_on, kind: EventKind::RightReceived });
        if let Some(suspension) = right.suspended {
            events.insert(Event { on: suspension.since, kind: EventKind::RightSuspended });
        }
        start = frame.starts_on(right).max(right.received_on);
    }
    let day = |at| dossier.territory.local_date(at);
    let mut tell = |kind, on: NaiveDate| {
        events.insert(Event { on: on.max(start), kind });
    };
    if let State::ToOrient { proposal, .. } | State::AwaitingFranceTravail { proposal, .. } = &dossier.state
        && !proposal.incomplete
    {
        tell(EventKind::AnswersComplete, day(proposal.at));
    }
    if let State::AwaitingFranceTravail { since, .. } = dossier.state {
        tell(EventKind::HandedOver, day(since));
    }
    if let Some(decision) = dossier.state.decision() {
        let notified = day(decision.at);
        let signed = match decision.by {
            Signatory::FranceTravail { decided_on, .. } => decided_on,
            // Signing tells the person at once: both are of one day.
            Signatory::Agent { .. } | Signatory::TakenOver { .. } => notified,
        };
        tell(EventKind::OrientationSigned, signed.min(notified));
        tell(EventKind::DecisionNotified, notified);
        if let State::Assigned { referent, .. } = &dossier.state {
            // The contact who becomes the référent was there before the decision.
            tell(EventKind::ReferentNamed, day(referent.since).max(notified));
        }
        if let Signatory::TakenOver { contract: Some(on), .. } = decision.by {
            tell(EventKind::ContractSigned, on.max(notified));
        }
    }
    if let State::Closed { ending, .. } = &dossier.state {
        let last = events.iter().next_back().map_or(ending.on, |it| it.on);
        events.insert(Event { on: ending.on.max(last), kind: EventKind::RightClosed });
    }
    events
}
