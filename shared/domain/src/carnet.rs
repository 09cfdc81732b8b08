//! The carnet: what the person and those who accompany them keep together.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::dossier::{Placement, Target};
use crate::{AgentId, DossierId, Message, Refusal, Stream};

/// One entry, as it is kept. Words are sealed; codes and dates are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Derived from what caused it: the same cause writes the same entry.
    pub id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub content: Content,
}

/// Who wrote an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// The journey itself.
    Journey,
    /// A professional.
    Agent(AgentId),
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The orientation was signed.
    Orientation(Target),
    /// A référent was named.
    Referent(Placement),
    /// Words of a professional, under one of the four headings.
    Words {
        /// Where in the carnet.
        heading: Heading,
        /// What is said, 1 to 2,000 characters.
        text: String,
    },
}

/// The four headings of the carnet de bord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// What happened.
    History,
    /// What each side commits to.
    Commitments,
    /// The person's project.
    Project,
    /// The dated plan of action.
    Plan,
}

impl Heading {
    /// Every heading, in the order of the carnet.
    pub const ALL: [Self; 4] = [Self::History, Self::Commitments, Self::Project, Self::Plan];

    /// The heading's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::History => "historique",
            Self::Commitments => "engagements",
            Self::Project => "projet",
            Self::Plan => "plan_action",
        }
    }
}

/// The automatic entry that a message writes. `cause` is the message's own number: the key that makes it unique.
pub fn decide(
    dossier: DossierId,
    message: &Message,
    cause: Uuid,
    at: DateTime<Utc>,
) -> Result<Entry, Refusal> {
    let content = match message {
        Message::RecordOrientation(target) => Content::Orientation(*target),
        Message::RecordReferent(placement) => Content::Referent(placement.clone()),
        Message::Submitted
        | Message::PrepareDefault
        | Message::Answered
        | Message::Oriented(_)
        | Message::FindPlace(_)
        | Message::PlaceFreed(_)
        | Message::Notify(_)
        | Message::Reminder(_) => return Err(Refusal::AlreadyDone),
    };
    let id = dossier.derive(&format!("{}/{cause}", Stream::Carnet.code()));
    Ok(Entry { id, at, author: Author::Journey, content })
}
