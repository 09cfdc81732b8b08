//! What the store was asked while the journey ran: how many calls, how long they took, and the writes, in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use local::dynoxide::Watch;

/// The operations that write.
const WRITES: [&str; 6] =
    ["BatchWriteItem", "CreateTable", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"];

/// Looks on at the store.
#[derive(Default)]
pub(super) struct Recorder(Mutex<Recorded>);

/// What was seen since the last look.
#[derive(Default)]
pub(super) struct Recorded {
    /// Requests answered.
    pub(super) calls: u32,
    /// The time that the store spent on them.
    pub(super) took: Duration,
    /// Those that write, refused ones included, in the order in which they were answered.
    pub(super) writes: Vec<Write>,
}

/// One request that writes.
pub(super) struct Write {
    /// As in `PutItem`.
    pub(super) operation: String,
    /// The request, as it came.
    pub(super) request: Vec<u8>,
    /// The status of the answer.
    pub(super) status: u16,
}

impl Recorder {
    /// What was seen since the last call.
    pub(super) fn take(&self) -> Recorded {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A recorder that the store and the campaign share.
pub(super) struct Shared(pub(super) Arc<Recorder>);

impl Watch for Shared {
    fn answered(&self, operation: &str, request: &[u8], status: u16, took: Duration) {
        let mut seen = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.calls += 1;
        seen.took += took;
        if WRITES.contains(&operation) {
            seen.writes.push(Write { operation: operation.to_owned(), request: request.to_vec(), status });
        }
    }
}
