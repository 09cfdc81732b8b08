//! What a request holds, read strictly: who asks, which key, which revision, which JSON.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use contracts::FieldError;
use contracts::border::{Unread, read_json};
use domain::DossierId;
use engine::requests::Asked;
use engine::{Professional, World};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use crate::api::named;
use crate::auth::AuthError;
use crate::problem::Problem;
use crate::router::State;

/// The professional named by the bearer token.
pub(crate) struct Caller(pub(crate) Professional);

impl<W: World> FromRequestParts<State<W>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State<W>) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(AuthError::Absent)?;
        Ok(Self(professional(state, token).await?))
    }
}

/// The professional named by the bearer token, where anybody may ask. A token that is there must be good.
pub(crate) struct MaybeCaller(pub(crate) Option<Professional>);

impl<W: World> FromRequestParts<State<W>> for MaybeCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State<W>) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        let Caller(caller) = Caller::from_request_parts(parts, state).await?;
        Ok(Self(Some(caller)))
    }
}

/// The professional that a token names, if this installation serves their territory.
pub(crate) async fn professional<W: World>(state: &State<W>, token: &str) -> Result<Professional, AuthError> {
    let professional = state.auth.professional(token).await?;
    let served = state.world.reference().served.contains(&professional.territory);
    if served { Ok(professional) } else { Err(AuthError::NoTerritory) }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The key that makes a repeated request harmless.
pub(crate) struct Key(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = parts
            .headers
            .get("idempotency-key")
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "cle_idempotence_absente"))?;
        key.to_str()
            .ok()
            .filter(|key| is_key(key))
            .map(|key| Self(key.to_owned()))
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "cle_idempotence_invalide"))
    }
}

/// Whether the text can be a key: 1 to 128 visible ASCII characters.
pub(crate) fn is_key(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The revision that the caller read, if they say so.
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        // One strong tag: `*` would overwrite what nobody read, and a weak tag never matches (RFC 9110, 13.1.1).
        value
            .to_str()
            .ok()
            .and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok())
            .map(|etag| Self(Some(etag)))
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "if_match_illisible"))
    }
}

/// The revision that the caller read, where nothing changes without one.
pub(crate) struct Revision(pub(crate) u64);

impl<S: Send + Sync> FromRequestParts<S> for Revision {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let IfMatch(read) = IfMatch::from_request_parts(parts, state).await?;
        read.map(Self).ok_or_else(|| Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_absent"))
    }
}

/// A JSON body, kept as it came too: its digest tells a replay from another request.
pub(crate) struct Json {
    pub(crate) bytes: Bytes,
    pub(crate) value: Value,
}

impl Json {
    /// What the engine needs to know of the request.
    pub(crate) fn asked(&self, Key(key): Key, read: Option<Revision>) -> Asked {
        Asked { key, body: self.bytes.to_vec(), if_match: read.map(|it| it.0) }
    }
}

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "format_non_accepte"));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unread(rejection.into_response().status()))?;
        let value = read_json(&bytes).map_err(|error| match error {
            Unread::NotJson => Problem::new(StatusCode::BAD_REQUEST, "json_illisible"),
            Unread::Rejected(rejected) => rejected.into(),
        })?;
        Ok(Self { bytes, value })
    }
}

/// A professional's gesture on a dossier that they have read.
pub(crate) struct Gesture {
    pub(crate) caller: Professional,
    pub(crate) dossier: DossierId,
    pub(crate) asked: Asked,
    pub(crate) body: Value,
}

impl<W: World> FromRequest<State<W>> for Gesture {
    type Rejection = Response;

    async fn from_request(request: Request, state: &State<W>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let parts_of = &mut parts;
        let Caller(caller) =
            Caller::from_request_parts(parts_of, state).await.map_err(IntoResponse::into_response)?;
        let Path(id): Path<String> =
            Path::from_request_parts(parts_of, state).await.map_err(IntoResponse::into_response)?;
        let key = Key::from_request_parts(parts_of, state).await.map_err(IntoResponse::into_response)?;
        let read =
            Revision::from_request_parts(parts_of, state).await.map_err(IntoResponse::into_response)?;
        let json = Json::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(IntoResponse::into_response)?;
        let dossier = named(&id).map_err(IntoResponse::into_response)?;
        let asked = json.asked(key, Some(read));
        Ok(Self { caller, dossier, asked, body: json.value })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// What a body that could not be read becomes.
pub(crate) fn unread(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, "corps_trop_grand"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(status, "format_non_accepte"),
        _ => Problem::new(StatusCode::BAD_REQUEST, "json_illisible"),
    }
}

/// The parameters of a query, each known and given once.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query; what is not among `known`, or is there twice, is an error.
    pub(crate) fn read(uri: &http::Uri, known: &[&str]) -> Result<Self, Problem> {
        let (query, errors) = Self::gather(uri, known)?;
        if errors.is_empty() { Ok(query) } else { Err(Problem::invalid(errors)) }
    }

    /// The same, with the errors beside what was read, so that they are told with those of the values.
    pub(crate) fn gather(uri: &http::Uri, known: &[&str]) -> Result<(Self, Vec<FieldError>), Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "requete_illisible"))?
            .0;
        let mut errors = Vec::new();
        for (index, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                errors.push(parameter("", "parametre_inconnu", "Un paramètre de l’adresse n’existe pas."));
            } else if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                errors.push(parameter(name, "parametre_en_double", "Ce paramètre est donné deux fois."));
            }
        }
        Ok((Self(pairs.into_iter().filter(|(name, _)| known.contains(&name.as_str())).collect()), errors))
    }

    /// The parameters as an object of texts.
    pub(crate) fn json(&self) -> Value {
        self.0.iter().rev().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect()
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter, as what it must be.
    pub(crate) fn parse<T: std::str::FromStr>(&self, name: &str, detail: &str) -> Result<Option<T>, Problem> {
        self.get(name)
            .map(|text| text.parse().map_err(|_| Problem::invalid(vec![parameter(name, "format", detail)])))
            .transpose()
    }

    /// How many elements a page has: 1 to 100, 50 unless told.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        let detail = "La limite est un nombre de 1 à 100.";
        let limit: u32 = self.parse("limite", detail)?.unwrap_or(50);
        if (1..=100).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::invalid(vec![parameter("limite", "format", detail)]))
        }
    }

    /// Where the page starts.
    pub(crate) fn after(&self) -> Option<String> {
        self.get("apres").map(str::to_owned)
    }
}

pub(crate) fn parameter(name: &str, code: &'static str, detail: &str) -> FieldError {
    FieldError { pointer: format!("/{name}"), code, detail: detail.to_owned() }
}
