//! Keys "wrapped" with their context and nothing else. It hides nothing: for tests only.

use engine::ports::{KeyWrapper, PortError};

/// Puts the key after its context, and wants the same context back.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryWrapper;

/// The wrapped key belongs to another context, or is none.
#[derive(Debug, thiserror::Error)]
#[error("the key was not wrapped for this context")]
struct OtherContext;

impl KeyWrapper for MemoryWrapper {
    async fn wrap(&self, context: &str, key: &[u8; 32]) -> Result<Vec<u8>, PortError> {
        Ok([key.as_slice(), context.as_bytes()].concat())
    }

    async fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<[u8; 32], PortError> {
        match wrapped.split_first_chunk() {
            Some((key, bound)) if bound == context.as_bytes() => Ok(*key),
            _ => Err(PortError::new("unwrap a key", OtherContext)),
        }
    }
}
