//! The legal frame: clocks, alerts, defaults and sanctions, as dated data with their sources.
//!
//! The values come from files (`contracts::data`); this is their shape and how they are read.

use chrono::{DateTime, NaiveDate, Utc};

use crate::Territory;
use crate::calendar::Hours;
use crate::clocks::{ClockId, ClockRule, EventKind};
use crate::delay::{Bearer, Delay};
use crate::dossier::{Confirmed, Target};
use crate::local_frame::Local;
use crate::sanctions::Sanctions;

/// Names one frame and its version, as in `cadre-2025#1`, and what a territory had changed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameId {
    /// The frame of the law.
    pub national: String,
    /// The territory's own targets.
    pub local: Option<Local>,
}

impl FrameId {
    /// A frame of the law, as it is.
    pub fn national(name: impl Into<String>) -> Self {
        Self { national: name.into(), local: None }
    }

    /// Its kind, which its versions share: `cadre-2025`.
    pub fn kind(&self) -> &str {
        self.national.split_once('#').map_or(&self.national, |(kind, _)| kind)
    }
}

/// A legal frame in force from a date on, until the next one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Which frame this is.
    pub id: FrameId,
    /// What a professional reads.
    pub title: String,
    /// First day on which an event falls under this frame.
    pub valid_from: NaiveDate,
    /// Clock H3, the orientation.
    pub orientation: OrientationDelays,
    /// Clock H4, days from the signature after which an organism that names its own référent is chased.
    pub naming_days: u16,
    /// The hours at which one may ring at somebody's.
    pub hours: Hours,
    /// The other clocks, in the order of their codes.
    pub clocks: Vec<ClockRule>,
    /// Where a person is oriented when the information is missing through their own doing.
    pub default: Target,
    /// The ladder of sanctions, which the service records and never orders.
    pub sanctions: Sanctions,
    /// Article and text behind each figure.
    pub sources: Vec<Source>,
}

/// The delays of the orientation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrientationDelays {
    /// The event that the clock starts from; the day of the event does not count.
    pub starts: OrientationStart,
    /// The SPIE's own target; a territory may shorten it.
    pub target: Delay,
    /// The legal delay; nothing may lengthen it.
    pub legal: Delay,
    /// Who decides once it has passed.
    pub after_legal: AfterLegal,
    /// Who is alerted, when, in increasing order of days.
    pub alerts: Vec<Alert>,
    /// When the person is asked for missing answers, in days from the deposit, in increasing order.
    pub requests: Vec<u16>,
}

/// The event that starts the clock of the orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrientationStart {
    /// The right opens.
    Opening,
    /// The département receives the information that it opens.
    Reception,
}

/// Who decides on the orientation once the legal delay has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterLegal {
    /// Still the département.
    Departement,
    /// France Travail.
    FranceTravail,
}

/// One rung of the ladder of alerts of H3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Days since the start of the clock.
    pub day: u16,
    /// Who is told.
    pub to: AlertTo,
}

/// Whom an alert reaches, inside the institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertTo {
    /// The orientation agents of the territory.
    Agent,
    /// The head of territory.
    Head,
    /// The direction.
    Direction,
}

/// The clock of the orientation, counted for one right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The day that it starts from.
    pub start: NaiveDate,
    /// The last day of the target.
    pub target: NaiveDate,
    /// The last day of the legal delay.
    pub legal: NaiveDate,
}

/// A figure's source, for the person who must check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the figure is about.
    pub about: String,
    /// The article.
    pub article: String,
    /// The text that set it.
    pub text: String,
}

impl Frame {
    /// The day that the clock of the orientation starts from.
    pub fn starts_on(&self, right: &Confirmed) -> NaiveDate {
        match self.orientation.starts {
            OrientationStart::Opening => right.opened_on,
            OrientationStart::Reception => right.received_on,
        }
    }

    /// The clock of the orientation of somebody with this right.
    pub fn counted(&self, right: &Confirmed) -> Counted {
        let start = self.starts_on(right);
        Counted { start, target: self.target(start), legal: self.legal(start) }
    }

    /// The last day of the target delay of an orientation whose clock starts on that day.
    /// The day of the event does not count; the delay ends at the end of the returned day.
    pub fn target(&self, start: NaiveDate) -> NaiveDate {
        self.orientation.target.last_day(start)
    }

    /// The last day of the legal delay, counted like [`Frame::target`].
    pub fn legal(&self, start: NaiveDate) -> NaiveDate {
        self.orientation.legal.last_day(start)
    }

    /// The instant from which France Travail decides for somebody with this right, where the frame has it decide.
    pub fn handed_over_at(&self, territory: Territory, right: &Confirmed) -> Option<DateTime<Utc>> {
        match self.orientation.after_legal {
            AfterLegal::Departement => None,
            AfterLegal::FranceTravail => Some(territory.end_of_day(self.counted(right).legal)),
        }
    }

    /// The last day on which an organism that names its own référent is expected to have done so.
    pub fn named_by(&self, decided_on: NaiveDate) -> NaiveDate {
        Delay::Days(self.naming_days).last_day(decided_on)
    }

    /// Every clock that the frame sets, in the order of their codes.
    pub fn rules(&self) -> Vec<ClockRule> {
        let mut rules = self.clocks.clone();
        rules.extend([self.orientation_rule(), self.naming_rule()]);
        rules.sort_by_key(|it| it.id);
        rules
    }

    fn orientation_rule(&self) -> ClockRule {
        let starts = match self.orientation.starts {
            OrientationStart::Opening => EventKind::RightOpened,
            OrientationStart::Reception => EventKind::RightReceived,
        };
        let stops = [EventKind::OrientationSigned, EventKind::RightClosed];
        ClockRule {
            target: Some(self.orientation.target),
            legal: Some(self.orientation.legal),
            ..ClockRule::new(ClockId::Orientation, Bearer::Administration, [starts], stops)
        }
    }

    fn naming_rule(&self) -> ClockRule {
        let stops = [EventKind::ReferentNamed, EventKind::RightClosed];
        ClockRule {
            target: Some(Delay::Days(self.naming_days)),
            restarts: true,
            ..ClockRule::new(ClockId::Naming, Bearer::Administration, [EventKind::DecisionNotified], stops)
        }
    }
}
