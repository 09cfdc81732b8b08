//! What a dossier tells of the events that move clocks.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Event, EventKind};
use crate::dossier::Signatory;
use crate::{Dossier, State};

/// The events that end a wait and that a dossier can tell: a clock that nothing here could stop is not shown as running.
pub(super) const TOLD: [EventKind; 4] = [
    EventKind::AnswersComplete,
    EventKind::OrientationSigned,
    EventKind::ReferentNamed,
    EventKind::ContractSigned,
];

/// Everything that a dossier tells. What came before the right was known counts from the day on which it was: answers
/// given before it, a contact who became the référent, a right that closes as of a past date.
pub(super) fn of(dossier: &Dossier) -> BTreeSet<Event> {
    let mut events = BTreeSet::new();
    let mut known = NaiveDate::MIN;
    let day = |at| dossier.territory.local_date(at);
    if let Some(right) = dossier.running_right() {
        events.insert(Event { on: right.opened_on, kind: EventKind::RightOpened });
        events.insert(Event { on: right.received_on, kind: EventKind::RightReceived });
        if let Some(suspension) = right.suspended {
            events.insert(Event { on: suspension.since, kind: EventKind::RightSuspended });
        }
        known = right.opened_on.max(right.received_on);
    }
    let mut tell = |kind, on: NaiveDate| {
        known = known.max(on);
        events.insert(Event { on: known, kind });
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
        // Signing tells the person at once: both are of one day.
        tell(EventKind::OrientationSigned, day(decision.at));
        tell(EventKind::DecisionNotified, day(decision.at));
        if let State::Assigned { referent, .. } = &dossier.state {
            tell(EventKind::ReferentNamed, day(referent.since));
        }
        if let Signatory::TakenOver { contract: Some(on), .. } = decision.by {
            tell(EventKind::ContractSigned, on);
        }
    }
    if let State::Closed { ending, .. } = &dossier.state {
        tell(EventKind::RightClosed, ending.on);
    }
    events
}
