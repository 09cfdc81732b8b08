//! Who asks: a JWT signed with RS256 by the one issuer that the installation trusts.
//!
//! Tokens are judged by real time, never by the clock that the local mode can move: a demonstration that jumps a
//! month ahead must not make a stolen token live longer, nor log everybody out.

mod keys;
mod session;

use domain::Territory;
use engine::people::{Professional, Role};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

pub use keys::{FetchJwks, JwksSource, NotAKeySet};
pub use session::{COOKIE, cookie, end_cookie, token_of};

use keys::Keys;

/// What an installation trusts.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// The only `iss` accepted.
    pub issuer: String,
    /// The `aud` that a token must name.
    pub audience: String,
    /// The claim that holds the territory.
    pub territory_claim: String,
    /// The claim that holds the role.
    pub role_claim: String,
}

impl AuthConfig {
    /// An installation that trusts `https://connexion.test`.
    pub fn for_testing() -> Self {
        Self {
            issuer: "https://connexion.test".into(),
            audience: "spie".into(),
            territory_claim: "territoire".into(),
            role_claim: "role".into(),
        }
    }
}

/// Clocks of two machines may differ by this much, in seconds.
const LEEWAY: u64 = 30;

/// Verifies tokens.
pub struct Auth {
    config: AuthConfig,
    validation: Validation,
    keys: Keys,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// There is none.
    #[error("the request bears no token")]
    Absent,
    /// It is not a JWT.
    #[error("the token is not readable")]
    Unreadable,
    /// It is not signed with the one algorithm allowed.
    #[error("the token is not signed with the expected algorithm")]
    Algorithm,
    /// No key of the issuer bears its `kid`.
    #[error("the token names no known key")]
    UnknownKey,
    /// The signature does not verify.
    #[error("the signature of the token does not verify")]
    Signature,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    TooEarly,
    /// Another issuer signed it.
    #[error("the token comes from another issuer")]
    Issuer,
    /// It is meant for another service.
    #[error("the token is meant for another service")]
    Audience,
    /// A claim is missing or has another type.
    #[error("a claim of the token is missing or has another type")]
    Incomplete,
    /// It gives no role that we know: the person is known, and may do nothing here.
    #[error("the token gives no known role")]
    NoRole,
    /// It gives no territory that this installation serves.
    #[error("the token gives no territory served here")]
    NoTerritory,
    /// The issuer's keys cannot be had at the moment.
    #[error("the keys of the issuer cannot be read")]
    KeysUnavailable,
}

impl AuthError {
    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Absent => "jeton_absent",
            Self::Unreadable => "jeton_illisible",
            Self::Algorithm => "jeton_algorithme",
            Self::UnknownKey => "jeton_cle_inconnue",
            Self::Signature => "jeton_signature",
            Self::Expired => "jeton_expire",
            Self::TooEarly => "jeton_pas_encore_valide",
            Self::Issuer => "jeton_emetteur",
            Self::Audience => "jeton_audience",
            Self::Incomplete => "jeton_incomplet",
            Self::NoRole => "role_absent",
            Self::NoTerritory => "territoire_absent",
            Self::KeysUnavailable => "cles_indisponibles",
        }
    }
}

/// The claims that every token must have, each with its type. The rest is looked up by configured name.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(rename = "exp")]
    _exp: Number,
    #[serde(rename = "nbf")]
    _nbf: Number,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Auth {
    /// Trusts `config`, with the keys of `source`.
    pub fn new(config: AuthConfig, source: JwksSource) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        Self { config, validation, keys: Keys::new(source) }
    }

    /// The professional that a token names.
    pub async fn professional(&self, token: &str) -> Result<Professional, AuthError> {
        let header = decode_header(token).map_err(|error| header_reason(error.kind()))?;
        if header.alg != Algorithm::RS256 {
            return Err(AuthError::Algorithm);
        }
        let kid = header.kid.ok_or(AuthError::UnknownKey)?;
        let key = self.keys.find(&kid).await?;
        self.read(token, &key)
    }

    fn read(&self, token: &str, key: &DecodingKey) -> Result<Professional, AuthError> {
        let claims =
            decode::<Claims>(token, key, &self.validation).map_err(|error| reason(error.kind()))?.claims;
        let text = |name: &str| claims.others.get(name).and_then(Value::as_str);
        let agent = claims.sub.parse().map_err(|_| AuthError::Incomplete)?;
        let role = text(&self.config.role_claim).and_then(Role::from_code).ok_or(AuthError::NoRole)?;
        let territory: Territory = text(&self.config.territory_claim)
            .and_then(|code| code.parse().ok())
            .ok_or(AuthError::NoTerritory)?;
        Ok(Professional { agent, territory, role })
    }
}

/// An `alg` that the library does not know, such as `none`, is data that it cannot read.
fn header_reason(kind: &ErrorKind) -> AuthError {
    if let ErrorKind::Json(error) = kind
        && error.is_data()
    {
        return AuthError::Algorithm;
    }
    reason(kind)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is open: what is not named is unreadable"
)]
fn reason(kind: &ErrorKind) -> AuthError {
    match kind {
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::MissingAlgorithm => {
            AuthError::Algorithm
        }
        ErrorKind::InvalidSignature => AuthError::Signature,
        ErrorKind::ExpiredSignature => AuthError::Expired,
        ErrorKind::ImmatureSignature => AuthError::TooEarly,
        ErrorKind::InvalidIssuer => AuthError::Issuer,
        ErrorKind::InvalidAudience => AuthError::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) => AuthError::Incomplete,
        ErrorKind::Json(error) if error.is_data() => AuthError::Incomplete,
        _ => AuthError::Unreadable,
    }
}
