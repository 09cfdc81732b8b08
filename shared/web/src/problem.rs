//! Answers that say no, in the one shape of RFC 9457, each with a stable code and a sentence in French.

mod refusals;

use axum::response::{IntoResponse, Response};
use contracts::api::Probleme;
use contracts::{FieldError, Rejected};
use engine::requests::RequestError;
use http::{HeaderValue, StatusCode, header};

use crate::auth::AuthError;

pub use refusals::{CODES, sentence};

/// An answer that says no.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What to do about it, in French.
    pub detail: String,
    /// What is wrong, place by place.
    pub errors: Vec<FieldError>,
    /// The `ETag` of the dossier as it is now, when the one given is stale.
    pub etag: Option<u64>,
}

/// The code of an answer, for the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code(pub(crate) &'static str);

impl Problem {
    /// A problem with the sentence of its code.
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, detail: sentence(code).to_owned(), errors: Vec::new(), etag: None }
    }

    /// No such resource, or none that the caller may know of.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "introuvable")
    }

    /// A failure that is ours. It tells nothing of why.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "erreur_interne")
    }

    /// Wrong places in what was sent.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "contenu_invalide") }
    }

    /// What the problem is, in a few words.
    pub fn title(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "Requête illisible",
            StatusCode::UNAUTHORIZED => "Connexion nécessaire",
            StatusCode::FORBIDDEN => "Accès refusé",
            StatusCode::NOT_FOUND => "Introuvable",
            StatusCode::METHOD_NOT_ALLOWED => "Méthode non permise",
            StatusCode::CONFLICT => "Refusé par une règle",
            StatusCode::GONE => "Effacé",
            StatusCode::PRECONDITION_FAILED => "Modifié entre-temps",
            StatusCode::PAYLOAD_TOO_LARGE => "Trop volumineux",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Format non pris en charge",
            StatusCode::UNPROCESSABLE_ENTITY => "Données invalides",
            StatusCode::PRECONDITION_REQUIRED => "Révision absente",
            StatusCode::SERVICE_UNAVAILABLE => "Momentanément indisponible",
            _ => "Erreur du service",
        }
    }

    fn body(&self) -> Probleme {
        Probleme {
            kind: format!("/problemes/{}", self.code),
            errors: self.errors.iter().cloned().map(Into::into).collect(),
            ..Probleme::new(self.status.as_u16(), self.code, self.title(), &self.detail)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self.body()).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"spie\""));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if let Some(Ok(etag)) = self.etag.map(|etag| HeaderValue::from_str(&format!("\"{etag}\""))) {
            headers.insert(header::ETAG, etag);
        }
        response.extensions_mut().insert(Code(self.code));
        response
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        Self::invalid(rejected.errors)
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let status = match error {
            AuthError::NoRole | AuthError::NoTerritory => StatusCode::FORBIDDEN,
            AuthError::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            AuthError::Absent
            | AuthError::Unreadable
            | AuthError::Algorithm
            | AuthError::UnknownKey
            | AuthError::Signature
            | AuthError::Expired
            | AuthError::TooEarly
            | AuthError::Issuer
            | AuthError::Audience
            | AuthError::Incomplete => StatusCode::UNAUTHORIZED,
        };
        Self::new(status, error.code())
    }
}

impl From<RequestError> for Problem {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::NotFound => Self::not_found(),
            RequestError::Gone => Self::new(StatusCode::GONE, "efface"),
            RequestError::Forbidden => Self::new(StatusCode::FORBIDDEN, "role_insuffisant"),
            RequestError::Refused(refusal) => Self::new(StatusCode::CONFLICT, refusal.code()),
            RequestError::Stale { etag } => {
                Self { etag: Some(etag), ..Self::new(StatusCode::PRECONDITION_FAILED, "revision_perimee") }
            }
            RequestError::MissingIfMatch => Self::new(StatusCode::PRECONDITION_REQUIRED, "if_match_absent"),
            RequestError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "cle_reutilisee"),
            RequestError::Invalid(rejected) => rejected.into(),
            RequestError::Busy(error) => {
                tracing::warn!(code = "occupe", operation = error.operation, "the outside world failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "occupe")
            }
            RequestError::Broken(_) => {
                tracing::error!(code = "valeur_illisible", "a stored value cannot be read");
                Self::internal()
            }
        }
    }
}
