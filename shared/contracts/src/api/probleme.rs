//! An error as HTTP answers it (RFC 9457, `application/problem+json`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::border::{FieldError, Rejected};

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Probleme {
    /// Names the kind of problem: `about:blank` says no more than the status.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in a few French words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do, in French.
    pub detail: String,
    /// A stable word.
    pub code: String,
    /// Names this one occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Every error of the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErreurJson>,
}

/// One error of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErreurJson {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What, in one stable word.
    pub code: String,
    /// What to do, in French.
    pub detail: String,
}

impl Probleme {
    /// A problem without a list of errors.
    pub fn new(status: u16, code: &str, title: &str, detail: &str) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: title.to_owned(),
            status,
            detail: detail.to_owned(),
            code: code.to_owned(),
            instance: None,
            errors: Vec::new(),
        }
    }
}

impl From<Rejected> for Probleme {
    fn from(rejected: Rejected) -> Self {
        let count = rejected.errors.len();
        let detail = if count == 1 {
            "Une erreur est à corriger : voyez « errors ».".to_owned()
        } else {
            format!("{count} erreurs sont à corriger : voyez « errors ».")
        };
        let errors = rejected.errors.into_iter().map(Into::into).collect();
        Self { errors, ..Self::new(422, "contenu_invalide", "Contenu invalide", &detail) }
    }
}

impl From<FieldError> for ErreurJson {
    fn from(error: FieldError) -> Self {
        Self { pointer: error.pointer, code: error.code.to_owned(), detail: error.detail }
    }
}
