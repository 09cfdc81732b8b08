//! Instants remembered by name in the data directory: the first one said stays.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::files::{self, FileError};

/// Instants in small files.
#[derive(Debug)]
pub struct Marks {
    /// Held while a mark is written: two who come first together read the same one.
    directory: Mutex<PathBuf>,
}

impl Marks {
    /// Opens the directory, or creates it.
    pub fn open(directory: &Path) -> Result<Self, FileError> {
        std::fs::create_dir_all(directory).map_err(|it| FileError::new(directory, "created", it))?;
        Ok(Self { directory: Mutex::new(directory.to_owned()) })
    }

    /// The instant first remembered under this name: `now`, if there was none. The name is a plain file name.
    pub fn first(&self, name: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, FileError> {
        let directory = self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        let path = directory.join(name);
        if let Some(bytes) = files::read(&path)? {
            let text = String::from_utf8_lossy(&bytes);
            return text.trim().parse().map_err(|_| {
                FileError::new(&path, "read", std::io::Error::new(ErrorKind::InvalidData, "not an instant"))
            });
        }
        let text = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        files::replace(&path, text.as_bytes())?;
        // As it will be read again: no finer than what was written.
        Ok(text.parse().unwrap_or(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_instant_stays_through_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let first: DateTime<Utc> = "2026-11-21T10:00:00.123456Z".parse().unwrap();
        let told = Marks::open(dir.path()).unwrap().first("77-10-1", first).unwrap();
        let later =
            Marks::open(dir.path()).unwrap().first("77-10-1", first + chrono::Duration::days(3)).unwrap();
        assert_eq!(told, later);
        assert!((told - first).abs() < chrono::Duration::milliseconds(1));
    }
}
