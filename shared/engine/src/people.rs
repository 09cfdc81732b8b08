//! Who is asking: a professional, as the verified token says.

use domain::{AgentId, Territory};

/// A professional of one territory, in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Professional {
    /// Who.
    pub agent: AgentId,
    /// The only territory that they see.
    pub territory: Territory,
    /// What they may do.
    pub role: Role,
}

/// What a professional may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Prepares and, with a delegation, signs orientations.
    Orientation,
    /// Accompanies people: sees those whose référent they are.
    Referent,
    /// Heads the territory.
    Head,
    /// Configures; sees no person's data.
    Administration,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Orientation, Self::Referent, Self::Head, Self::Administration];

    /// The role's code in a token.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Orientation => "orientation",
            Self::Referent => "referent",
            Self::Head => "responsable",
            Self::Administration => "administration",
        }
    }

    /// Reads a role's code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether the role handles orientations: files, rights, signatures.
    pub const fn orients(self) -> bool {
        match self {
            Self::Orientation | Self::Head => true,
            Self::Referent | Self::Administration => false,
        }
    }

    /// Whether the role keeps the roster, the delegations and the sweeps.
    pub const fn governs(self) -> bool {
        match self {
            Self::Head | Self::Administration => true,
            Self::Orientation | Self::Referent => false,
        }
    }

    /// Whether the role may erase a dossier.
    pub const fn erases(self) -> bool {
        matches!(self, Self::Head)
    }

    /// Whether the role may exceed a capacity, with a motive.
    pub const fn may_exceed(self) -> bool {
        matches!(self, Self::Head)
    }
}
