//! The right and the end of a journey, in a row, and between the row and the domain.

use chrono::{DateTime, NaiveDate, Utc};
use domain::DossierId;
use domain::dossier::{Confirmed, Ending, Right, Suspension};
use domain::rsa::{ClosureMotive, SuspensionMotive};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Corrupt;
use crate::codes::MotifFinCode;

/// The right in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "statut", rename_all = "snake_case")]
pub enum DroitRow {
    /// Declared by the person.
    Declare {
        /// Opening date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date_ouverture: Option<NaiveDate>,
    },
    /// Confirmed.
    Confirme {
        /// Opening date.
        date_ouverture: NaiveDate,
        /// Reception by the département.
        date_reception: NaiveDate,
        /// Whether the reception is presumed.
        presumee: bool,
        /// Whether the person is subject to rights and duties.
        droits_devoirs: bool,
        /// The frozen legal frame.
        cadre: String,
        /// Its suspension, while it is suspended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suspension: Option<SuspensionRow>,
    },
}

/// A suspension in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionRow {
    /// Its first day.
    pub depuis: NaiveDate,
    /// The CNAF's code of its motive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
}

/// The end of a journey in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinRow {
    /// Why.
    pub motif: MotifFinCode,
    /// The CNAF's code of the closure, when it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloture: Option<String>,
    /// The dossier that goes on, when this one was merged into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avec: Option<Uuid>,
    /// Since when.
    pub le: NaiveDate,
    /// When it was told here.
    pub appris_le: DateTime<Utc>,
}

impl From<&Right> for DroitRow {
    fn from(right: &Right) -> Self {
        match right {
            Right::Declared { opened_on } => Self::Declare { date_ouverture: *opened_on },
            Right::Confirmed(it) => Self::Confirme {
                date_ouverture: it.opened_on,
                date_reception: it.received_on,
                presumee: it.presumed,
                droits_devoirs: it.duties,
                cadre: it.frame.to_string(),
                suspension: it.suspended.map(|it| SuspensionRow {
                    depuis: it.since,
                    motif: it.motive.map(|it| it.code().to_owned()),
                }),
            },
        }
    }
}

impl TryFrom<&DroitRow> for Right {
    type Error = Corrupt;

    fn try_from(row: &DroitRow) -> Result<Self, Corrupt> {
        Ok(match row {
            DroitRow::Declare { date_ouverture } => Self::Declared { opened_on: *date_ouverture },
            DroitRow::Confirme {
                date_ouverture,
                date_reception,
                presumee,
                droits_devoirs,
                cadre,
                suspension,
            } => Self::Confirmed(Confirmed {
                opened_on: *date_ouverture,
                received_on: *date_reception,
                presumed: *presumee,
                duties: *droits_devoirs,
                frame: cadre.parse().map_err(|_| Corrupt("droit.cadre"))?,
                suspended: suspension.as_ref().map(Suspension::try_from).transpose()?,
            }),
        })
    }
}

impl TryFrom<&SuspensionRow> for Suspension {
    type Error = Corrupt;

    fn try_from(row: &SuspensionRow) -> Result<Self, Corrupt> {
        let motive =
            row.motif.as_deref().map(|it| SuspensionMotive::from_code(it).ok_or(Corrupt("droit.suspension")));
        Ok(Self { since: row.depuis, motive: motive.transpose()? })
    }
}

impl From<&Ending> for FinRow {
    fn from(it: &Ending) -> Self {
        Self {
            motif: it.motive.into(),
            cloture: it.motive.closure().map(|it| it.code().to_owned()),
            avec: it.motive.merged_into().map(|it| it.0),
            le: it.on,
            appris_le: it.at,
        }
    }
}

impl TryFrom<&FinRow> for Ending {
    type Error = Corrupt;

    fn try_from(row: &FinRow) -> Result<Self, Corrupt> {
        let closure = row
            .cloture
            .as_deref()
            .map(|it| ClosureMotive::from_code(it).ok_or(Corrupt("etat.fin")))
            .transpose()?;
        let motive = row.motif.motive(closure, row.avec.map(DossierId)).ok_or(Corrupt("etat.fin"))?;
        Ok(Self { motive, on: row.le, at: row.appris_le })
    }
}
