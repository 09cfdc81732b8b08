//! Two dossiers that look like one person's, and those that a professional has merged.

use chrono::{DateTime, Utc};
use domain::DossierId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EtatCode, redacted};
use crate::border::{self, Fault, Rejected, code};

/// The other dossier of a merge, or of its undoing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReunionBody {
    /// The one that goes on.
    pub with: DossierId,
}

impl ReunionBody {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["avec"])?;
            let with = fields.required("avec").and_then(|it| {
                it.exact(|text| {
                    text.parse().map_err(|_| {
                        Fault::new(
                            code::UNKNOWN_CODE,
                            "Indiquez l’identifiant de l’autre dossier.".to_owned(),
                        )
                    })
                })
            });
            Some(Self { with: with? })
        })
    }
}

/// What resembles a dossier, and what was merged into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RessemblancesJson {
    /// Dossiers that may be the same person's.
    pub elements: Vec<RessemblanceJson>,
    /// Dossiers that were merged into this one, undone merges included.
    pub reunions: Vec<ReunionJson>,
}

/// A dossier that may be the same person's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RessemblanceJson {
    /// The dossier.
    pub dossier: Uuid,
    /// What people quote.
    pub reference: String,
    /// Where its journey stands.
    pub etat: EtatCode,
    /// First name.
    pub prenom: String,
    /// Last name.
    pub nom: String,
    /// What both have in common, in French, the surest first.
    pub par: Vec<String>,
}

/// A merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReunionJson {
    /// The dossier that was merged into this one.
    pub dossier: Uuid,
    /// What people quote.
    pub reference: String,
    /// When.
    pub le: DateTime<Utc>,
    /// By whom.
    pub par: String,
    /// When it was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaite_le: Option<DateTime<Utc>>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaite_par: Option<String>,
}

redacted!(RessemblanceJson);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_names_the_other_dossier() {
        let id = Uuid::from_u128(7);
        let body = ReunionBody::parse(&json!({"avec": id})).unwrap();
        assert_eq!(body.with, DossierId(id));
        let codes = |value: Value| {
            let errors = ReunionBody::parse(&value).unwrap_err().errors;
            errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect::<Vec<_>>()
        };
        assert_eq!(codes(json!({})), ["/avec champ_absent"]);
        assert_eq!(
            codes(json!({"avec": "77-4KZ8-Q2M1", "de": 1})),
            ["/de champ_inconnu", "/avec code_inconnu"]
        );
    }
}
