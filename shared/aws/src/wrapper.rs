//! Keys wrapped by KMS: a territory's key is stored wrapped, and unwrapped for a few minutes at a time.

use aws_sdk_kms::primitives::Blob;
use engine::ports::{KeyWrapper, PortError};

use crate::error::{failed, unexpected};
use crate::on_call::OnCall;

/// The name under which the context travels in the encryption context of KMS, which its policy and its trail see.
const CONTEXT: &str = "contexte";

/// The wrapper of keys on one KMS key.
#[derive(Clone, Debug)]
pub struct KmsWrapper {
    client: OnCall<aws_sdk_kms::Client>,
    key_id: String,
}

impl KmsWrapper {
    /// Uses this key.
    pub(crate) fn new(client: OnCall<aws_sdk_kms::Client>, key_id: &str) -> Self {
        Self { client, key_id: key_id.to_owned() }
    }
}

impl KeyWrapper for KmsWrapper {
    async fn wrap(&self, context: &str, key: &[u8; 32]) -> Result<Vec<u8>, PortError> {
        let answer = self
            .client
            .encrypt()
            .key_id(&self.key_id)
            .plaintext(Blob::new(key.as_slice()))
            .encryption_context(CONTEXT, context)
            .send()
            .await
            .map_err(failed("wrap a key"))?;
        match answer.ciphertext_blob {
            Some(blob) => Ok(blob.into_inner()),
            None => Err(unexpected("wrap a key", "the answer holds no key")),
        }
    }

    async fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<[u8; 32], PortError> {
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key_id)
            .ciphertext_blob(Blob::new(wrapped))
            .encryption_context(CONTEXT, context)
            .send()
            .await
            .map_err(failed("unwrap a key"))?;
        answer
            .plaintext
            .and_then(|blob| blob.into_inner().try_into().ok())
            .ok_or_else(|| unexpected("unwrap a key", "the answer holds no key of 32 bytes"))
    }
}
