//! Small files of the data directory: read whole, replaced whole, created once.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The file system refused.
#[derive(Debug, thiserror::Error)]
#[error("the file {path} cannot be {verb}")]
pub struct FileError {
    path: PathBuf,
    verb: &'static str,
    #[source]
    source: std::io::Error,
}

impl FileError {
    /// Says on which file what failed.
    pub fn new(path: &Path, verb: &'static str, source: std::io::Error) -> Self {
        Self { path: path.to_owned(), verb, source }
    }
}

/// Reads a file; `None` when there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::new(path, "read", error)),
    }
}

/// Replaces a file at once: a reader, or a restart after a kill, sees the old or the new, whole.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let beside = path.with_extension("nouveau");
    std::fs::write(&beside, bytes).map_err(|it| FileError::new(&beside, "written", it))?;
    std::fs::rename(&beside, path).map_err(|it| FileError::new(path, "replaced", it))
}

/// Reads a secret that only its owner may read, making it on the first start.
/// Two processes that start together end with the same secret.
pub fn secret<E: From<FileError>>(
    path: &Path,
    make: impl FnOnce() -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    if let Some(bytes) = read(path)? {
        return Ok(bytes);
    }
    let bytes = make()?;
    let beside = path.with_extension(format!("nouveau-{}", std::process::id()));
    write_private(&beside, &bytes).map_err(|it| FileError::new(&beside, "written", it))?;
    // The link fails where another process was first: its secret is the one.
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside).map_err(|it| FileError::new(&beside, "removed", it))?;
    match linked {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| FileError::new(path, "read", error).into())
        }
        Err(error) => Err(FileError::new(path, "created", error).into()),
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    // Losing a key loses everything it sealed: here, and only here, wait for the disk.
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cle");
        let first = secret(&path, || Ok::<_, FileError>(vec![1; 32])).unwrap();
        let second = secret(&path, || Ok::<_, FileError>(vec![2; 32])).unwrap();
        assert_eq!(first, second);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_does_not_exist_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(&dir.path().join("rien")).unwrap().is_none());
    }
}
