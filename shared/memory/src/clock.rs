//! Clocks that tell the time they are told.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use engine::ports::Clock;

use crate::lock;

/// Always the same instant.
#[derive(Clone, Copy, Debug)]
pub struct FrozenClock(pub DateTime<Utc>);

impl Clock for FrozenClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// An instant that the test moves; clones are the same clock.
#[derive(Clone, Debug)]
pub struct MovableClock(Arc<Mutex<DateTime<Utc>>>);

impl MovableClock {
    /// Starts at this instant.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Jumps to an instant, backwards too.
    pub fn set(&self, now: DateTime<Utc>) {
        *lock(&self.0) = now;
    }

    /// Moves by a span, and tells the new time.
    pub fn advance(&self, by: TimeDelta) -> DateTime<Utc> {
        let mut now = lock(&self.0);
        *now += by;
        *now
    }
}

impl Clock for MovableClock {
    fn now(&self) -> DateTime<Utc> {
        *lock(&self.0)
    }
}
