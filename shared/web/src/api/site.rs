//! What a machine asks of the installation itself.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, json};

/// The service answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sante {
    /// `ok`
    #[schema(example = "ok")]
    etat: &'static str,
}

pub(crate) async fn health() -> Answer {
    json(StatusCode::OK, &Sante { etat: "ok" })
}

pub(crate) async fn openapi() -> Answer {
    json(StatusCode::OK, &crate::openapi::document())
}
