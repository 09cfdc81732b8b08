//! Why a step did not come to an end, and whether trying again may help.

use contracts::messages::Unreadable;
use contracts::rows::{Corrupt, NoDossier};

use crate::ports::PortError;

/// Why a step did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The world failed, and may not the next time: back to the queue.
    #[error("the step could not run, and may later")]
    Retry(#[from] PortError),
    /// Somebody else keeps writing the same dossier: back to the queue.
    #[error("the dossier keeps changing")]
    Contended,
    /// An earlier message has not been applied yet: back to the queue.
    #[error("message {number} of the stream `{stream}` came before message {expected}")]
    OutOfOrder {
        /// The stream.
        stream: &'static str,
        /// The number that came.
        number: u32,
        /// The number that should come next.
        expected: u32,
    },
    /// The requester's copy is stale.
    #[error("the dossier has changed since it was shown")]
    StaleCopy {
        /// The current `ETag`.
        etag: u64,
    },
    /// The idempotency key was used for another body.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// No dossier has this key. From a queue no retry helps: a person must look.
    #[error("no dossier has this key")]
    UnknownDossier,
    /// The dossier was erased: there is nothing left to do for it, whatever was asked.
    #[error("the dossier was erased")]
    Erased,
    /// The stored row cannot be read: a person must look.
    #[error("the stored dossier cannot be read")]
    Corrupt(#[from] Corrupt),
    /// The message cannot be read: a person must look.
    #[error("the message cannot be read")]
    Unreadable(#[from] Unreadable),
    /// The step panicked on it: back to the queue, and after its last attempt a person must look.
    #[error("the step panicked")]
    Panicked,
}

impl StepError {
    /// Whether a retry may help. Otherwise the message belongs in the dead-letter queue, and an alarm rings.
    pub const fn is_fatal(&self) -> bool {
        match self {
            Self::UnknownDossier | Self::Erased | Self::Corrupt(_) | Self::Unreadable(_) => true,
            Self::Retry(_)
            | Self::Contended
            | Self::OutOfOrder { .. }
            | Self::StaleCopy { .. }
            | Self::KeyReused
            | Self::Panicked => false,
        }
    }
}

impl From<NoDossier> for StepError {
    fn from(error: NoDossier) -> Self {
        match error {
            NoDossier::Erased => Self::Erased,
            NoDossier::Corrupt(corrupt) => Self::Corrupt(corrupt),
        }
    }
}
