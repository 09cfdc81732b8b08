//! The issuer of the local mode: who signs in here gets a token like the département's, signed by a key of this place.

use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::clock::real_now;
use crate::files::{self, FileError};

/// The `iss` of our tokens.
pub const ISSUER: &str = "https://spie.localhost/emetteur";
/// The `aud` of our tokens.
pub const AUDIENCE: &str = "spie";
/// The name of the one key.
const KEY_ID: &str = "local";
/// Seconds a token is good for: a working day.
const LIFETIME: i64 = 12 * 3_600;

/// Signs tokens with a key made on the first start.
pub struct Identity {
    key: EncodingKey,
    jwks: JwkSet,
}

impl Identity {
    /// Reads the key, or makes it on the first start.
    pub fn open(path: &Path) -> Result<Self, IdentityError> {
        let pkcs8 = files::secret(path, make)?;
        let key = EncodingKey::from_rsa_der(pkcs1(&pkcs8)?);
        let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(IdentityError::Token)?;
        public.common.key_id = Some(KEY_ID.to_owned());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { key, jwks: JwkSet { keys: vec![public] } })
    }

    /// What verifies our tokens, as JSON.
    pub fn jwks(&self) -> Result<String, IdentityError> {
        serde_json::to_string(&self.jwks).map_err(IdentityError::Json)
    }

    /// A token for a professional, good for twelve hours of real time.
    pub fn token(&self, role: &str, territory: &str, agent: &str) -> Result<String, IdentityError> {
        let now = real_now().timestamp();
        let claims = Claims {
            iss: ISSUER,
            aud: AUDIENCE,
            sub: agent,
            territoire: territory,
            role,
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
        };
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(IdentityError::Token)
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    territoire: &'a str,
    role: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
}

fn make() -> Result<Vec<u8>, IdentityError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| IdentityError::Generation)?;
    let der: Pkcs8V1Der = pair.as_der().map_err(|_| IdentityError::Generation)?;
    Ok(der.as_ref().to_vec())
}

/// The RSA key inside a PKCS#8 document: what follows the version and the algorithm, which for a key of this size
/// take always the same 26 bytes.
fn pkcs1(pkcs8: &[u8]) -> Result<&[u8], IdentityError> {
    const VERSION_AND_RSA: [u8; 18] =
        [2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    match pkcs8 {
        [0x30, 0x82, _, _, rest @ ..] => match rest.strip_prefix(&VERSION_AND_RSA) {
            Some([4, 0x82, _, _, key @ ..]) => Ok(key),
            _ => Err(IdentityError::Key),
        },
        _ => Err(IdentityError::Key),
    }
}

/// Why a token cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// No key could be made.
    #[error("no signing key could be made")]
    Generation,
    /// The file holds something else.
    #[error("the signing key's file holds no RSA key of 2048 bits")]
    Key,
    /// The key could not sign.
    #[error("the token could not be signed")]
    Token(#[source] jsonwebtoken::errors::Error),
    /// The public key could not be written.
    #[error("the public key could not be written as JSON")]
    Json(#[source] serde_json::Error),
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_token_verifies_against_the_published_key() {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::open(&dir.path().join("cle-jetons")).unwrap();
        let claims = verified(&identity, &identity).unwrap();
        assert_eq!(claims["sub"], "agent-1");
        assert_eq!(claims["role"], "orientation");
        assert_eq!(claims["territoire"], "77");
    }

    #[test]
    fn the_key_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cle-jetons");
        let before = Identity::open(&path).unwrap();
        let after = Identity::open(&path).unwrap();
        assert!(verified(&before, &after).is_some());
    }

    #[test]
    fn a_token_of_another_place_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let here = Identity::open(&dir.path().join("ici")).unwrap();
        let there = Identity::open(&dir.path().join("ailleurs")).unwrap();
        assert!(verified(&here, &there).is_none());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cle-jetons");
        std::fs::write(&path, "rien").unwrap();
        assert!(matches!(Identity::open(&path), Err(IdentityError::Key)));
    }

    fn verified(signer: &Identity, verifier: &Identity) -> Option<Value> {
        let token = signer.token("orientation", "77", "agent-1").unwrap();
        let jwks: JwkSet = serde_json::from_str(&verifier.jwks().unwrap()).unwrap();
        let key = DecodingKey::from_jwk(jwks.find(KEY_ID).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        decode::<Value>(&token, &key, &validation).ok().map(|it| it.claims)
    }
}
