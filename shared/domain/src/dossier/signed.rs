//! A decision of orientation, and whose it is.

use chrono::{DateTime, NaiveDate, Utc};

use super::Target;
use crate::AgentId;

/// A signed orientation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What was decided.
    pub target: Target,
    /// Who decided.
    pub by: Signatory,
    /// When it was signed or recorded.
    pub at: DateTime<Utc>,
    /// Why it departs from the proposition, when it does.
    pub deviation: Option<Deviation>,
}

/// Whose decision it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signatory {
    /// An agent of the département under a delegation.
    Agent {
        /// Who.
        agent: AgentId,
        /// The name that the decision bears.
        name: String,
        /// The quality that the decision bears.
        quality: String,
        /// The act of delegation.
        act: String,
    },
    /// France Travail, after the legal delay; an agent recorded it.
    FranceTravail {
        /// Who recorded it.
        recorded_by: AgentId,
        /// The day France Travail decided.
        decided_on: NaiveDate,
    },
    /// Somebody decided before the département worked here; a file tells it.
    TakenOver {
        /// Who gave the file.
        recorded_by: AgentId,
        /// The day a contract was signed, when one was.
        contract: Option<NaiveDate>,
    },
}

/// Why an agent departs from the proposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    /// The person wishes it.
    PersonsWish,
    /// Something came up in the interview.
    Interview,
    /// The situation changed.
    SituationChanged,
    /// An accompaniment is under way.
    AlreadyAccompanied,
    /// A question was misunderstood.
    Misunderstood,
    /// Another reason, in words.
    Other,
}
