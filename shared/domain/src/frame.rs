//! The legal frame: delays, alerts and defaults, as dated data with their sources.
//!
//! The values come from files (`contracts::data`); this is their shape and how they are read.

use chrono::NaiveDate;

use crate::calendar;
use crate::dossier::Target;

/// Names one frame and its version, as in `cadre-2025#1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameId(pub String);

/// A legal frame in force between two dates.
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
    /// Where a person is oriented when the information is missing through their own doing.
    pub default: Target,
    /// Article and text behind each figure.
    pub sources: Vec<Source>,
}

/// The delays of the orientation, in calendar days from the day after the département received the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrientationDelays {
    /// The SPIE's own target; a territory may shorten it.
    pub target_days: u16,
    /// The legal delay; nothing may lengthen it.
    pub legal_days: u16,
    /// Who is alerted, when, in increasing order of days.
    pub alerts: Vec<Alert>,
    /// When the person is asked for missing answers, in days from the deposit, in increasing order.
    pub requests: Vec<u16>,
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
    /// The last day of the target delay of an orientation whose right was received on `received`.
    /// The day of the event does not count; the delay ends at the end of the returned day.
    pub fn target(&self, received: NaiveDate) -> NaiveDate {
        calendar::add_days(received, i64::from(self.orientation.target_days))
    }

    /// The last day of the legal delay, counted like [`Frame::target`].
    pub fn legal(&self, received: NaiveDate) -> NaiveDate {
        calendar::add_days(received, i64::from(self.orientation.legal_days))
    }
}
