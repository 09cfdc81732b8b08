//! The legal clocks of a person: from dated events to what runs, what stopped, and on which day each delay ends.
//!
//! A clock is never stored: it is what the events say under a frame, whatever the order in which they were learnt.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::calendar::add_days;
use crate::delay::{Bearer, Delay};
use crate::frame::Frame;
use crate::{Dossier, Territory};

/// Names a clock of the table of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClockId {
    /// H1: the person's answers are complete.
    Answers,
    /// H2: the person was met for a diagnosis.
    Diagnosis,
    /// H3: the orientation is signed.
    Orientation,
    /// H4: the référent is named.
    Naming,
    /// H5: the contract is signed.
    Contract,
    /// H6: the référent has met the person.
    FirstMeeting,
    /// H7: the référent is in contact with the person.
    Contact,
    /// H8: a social parcours is looked at again.
    Review,
    /// H9: the person may say what they have to say before a sanction.
    Observations,
    /// H10: somebody who has found work is accompanied in it.
    InWork,
    /// H11: a contract of the former law becomes one of the new.
    Conversion,
    /// H12: a request on one's data is answered.
    DataRequest,
}

impl ClockId {
    /// Every clock, in order.
    pub const ALL: [Self; 12] = [
        Self::Answers,
        Self::Diagnosis,
        Self::Orientation,
        Self::Naming,
        Self::Contract,
        Self::FirstMeeting,
        Self::Contact,
        Self::Review,
        Self::Observations,
        Self::InWork,
        Self::Conversion,
        Self::DataRequest,
    ];

    /// Its code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answers => "H1",
            Self::Diagnosis => "H2",
            Self::Orientation => "H3",
            Self::Naming => "H4",
            Self::Contract => "H5",
            Self::FirstMeeting => "H6",
            Self::Contact => "H7",
            Self::Review => "H8",
            Self::Observations => "H9",
            Self::InWork => "H10",
            Self::Conversion => "H11",
            Self::DataRequest => "H12",
        }
    }
}

/// What happens to somebody and moves a clock. In the order in which things of one day follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// The right to RSA opens.
    RightOpened,
    /// The département receives the information of it.
    RightReceived,
    /// The right is suspended.
    RightSuspended,
    /// Its suspension ends.
    RightRestored,
    /// The person's answers are complete.
    AnswersComplete,
    /// The person was met for a diagnosis.
    DiagnosisMade,
    /// The legal delay of the orientation has passed: somebody else decides.
    HandedOver,
    /// The orientation is signed.
    OrientationSigned,
    /// The decision is notified.
    DecisionNotified,
    /// A référent is named.
    ReferentNamed,
    /// The référent met the person.
    MeetingHeld,
    /// The référent and the person were in contact.
    ContactMade,
    /// A contract is signed.
    ContractSigned,
    /// A contract of the former law was in force when the new one came.
    FormerContract,
    /// The review of a social parcours is put off, for one of the motives of the law.
    ReviewPostponed,
    /// A social parcours was looked at again.
    ReviewMade,
    /// The person is told what a sanction is considered for.
    BreachNotified,
    /// The person has answered.
    ObservationsMade,
    /// The person starts to work.
    WorkStarted,
    /// The accompaniment in work ends.
    WorkFollowed,
    /// The person asks something of their data.
    DataAsked,
    /// The answer is put off, for its complexity or the number of requests.
    DataPostponed,
    /// The person has their answer.
    DataAnswered,
    /// The right is closed.
    RightClosed,
}

/// Something that happened, on the day that its source gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// The day.
    pub on: NaiveDate,
    /// What.
    pub kind: EventKind,
}

/// How a clock works under a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockRule {
    /// Which clock.
    pub id: ClockId,
    /// On whom its delays bear.
    pub bearer: Bearer,
    /// What starts it.
    pub starts: BTreeSet<EventKind>,
    /// What stops it.
    pub stops: BTreeSet<EventKind>,
    /// Whether what starts it starts it again while it runs: a new orientation reopens the month of the contract.
    pub restarts: bool,
    /// Whether a suspension of the right holds it.
    pub pauses: bool,
    /// The target.
    pub target: Option<Delay>,
    /// The legal delay.
    pub legal: Option<Delay>,
    /// The legal delay overseas, where it is another.
    pub legal_overseas: Option<Delay>,
    /// What makes the legal delay another, and which.
    pub extended: Option<(EventKind, Delay)>,
}

impl ClockRule {
    /// A clock without delays, which nothing holds and nothing starts again.
    pub fn new(
        id: ClockId,
        bearer: Bearer,
        starts: impl IntoIterator<Item = EventKind>,
        stops: impl IntoIterator<Item = EventKind>,
    ) -> Self {
        Self {
            id,
            bearer,
            starts: starts.into_iter().collect(),
            stops: stops.into_iter().collect(),
            restarts: false,
            pauses: false,
            target: None,
            legal: None,
            legal_overseas: None,
            extended: None,
        }
    }

    /// What the events say of it; `None` while nothing has started it. The last time that it was started counts.
    pub fn read(&self, territory: Territory, events: &BTreeSet<Event>) -> Option<Clock> {
        let (mut running, mut suspended) = (None, false);
        for event in events {
            suspended |= event.kind == EventKind::RightSuspended;
            suspended &= event.kind != EventKind::RightRestored;
            running = self.after(running, *event, suspended);
        }
        running.map(|it| self.clock(territory, it))
    }

    /// What runs after an event; `suspended` is the right as the event leaves it.
    fn after(&self, before: Option<Running>, event: Event, suspended: bool) -> Option<Running> {
        let over = before.is_none_or(|it| it.stopped_on.is_some());
        if self.starts.contains(&event.kind) && (over || self.restarts) {
            let held_since = (self.pauses && suspended).then_some(event.on);
            return Some(Running { held_since, ..Running::from(event.on) });
        }
        let mut running = before?;
        if over {
            return Some(running);
        }
        if self.stops.contains(&event.kind) {
            running.resume(event.on);
            running.stopped_on = Some(event.on);
        } else if event.kind == EventKind::HandedOver && self.id == ClockId::Orientation {
            running.handed_over_on = Some(event.on);
        } else if self.extended.is_some_and(|(by, _)| by == event.kind) {
            running.extended = true;
        } else if self.pauses && suspended {
            running.held_since = running.held_since.or(Some(event.on));
        } else {
            running.resume(event.on);
        }
        Some(running)
    }

    fn clock(&self, territory: Territory, running: Running) -> Clock {
        let last = |delay: Delay| {
            let from = delay.last_day(running.start);
            let last = add_days(from, running.held_days);
            // Held days come before the day off on which a person's delay cannot end.
            Delay::Days(0).last_day_for(self.bearer, territory, last)
        };
        Clock {
            id: self.id,
            start: running.start,
            target: self.target.map(last),
            legal: self.legal_delay(territory, running.extended).map(last),
            status: running.status(),
        }
    }

    fn legal_delay(&self, territory: Territory, extended: bool) -> Option<Delay> {
        let extension = self.extended.filter(|_| extended).map(|(_, delay)| delay);
        let overseas = self.legal_overseas.filter(|_| territory.is_overseas());
        extension.or(overseas).or(self.legal)
    }
}

/// A clock that was started, as the events are read.
#[derive(Clone, Copy, Debug)]
struct Running {
    start: NaiveDate,
    extended: bool,
    held_days: i64,
    held_since: Option<NaiveDate>,
    handed_over_on: Option<NaiveDate>,
    stopped_on: Option<NaiveDate>,
}

impl Running {
    const fn from(start: NaiveDate) -> Self {
        Self {
            start,
            extended: false,
            held_days: 0,
            held_since: None,
            handed_over_on: None,
            stopped_on: None,
        }
    }

    const fn status(&self) -> ClockStatus {
        match (self.stopped_on, self.handed_over_on, self.held_since) {
            (Some(on), _, _) => ClockStatus::Stopped { on },
            (None, Some(on), _) => ClockStatus::HandedOver { on },
            (None, None, Some(since)) => ClockStatus::Held { since },
            (None, None, None) => ClockStatus::Running,
        }
    }

    /// Nothing holds it any more.
    fn resume(&mut self, on: NaiveDate) {
        if let Some(since) = self.held_since.take() {
            self.held_days += (on - since).num_days();
        }
    }
}

/// A clock, as the events say it is. It depends on nothing else: looking twice shows the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Which.
    pub id: ClockId,
    /// The day it started from.
    pub start: NaiveDate,
    /// The last day of the target.
    pub target: Option<NaiveDate>,
    /// The last day of the legal delay.
    pub legal: Option<NaiveDate>,
    /// How it stands.
    pub status: ClockStatus,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStatus {
    /// It runs.
    Running,
    /// A suspension of the right holds it: its ends are those of a suspension that would end on its first day.
    Held {
        /// Since when.
        since: NaiveDate,
    },
    /// The legal delay passed first: somebody else decides.
    HandedOver {
        /// Since when.
        on: NaiveDate,
    },
    /// What it waited for happened, or the right closed.
    Stopped {
        /// When.
        on: NaiveDate,
    },
}

impl Clock {
    /// The first day after the legal delay, once it has come before what the clock waits for.
    pub fn overrun_since(&self, today: NaiveDate) -> Option<NaiveDate> {
        let until = match self.status {
            ClockStatus::Running => today,
            ClockStatus::Held { since } => since.min(today),
            ClockStatus::HandedOver { on } | ClockStatus::Stopped { on } => on,
        };
        let first = add_days(self.legal?, 1);
        (until >= first).then_some(first)
    }
}

/// The clocks of a dossier under its frame, in the order of their codes: those that something here can stop, and those that
/// something has stopped.
pub fn of(dossier: &Dossier, frame: &Frame) -> Vec<Clock> {
    let events = events::of(dossier, frame);
    let happened: BTreeSet<EventKind> = events.iter().map(|it| it.kind).collect();
    let shown = |it: &&ClockRule| {
        let ends = |kind: &EventKind| *kind != EventKind::RightClosed && happened.contains(kind);
        it.stops.iter().any(|kind| events::TOLD.contains(kind) || ends(kind))
    };
    frame.rules().iter().filter(shown).filter_map(|it| it.read(dossier.territory, &events)).collect()
}

mod events;
#[cfg(test)]
mod tests;
