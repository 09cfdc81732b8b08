//! What an application brings: its door, the right behind it, the wishes, the immediate needs.

use chrono::NaiveDate;

use crate::frame::FrameId;
use crate::rsa::SuspensionMotive;
use crate::{Organisme, ReferentId};

/// How an application came in. All doors are equal afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// The online form or the public API.
    Web,
    /// A paper form, keyed in by a professional.
    Paper,
    /// A telephone call, keyed in by a professional.
    Telephone,
    /// A counter, keyed in by a professional.
    Counter,
    /// A file of the CAF or of the MSA.
    Flow,
}

/// The right to RSA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// The person says so. It opens the dossier and the triage; it starts no legal clock and takes no place.
    Declared {
        /// Opening date, when the person knows it.
        opened_on: Option<NaiveDate>,
    },
    /// The CAF, the MSA or an agent confirmed it.
    Confirmed(Confirmed),
}

/// A confirmed right: what starts the legal clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Opening date of the right.
    pub opened_on: NaiveDate,
    /// The day the département received the information: H3 runs from it since 2025 (CASF D. 262-65-2).
    pub received_on: NaiveDate,
    /// Whether `received_on` was missing and is presumed from the deposit.
    pub presumed: bool,
    /// Whether the person is subject to rights and duties (CASF L. 262-28); otherwise nothing is due.
    pub duties: bool,
    /// The legal frame, frozen at the event that started the clock.
    pub frame: FrameId,
    /// Its suspension, while it is suspended.
    pub suspended: Option<Suspension>,
}

/// A right that is open and suspended. No text stops a clock for it: what it stops is what the machine does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Its first day.
    pub since: NaiveDate,
    /// Why, when it is told.
    pub motive: Option<SuspensionMotive>,
}

/// What the person asked for, as codes. Their words are kept sealed elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The organism they would like.
    pub organisme: Option<Organisme>,
    /// The référent they would like.
    pub referent: Option<ReferentId>,
}

/// An immediate need that goes to people the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Food.
    Food,
    /// A roof.
    Shelter,
    /// Violence suffered.
    Violence,
    /// Health.
    Health,
    /// Money to live on.
    Resources,
}
