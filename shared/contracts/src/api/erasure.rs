//! The erasure of a dossier, as it is asked for and answered.

use domain::erasure::Motive;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::EtatCode;
use crate::border::{self, Rejected};
use crate::codes::MotifEffacementCode;

/// The erasure of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffacementBody {
    /// Why.
    pub motive: Motive,
}

impl EffacementBody {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["motif"])?;
            let motive = fields
                .required("motif")
                .and_then(|it| it.code(MotifEffacementCode::CODES, MotifEffacementCode::from_code));
            Some(Self { motive: motive?.into() })
        })
    }
}

/// A dossier that was erased. Asked for again with the same key, the answer is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EffacementJson {
    /// The dossier that was.
    pub dossier: Uuid,
    /// `efface`.
    pub etat: EtatCode,
}

impl EffacementJson {
    /// Tells that this dossier is erased.
    pub const fn of(dossier: Uuid) -> Self {
        Self { dossier, etat: EtatCode::Efface }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::goldens::golden;

    #[test]
    fn an_erasure_has_one_of_three_motives() {
        let body = EffacementBody::parse(&golden!("api-effacement-requete")).unwrap();
        assert_eq!(body.motive, Motive::PersonAsked);
        let codes = |value: Value| {
            let errors = EffacementBody::parse(&value).unwrap_err().errors;
            errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect::<Vec<_>>()
        };
        assert_eq!(codes(json!({})), ["/motif champ_absent"]);
        assert_eq!(codes(json!({"motif": "autre"})), ["/motif code_inconnu"]);
        assert_eq!(codes(json!({"motif": "doublon", "de": "x"})), ["/de champ_inconnu"]);
    }
}
