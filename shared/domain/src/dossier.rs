//! The state of one person's journey.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::calendar::Month;
use crate::commune::CodeInsee;
use crate::{DossierId, Organisme, Parcours, ReferentId, Territory};

mod entry;
pub use entry::{Channel, Confirmed, Need, Right, Suspension, Wishes};
mod ending;
pub use ending::{EndMotive, Ending};
mod former;
pub use former::{Decider, Former, Oriented};
mod signed;
pub use signed::{Deviation, Signatory, Signed};

/// One adult's journey in one territory. It holds codes and dates only: who the person is lies elsewhere, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// Its name.
    pub id: DossierId,
    /// The département that answers for it.
    pub territory: Territory,
    /// Where the person lives (INSEE code).
    pub commune: CodeInsee,
    /// How the application came in.
    pub channel: Channel,
    /// When the application came in.
    pub submitted_at: DateTime<Utc>,
    /// The right to RSA behind it.
    pub right: Right,
    /// What the person asked for.
    pub wishes: Wishes,
    /// Where the journey stands.
    pub state: State,
    /// Which reminders and alerts have already been asked for.
    pub reached: Reached,
    /// The last monthly sweep that treated it.
    pub swept: Option<Month>,
    /// What was last told of the right, as of when: older news, come late, say nothing.
    pub told: Option<DateTime<Utc>>,
    /// How many times the right has opened again after the journey was over: each time is another journey, with its own
    /// clocks and messages.
    pub reopened: u32,
    /// The rights of before, oldest first: each opened, ended, and was followed by another.
    pub former: Vec<Former>,
}

/// Where the journey stands. Each state carries exactly the facts true in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// `depose`: received, not yet triaged.
    Submitted,
    /// `urgence`: needs a person's help the same day; triage waits.
    Urgent {
        /// The needs ticked.
        needs: BTreeSet<Need>,
    },
    /// `a_orienter`: a proposition waits for a signature.
    ToOrient {
        /// What the rules propose.
        proposal: Proposal,
        /// What was done so that the person does not wait alone.
        waiting: Waiting,
    },
    /// `oriente`: signed; the référent is about to be named, here or by the organism.
    Oriented {
        /// The decision.
        decision: Signed,
        /// Who names the référent.
        naming: Naming,
        /// The provisional contact, kept until the référent is placed.
        contact: Option<Placement>,
    },
    /// `en_attente_de_place`: signed, and no référent has room.
    AwaitingPlace {
        /// The decision.
        decision: Signed,
        /// The provisional contact, kept until the référent is placed.
        contact: Option<Placement>,
        /// When a place was last looked for.
        looked_at: DateTime<Utc>,
        /// Why there is none.
        why: NoPlace,
    },
    /// `affecte`: a référent is named.
    Assigned {
        /// The decision.
        decision: Signed,
        /// The one référent.
        referent: Placement,
    },
    /// `attente_france_travail`: the legal delay passed unsigned; France Travail orients (CASF D. 262-65-2).
    AwaitingFranceTravail {
        /// When the delay passed.
        since: DateTime<Utc>,
        /// What the rules proposed.
        proposal: Proposal,
        /// The contact is kept.
        waiting: Waiting,
    },
    /// `clos`: the journey is over. Nothing is due, nobody holds a place.
    Closed {
        /// Why, and since when.
        ending: Ending,
        /// The decision that was in force.
        decision: Option<Signed>,
    },
}

/// What the rules propose. Its explanation is sealed elsewhere, under `trace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is proposed, or `None` when the rules do not conclude and an interview is needed.
    pub target: Option<Target>,
    /// The rule set and its version, as in `seine-saint-denis-2010#1`.
    pub rules: String,
    /// Where the explanation is.
    pub trace: Uuid,
    /// When the rules ran.
    pub at: DateTime<Utc>,
    /// Whether answers were missing that the person can still give.
    pub incomplete: bool,
}

/// A parcours and the organism that accompanies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The parcours.
    pub parcours: Parcours,
    /// The organism.
    pub organisme: Organisme,
}

/// What the daily check did for somebody who waits for a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The provisional contact.
    pub contact: ContactSearch,
    /// The default orientation on the signer's desk.
    pub default: DefaultStage,
}

/// The search for a provisional contact. The contact is not an orientation decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ContactSearch {
    /// The target delay has not passed.
    #[default]
    NotNeeded,
    /// Asked of the assignment; nobody had room yet.
    Asked {
        /// When it was last asked.
        at: DateTime<Utc>,
    },
    /// Somebody to call.
    Found(Placement),
}

impl ContactSearch {
    /// The contact, once found.
    pub fn placement(&self) -> Option<&Placement> {
        match self {
            Self::Found(placement) => Some(placement),
            Self::NotNeeded | Self::Asked { .. } => None,
        }
    }
}

/// The preparation of a default orientation. Prepared, never signed, by the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DefaultStage {
    /// The target delay has not passed.
    #[default]
    NotNeeded,
    /// Asked of the triage.
    Asked,
    /// On the signer's desk.
    Ready(PreparedDefault),
}

/// What the signer finds prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreparedDefault {
    /// The result of the rules on the answers received, article 9 answers left out.
    Rules(Target),
    /// The information is missing through the person's doing: the legal default (CASF R. 262-65-3).
    Legal(Target),
    /// The information is missing otherwise: an orientation interview is due.
    Interview,
}

/// Who names the référent of a signed dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Our assignment step, at once.
    ByAssignment,
    /// The organism, which is chased after this day (H4).
    ByOrganisme {
        /// Expected at the latest on this day.
        expected_on: NaiveDate,
    },
}

/// A place taken at a référent's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Whose.
    pub referent: ReferentId,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Why nobody could be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoPlace {
    /// Référents serve this person's parcours and commune; all are full or away.
    Full,
    /// No référent serves this parcours in this commune.
    NotServed,
}

/// Which rungs of each ladder have been asked for. A rung is asked for once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Rungs of the alerts of H3, one bit each, lowest first.
    pub alerts: u16,
    /// Rungs of the requests for missing answers (H1).
    pub requests: u16,
    /// Whether the organism was chased for its référent (H4).
    pub chased: bool,
}

impl State {
    /// The code on the wire and in the index.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Submitted => "depose",
            Self::Urgent { .. } => "urgence",
            Self::ToOrient { .. } => "a_orienter",
            Self::Oriented { .. } => "oriente",
            Self::AwaitingPlace { .. } => "en_attente_de_place",
            Self::Assigned { .. } => "affecte",
            Self::AwaitingFranceTravail { .. } => "attente_france_travail",
            Self::Closed { .. } => Self::CLOSED,
        }
    }

    /// Every code, in the order of the journey.
    pub const CODES: [&'static str; 8] = [
        "depose",
        "urgence",
        "a_orienter",
        "oriente",
        "en_attente_de_place",
        "affecte",
        "attente_france_travail",
        "clos",
    ];

    /// The code of a journey that is over.
    pub const CLOSED: &'static str = "clos";

    /// The codes of the states in which nobody has decided yet: what "not oriented" means.
    pub const NOT_ORIENTED: [&'static str; 4] = ["depose", "urgence", "a_orienter", "attente_france_travail"];

    /// The place held at a référent's, provisional or not. At most one, in every state.
    pub fn place(&self) -> Option<&Placement> {
        match self {
            Self::Submitted | Self::Urgent { .. } | Self::Closed { .. } => None,
            Self::ToOrient { waiting, .. } | Self::AwaitingFranceTravail { waiting, .. } => {
                waiting.contact.placement()
            }
            Self::Oriented { contact, .. } | Self::AwaitingPlace { contact, .. } => contact.as_ref(),
            Self::Assigned { referent, .. } => Some(referent),
        }
    }

    /// The signed decision, once there is one.
    pub fn decision(&self) -> Option<&Signed> {
        match self {
            Self::Oriented { decision, .. }
            | Self::AwaitingPlace { decision, .. }
            | Self::Assigned { decision, .. } => Some(decision),
            Self::Closed { decision, .. } => decision.as_ref(),
            Self::Submitted
            | Self::Urgent { .. }
            | Self::ToOrient { .. }
            | Self::AwaitingFranceTravail { .. } => None,
        }
    }
}

impl Dossier {
    /// The confirmed right, when it is confirmed and subject to rights and duties: what makes a clock run.
    pub fn running_right(&self) -> Option<&Confirmed> {
        match &self.right {
            Right::Confirmed(confirmed) if confirmed.duties => Some(confirmed),
            Right::Confirmed(_) | Right::Declared { .. } => None,
        }
    }

    /// The dossier that goes on in the place of this one, when people have said that both are one person's.
    pub fn merged_into(&self) -> Option<DossierId> {
        match self.state {
            State::Closed { ending, .. } => ending.motive.merged_into(),
            State::Submitted
            | State::Urgent { .. }
            | State::ToOrient { .. }
            | State::Oriented { .. }
            | State::AwaitingPlace { .. }
            | State::Assigned { .. }
            | State::AwaitingFranceTravail { .. } => None,
        }
    }

    /// Whether the right is suspended: people look before the machine does anything by itself.
    pub fn is_suspended(&self) -> bool {
        matches!(&self.right, Right::Confirmed(right) if right.suspended.is_some())
    }

    /// Whether a reader of the dossier would see no difference: reminders asked for, sweeps and searches that found
    /// nobody leave no trace in what is shown, and so never make a reader's copy stale.
    pub fn shows_like(&self, other: &Self) -> bool {
        self.shown() == other.shown()
    }

    fn shown(&self) -> Self {
        let mut shown = Self { reached: Reached::default(), swept: None, told: None, ..self.clone() };
        match &mut shown.state {
            State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } => {
                if matches!(waiting.contact, ContactSearch::Asked { .. }) {
                    waiting.contact = ContactSearch::NotNeeded;
                }
                if waiting.default == DefaultStage::Asked {
                    waiting.default = DefaultStage::NotNeeded;
                }
            }
            State::AwaitingPlace { looked_at, .. } => *looked_at = DateTime::UNIX_EPOCH,
            State::Submitted
            | State::Urgent { .. }
            | State::Oriented { .. }
            | State::Assigned { .. }
            | State::Closed { .. } => {}
        }
        shown
    }
}
