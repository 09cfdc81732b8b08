//! The carnet: entries as they are read and added.

use chrono::{DateTime, Utc};
use domain::carnet::Heading;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::redacted;
use crate::border::{self, Rejected, words};
use crate::codes::{OrganismeCode, ParcoursCode, code_enum};

code_enum! {
    /// A heading of the carnet.
    pub RubriqueCode = Heading {
        History = "historique", Commitments = "engagements", Project = "projet", Plan = "plan_action",
    }
}

/// Words that a professional adds.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Where.
    pub heading: Heading,
    /// What, 1 to 2,000 characters.
    pub text: String,
}

/// An entry, as it is read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntreeJson {
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub le: DateTime<Utc>,
    /// Who wrote it.
    pub auteur: AuteurJson,
    /// What kind of entry.
    pub nature: EntreeNature,
    /// The heading, for words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubrique: Option<RubriqueCode>,
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texte: Option<String>,
    /// The parcours signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcours: Option<ParcoursCode>,
    /// The organism signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisme: Option<OrganismeCode>,
    /// The référent named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referent: Option<String>,
}

redacted!(NewEntry, EntreeJson);

/// Who wrote an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuteurJson {
    /// The journey itself, or an agent.
    pub nature: AuteurNature,
    /// Which agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// Kinds of authors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuteurNature {
    /// The journey itself.
    Parcours,
    /// An agent.
    Agent,
}

/// Kinds of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntreeNature {
    /// The orientation was signed.
    Orientation,
    /// A référent was named.
    Referent,
    /// Words.
    Texte,
}

impl NewEntry {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["rubrique", "texte"])?;
            let heading = fields
                .required("rubrique")
                .and_then(|it| it.code(RubriqueCode::CODES, RubriqueCode::from_code));
            let text = fields.required("texte").and_then(|it| it.read(|text| words(text, 2000)));
            Some(Self { heading: heading?.into(), text: text? })
        })
    }
}
