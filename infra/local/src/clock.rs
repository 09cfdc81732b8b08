//! The clock of the local mode: the real time plus an offset that people move forward, kept across restarts.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use engine::ports::Clock;

use crate::files::{self, FileError};

mod duration;
pub use duration::{BadDuration, parse_duration};

/// The real time. Tokens are judged by it, whatever the moved clock says.
#[expect(clippy::disallowed_methods, reason = "the one place of the local mode where the real time is read")]
pub fn real_now() -> DateTime<Utc> {
    Utc::now()
}

/// A clock that people can move forward, never back. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct MovableClock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    /// Milliseconds ahead of the real time.
    ahead: AtomicI64,
    /// Held while moving, so that the file and the memory agree.
    file: Mutex<PathBuf>,
}

impl MovableClock {
    /// Reads how far ahead the clock was; a first start begins at the real time.
    pub fn open(path: &Path) -> Result<Self, ClockError> {
        let ahead = match files::read(path)? {
            None => 0,
            Some(bytes) => std::str::from_utf8(&bytes)
                .ok()
                .and_then(|it| it.trim().parse().ok())
                .ok_or_else(|| ClockError::Unreadable(path.to_owned()))?,
        };
        Ok(Self(Arc::new(Hands { ahead: AtomicI64::new(ahead), file: Mutex::new(path.to_owned()) })))
    }

    /// Moves the clock to an instant and tells what it shows then. An instant already passed moves nothing.
    pub fn move_to(&self, target: DateTime<Utc>) -> Result<DateTime<Utc>, ClockError> {
        let file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = (target - real_now()).num_milliseconds();
        if ahead > self.0.ahead.load(Ordering::SeqCst) {
            files::replace(&file, ahead.to_string().as_bytes())?;
            self.0.ahead.store(ahead, Ordering::SeqCst);
        }
        Ok(self.now())
    }

    /// Moves the clock forward and tells what it shows then.
    pub fn advance(&self, by: Duration) -> Result<DateTime<Utc>, ClockError> {
        self.move_to(self.now() + by)
    }
}

impl Clock for MovableClock {
    fn now(&self) -> DateTime<Utc> {
        real_now() + Duration::milliseconds(self.0.ahead.load(Ordering::SeqCst))
    }
}

/// Why the clock cannot be read or moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file holds something else.
    #[error("the clock's file {0} holds no number of milliseconds")]
    Unreadable(PathBuf),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unmoved_clock_shows_the_real_time() {
        let dir = tempfile::tempdir().unwrap();
        let clock = MovableClock::open(&dir.path().join("horloge")).unwrap();
        assert!((clock.now() - real_now()).abs() < Duration::seconds(5));
    }

    #[test]
    fn a_moved_clock_stays_moved_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("horloge");
        MovableClock::open(&path).unwrap().advance(Duration::days(30)).unwrap();
        let clock = MovableClock::open(&path).unwrap();
        let gap = clock.now() - real_now() - Duration::days(30);
        assert!(gap.abs() < Duration::seconds(5));
    }

    #[test]
    fn the_clock_never_goes_back() {
        let dir = tempfile::tempdir().unwrap();
        let clock = MovableClock::open(&dir.path().join("horloge")).unwrap();
        let moved = clock.advance(Duration::days(2)).unwrap();
        assert!(clock.move_to(moved - Duration::days(1)).unwrap() >= moved);
    }

    #[test]
    fn a_file_that_holds_something_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("horloge");
        std::fs::write(&path, "demain").unwrap();
        assert!(matches!(MovableClock::open(&path), Err(ClockError::Unreadable(_))));
    }
}
