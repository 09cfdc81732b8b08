//! A right that is over, in a row: what figures of the past need of it, and no more.

use chrono::NaiveDate;
use domain::dossier::{Decider, Former, Oriented};
use serde::{Deserialize, Serialize};

use super::{Corrupt, is_default};
use crate::codes::{OrganismeCode, code_enum};

code_enum! {
    /// Who decided on an orientation, and whether an agent had a motive to depart from the proposition.
    pub DecideurCode = Decider {
        Agent = "agent", AgentDeparting = "agent_ecart", FranceTravail = "france_travail", Elsewhere = "ailleurs",
    }
}

/// A right that is over and was followed by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AncienDroitRow {
    /// Where the person lived.
    pub commune: String,
    /// Opening date.
    pub ouvert_le: NaiveDate,
    /// Reception by the département.
    pub recu_le: NaiveDate,
    /// Whether the person was outside rights and duties: seldom, and so written only then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sans_devoirs: bool,
    /// The legal frame.
    pub cadre: String,
    /// The orientation, when somebody had decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<OrientationRow>,
    /// The day of its end.
    pub fini_le: NaiveDate,
}

/// An orientation of which figures are all that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrientationRow {
    /// The day of the decision.
    pub le: NaiveDate,
    /// Towards which organism.
    pub organisme: OrganismeCode,
    /// Who decided.
    pub par: DecideurCode,
}

impl From<&Former> for AncienDroitRow {
    fn from(it: &Former) -> Self {
        let orientation =
            |it: Oriented| OrientationRow { le: it.on, organisme: it.organisme.into(), par: it.by.into() };
        Self {
            commune: it.commune.to_string(),
            ouvert_le: it.opened_on,
            recu_le: it.received_on,
            sans_devoirs: !it.duties,
            cadre: it.frame.to_string(),
            orientation: it.oriented.map(orientation),
            fini_le: it.left_on,
        }
    }
}

impl TryFrom<&AncienDroitRow> for Former {
    type Error = Corrupt;

    fn try_from(it: &AncienDroitRow) -> Result<Self, Corrupt> {
        let oriented =
            |it: OrientationRow| Oriented { on: it.le, organisme: it.organisme.into(), by: it.par.into() };
        Ok(Self {
            commune: it.commune.parse().map_err(|_| Corrupt("anciens_droits.commune"))?,
            opened_on: it.ouvert_le,
            received_on: it.recu_le,
            duties: !it.sans_devoirs,
            frame: it.cadre.parse().map_err(|_| Corrupt("anciens_droits.cadre"))?,
            oriented: it.orientation.map(oriented),
            left_on: it.fini_le,
        })
    }
}
