//! How a journey ends.

use chrono::{DateTime, NaiveDate, Utc};

use crate::DossierId;
use crate::rsa::ClosureMotive;

/// The end of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub motive: EndMotive,
    /// The day of the event, as its source dates it.
    pub on: NaiveDate,
    /// When it was told here.
    pub at: DateTime<Utc>,
}

/// Why a journey ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndMotive {
    /// The right to RSA is closed.
    RightClosed {
        /// The motive of the CAF or of the MSA, when it gives one.
        motive: Option<ClosureMotive>,
    },
    /// The right to RSA is refused.
    RightRefused,
    /// The household has left for another département, which orients it from now on (CASF L. 262-13, L. 262-29).
    Left,
    /// The person has died.
    Died,
    /// The person has another dossier, which goes on.
    Merged {
        /// That one.
        into: DossierId,
    },
}

impl EndMotive {
    /// The motive of the CAF or of the MSA, when they closed the right and gave one.
    pub const fn closure(self) -> Option<ClosureMotive> {
        match self {
            Self::RightClosed { motive } => motive,
            Self::RightRefused | Self::Left | Self::Died | Self::Merged { .. } => None,
        }
    }

    /// The dossier that goes on.
    pub const fn merged_into(self) -> Option<DossierId> {
        match self {
            Self::Merged { into } => Some(into),
            Self::RightClosed { .. } | Self::RightRefused | Self::Left | Self::Died => None,
        }
    }
}
