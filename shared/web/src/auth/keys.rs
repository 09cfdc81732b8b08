//! The issuer's public keys: given once, or fetched, kept, and fetched again when a token names an unknown one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::ports::PortError;
use futures::future::BoxFuture;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet, PublicKeyUse};

use super::AuthError;

/// Fetches the issuer's key set, as JSON text.
pub type FetchJwks = Box<dyn Fn() -> BoxFuture<'static, Result<String, PortError>> + Send + Sync>;

/// Where the issuer's keys come from.
pub enum JwksSource {
    /// Keys known at start.
    Fixed(KeySet),
    /// Keys fetched from the issuer.
    Fetched(FetchJwks),
}

impl JwksSource {
    /// Keys known at start, from the JSON text of a key set.
    pub fn fixed(json: &str) -> Result<Self, NotAKeySet> {
        Ok(Self::Fixed(KeySet::read(json)?))
    }
}

/// The text is not a set of keys of which one at least can be used.
#[derive(Debug, thiserror::Error)]
#[error("the key set holds no usable RSA key")]
pub struct NotAKeySet;

/// The usable keys, by `kid`.
#[derive(Clone)]
pub struct KeySet(Arc<BTreeMap<String, DecodingKey>>);

impl KeySet {
    /// Keeps the RSA keys that bear a `kid` and are not for encryption; other keys are none of our business.
    fn read(json: &str) -> Result<Self, NotAKeySet> {
        let set: JwkSet = serde_json::from_str(json).map_err(|_| NotAKeySet)?;
        let usable: BTreeMap<String, DecodingKey> = set
            .keys
            .iter()
            .filter(|key| matches!(key.algorithm, AlgorithmParameters::RSA(_)))
            .filter(|key| !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption)))
            .filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)))
            .collect();
        if usable.is_empty() { Err(NotAKeySet) } else { Ok(Self(Arc::new(usable))) }
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// An unknown `kid` makes us ask the issuer again, and not more often than this: tokens come from anybody.
const BETWEEN_FETCHES: Duration = Duration::from_secs(30);

/// A key that the issuer withdrew is forgotten after this long.
const MAX_AGE: Duration = Duration::from_hours(1);

/// The keys, kept.
pub(super) struct Keys {
    source: JwksSource,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    keys: Option<(KeySet, Instant)>,
    asked: Option<Instant>,
}

impl Keys {
    pub(super) fn new(source: JwksSource) -> Self {
        Self { source, kept: Mutex::new(Kept::default()) }
    }

    pub(super) async fn find(&self, kid: &str) -> Result<DecodingKey, AuthError> {
        let fetch = match &self.source {
            JwksSource::Fixed(keys) => return keys.0.get(kid).cloned().ok_or(AuthError::UnknownKey),
            JwksSource::Fetched(fetch) => fetch,
        };
        if let Some(key) = self.fresh(kid) {
            return Ok(key);
        }
        if self.may_ask() {
            match fetch().await {
                Ok(json) => match KeySet::read(&json) {
                    Ok(keys) => self.keep(keys),
                    Err(NotAKeySet) => {
                        tracing::warn!(code = "jwks_illisible", "the issuer's key set is not usable");
                    }
                },
                Err(error) => {
                    tracing::warn!(
                        code = "jwks_indisponible",
                        operation = error.operation,
                        "no key set from the issuer"
                    );
                }
            }
        }
        self.any(kid)
    }

    /// The key, if the set that holds it is not too old.
    fn fresh(&self, kid: &str) -> Option<DecodingKey> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (keys, at) = kept.keys.as_ref()?;
        if at.elapsed() < MAX_AGE { keys.0.get(kid).cloned() } else { None }
    }

    /// Whether the issuer may be asked now; if so, now is when it was asked.
    fn may_ask(&self) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.asked.is_some_and(|at| at.elapsed() < BETWEEN_FETCHES) {
            return false;
        }
        kept.asked = Some(Instant::now());
        true
    }

    fn keep(&self, keys: KeySet) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keys = Some((keys, Instant::now()));
    }

    /// The key from whatever set we have: an issuer that is down for a while must not stop everybody.
    fn any(&self, kid: &str) -> Result<DecodingKey, AuthError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((keys, _)) = &kept.keys else { return Err(AuthError::KeysUnavailable) };
        keys.0.get(kid).cloned().ok_or(AuthError::UnknownKey)
    }
}
