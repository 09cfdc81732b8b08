//! The engine's ports in memory, for simulations and tests: the observable behaviour of the real ones, without them.
//!
//! One suite of contract tests runs on these and on the crate `aws`. Each value is a handle: clones share what they
//! hold, so that a test can look at what the code under test has done.

use std::sync::{Mutex, MutexGuard, PoisonError};

mod chance;
mod clock;
mod documents;
mod queues;
mod store;
mod wrapper;

pub use chance::SeededChance;
pub use clock::{FrozenClock, MovableClock};
pub use documents::MemoryDocuments;
pub use queues::MemoryQueues;
pub use store::MemoryStore;
pub use wrapper::MemoryWrapper;

/// Every change under a lock is made of whole steps, so what a panic left behind is still consistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
