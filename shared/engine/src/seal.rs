//! Field encryption and keyed digests: AES-256-GCM and HMAC-SHA-256, from well-kept crates.
//!
//! The associated data of a sealed value says where it belongs (table, territory, dossier, field): a value moved to
//! another place does not open.

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::ports::{Chance, PortError};

/// A 256-bit key. Never printed, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// Takes bytes as a key.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Draws a key.
    pub fn draw(chance: &impl Chance) -> Result<Self, PortError> {
        let mut bytes = [0; 32];
        chance.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes, to wrap them.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, so that no key serves two.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self(digest(self, &[b"derive", purpose.as_bytes()]))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// A sealed value does not open: another key, another place, or altered bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open with this key in this place")]
pub struct CannotOpen;

const NONCE: usize = 12;

/// Seals `plain` for the place that `aad` names. The result is base64 text: nonce, then ciphertext and tag.
pub fn seal(key: &SecretKey, aad: &str, plain: &[u8], chance: &impl Chance) -> Result<String, PortError> {
    let mut nonce = [0; NONCE];
    chance.fill(&mut nonce)?;
    let cipher = Aes256Gcm::new((&key.0).into());
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: aad.as_bytes() })
        .map_err(|_| PortError::new("seal", "the value is too long to seal"))?;
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&sealed);
    Ok(STANDARD_NO_PAD.encode(bytes))
}

/// Opens what [`seal`] sealed for the same place.
pub fn open(key: &SecretKey, aad: &str, sealed: &str) -> Result<Vec<u8>, CannotOpen> {
    let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| CannotOpen)?;
    let (nonce, body) = bytes.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
    let cipher = Aes256Gcm::new((&key.0).into());
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: body, aad: aad.as_bytes() }).map_err(|_| CannotOpen)
}

/// A keyed digest of several parts; each part's length goes in, so that parts cannot slide into each other.
pub fn digest(key: &SecretKey, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes its key as one block of the hash: a shorter one is padded with zeros, as RFC 2104 says.
    let mut block = [0; 64];
    block[..32].copy_from_slice(&key.0);
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new((&block).into());
    block.zeroize();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// [`digest`] as lower-case hexadecimal text.
pub fn digest_hex(key: &SecretKey, parts: &[&[u8]]) -> String {
    hexadecimal(&digest(key, parts))
}

/// Bytes as lower-case hexadecimal text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A short code that people read, type and say: `length` characters of Crockford's base 32 (no I, L, O, U), derived
/// from the digest of the parts.
pub fn spoken_code(key: &SecretKey, parts: &[&[u8]], length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    digest(key, parts).iter().take(length).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError> {
            buffer.fill(7);
            Ok(())
        }
    }

    #[test]
    fn a_value_opens_in_its_place_only() {
        let key = SecretKey::new([1; 32]);
        let sealed = seal(&key, "personnes|77|a|identite", b"secret", &Zeros).unwrap();
        assert_eq!(open(&key, "personnes|77|a|identite", &sealed).unwrap(), b"secret");
        assert_eq!(open(&key, "personnes|77|b|identite", &sealed), Err(CannotOpen));
        assert_eq!(open(&SecretKey::new([2; 32]), "personnes|77|a|identite", &sealed), Err(CannotOpen));
        assert_eq!(open(&key, "personnes|77|a|identite", "AAAA"), Err(CannotOpen));
    }

    #[test]
    fn parts_cannot_slide_into_each_other() {
        let key = SecretKey::new([1; 32]);
        assert_ne!(digest(&key, &[b"ab", b"c"]), digest(&key, &[b"a", b"bc"]));
    }
}
