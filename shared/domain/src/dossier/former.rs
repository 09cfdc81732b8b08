//! A right that is over, kept when another opens: the figures of the past count it still.

use chrono::NaiveDate;

use super::{Confirmed, Ending, Right, Signatory, Signed};
use crate::commune::CodeInsee;
use crate::frame::FrameId;
use crate::{Dossier, Organisme, State};

/// What is kept of a right that is over, when the same person opens another: dates and codes, no more than figures need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// Where the person lived at its end.
    pub commune: CodeInsee,
    /// Its first day.
    pub opened_on: NaiveDate,
    /// The day the département received it.
    pub received_on: NaiveDate,
    /// Whether the person was subject to rights and duties.
    pub duties: bool,
    /// The legal frame it was under.
    pub frame: FrameId,
    /// The orientation, when somebody had decided.
    pub oriented: Option<Oriented>,
    /// The day of its end.
    pub left_on: NaiveDate,
}

/// An orientation, as figures see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oriented {
    /// The day of the decision.
    pub on: NaiveDate,
    /// Towards which organism.
    pub organisme: Organisme,
    /// Who decided.
    pub by: Decider,
}

/// Who decided on an orientation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decider {
    /// An agent, without a motive to depart from the proposition.
    Agent,
    /// An agent, with a motive to depart from the proposition.
    AgentDeparting,
    /// France Travail, after the legal delay.
    FranceTravail,
    /// Somebody else, before the département worked here.
    Elsewhere,
}

impl Former {
    /// What is kept of a journey that is over; `None` when it is not, and when it was no right: only declared, refused, or
    /// told of somebody who has another dossier.
    pub fn of(dossier: &Dossier) -> Option<Self> {
        let (State::Closed { ending, decision }, Right::Confirmed(right)) = (&dossier.state, &dossier.right)
        else {
            return None;
        };
        let left_on = ending.leaves()?;
        let Confirmed { opened_on, received_on, duties, ref frame, .. } = *right;
        let oriented = decision.as_ref().map(|it| it.oriented(dossier));
        Some(Self {
            commune: dossier.commune,
            opened_on,
            received_on,
            duties,
            frame: frame.clone(),
            oriented,
            left_on,
        })
    }
}

impl Ending {
    /// The day on which somebody who had a right leaves; `None` when there was no right of theirs in this dossier.
    pub fn leaves(&self) -> Option<NaiveDate> {
        use super::EndMotive::{Died, Left, Merged, RightClosed, RightRefused};
        match self.motive {
            RightClosed { .. } | Left | Died => Some(self.on),
            RightRefused | Merged { .. } => None,
        }
    }
}

impl Signed {
    /// The orientation, as figures see it, in its dossier's territory.
    pub fn oriented(&self, dossier: &Dossier) -> Oriented {
        let told = dossier.territory.local_date(self.at);
        let (on, by) = match &self.by {
            Signatory::Agent { .. } if self.deviation.is_some() => (told, Decider::AgentDeparting),
            Signatory::Agent { .. } => (told, Decider::Agent),
            // What is recorded afterwards was decided before.
            Signatory::FranceTravail { decided_on, .. } => ((*decided_on).min(told), Decider::FranceTravail),
            Signatory::TakenOver { .. } => (told, Decider::Elsewhere),
        };
        Oriented { on, organisme: self.target.organisme, by }
    }
}
