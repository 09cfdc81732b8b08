//! Keys and chance on one machine: a master key in a file, the system's random numbers.

use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use engine::ports::{Chance, KeyWrapper, PortError};

use crate::files::{self, FileError};

/// Bytes of nonce before the sealed key.
const NONCE: usize = 12;

/// Wraps keys under a master key kept in a file of the data directory, in place of KMS.
pub struct KeyFile {
    cipher: Aes256Gcm,
}

impl KeyFile {
    /// Reads the master key, or makes it on the first start.
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        let bytes = files::secret(path, || {
            let mut key = vec![0; 32];
            OsChance.fill(&mut key).map_err(KeyFileError::Chance)?;
            Ok::<_, KeyFileError>(key)
        })?;
        let key = Key::<Aes256Gcm>::try_from(bytes.as_slice())
            .map_err(|_| KeyFileError::Length(path.to_owned()))?;
        Ok(Self { cipher: Aes256Gcm::new(&key) })
    }
}

impl KeyWrapper for KeyFile {
    async fn wrap(&self, context: &str, key: &[u8; 32]) -> Result<Vec<u8>, PortError> {
        let mut nonce = [0; NONCE];
        OsChance.fill(&mut nonce)?;
        let payload = Payload { msg: key, aad: context.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|it| PortError::new("wrapping a key", it.to_string()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    async fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<[u8; 32], PortError> {
        let failed = |cause: &str| PortError::new("unwrapping a key", cause.to_owned());
        let (nonce, sealed) =
            wrapped.split_first_chunk::<NONCE>().ok_or_else(|| failed("the wrapped key is too short"))?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        let key = self
            .cipher
            .decrypt(&Nonce::from(*nonce), payload)
            .map_err(|_| failed("the wrapped key is of another context or of another master key"))?;
        key.try_into().map_err(|_| failed("the wrapped key has another length"))
    }
}

/// Chance, from the operating system.
#[derive(Clone, Copy, Debug)]
pub struct OsChance;

impl Chance for OsChance {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        getrandom::fill(buffer).map_err(|it| PortError::new("reading random numbers", it))
    }
}

/// Why the master key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not a key.
    #[error("the master key {0} does not have 32 bytes")]
    Length(PathBuf),
    /// No random numbers.
    #[error("the system gives no random numbers")]
    Chance(#[source] PortError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wrapped_key_comes_back_for_its_context_and_for_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFile::open(&dir.path().join("cle-maitre")).unwrap();
        let wrapped = keys.wrap("77", &[7; 32]).await.unwrap();
        assert_eq!(keys.unwrap("77", &wrapped).await.unwrap(), [7; 32]);
        assert!(keys.unwrap("93", &wrapped).await.is_err());
    }

    #[tokio::test]
    async fn the_master_key_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cle-maitre");
        let wrapped = KeyFile::open(&path).unwrap().wrap("77", &[7; 32]).await.unwrap();
        assert_eq!(KeyFile::open(&path).unwrap().unwrap("77", &wrapped).await.unwrap(), [7; 32]);
    }

    #[tokio::test]
    async fn the_same_key_wrapped_twice_reads_differently() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyFile::open(&dir.path().join("cle-maitre")).unwrap();
        assert_ne!(keys.wrap("77", &[7; 32]).await.unwrap(), keys.wrap("77", &[7; 32]).await.unwrap());
    }

    #[test]
    fn a_master_key_cut_short_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cle-maitre");
        std::fs::write(&path, "court").unwrap();
        assert!(matches!(KeyFile::open(&path), Err(KeyFileError::Length(_))));
    }
}
