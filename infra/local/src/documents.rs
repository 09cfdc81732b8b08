//! Documents as plain files of the data directory.

use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use engine::ports::{Documents, PortError};

use crate::files::FileError;

/// Documents on disk, in place of S3. A name is a path below the directory.
#[derive(Debug)]
pub struct DiskDocuments {
    root: PathBuf,
    /// Where a document is written before it appears whole under its name.
    drafts: PathBuf,
    next_draft: AtomicU64,
}

impl DiskDocuments {
    /// Opens the directory, or creates it, and drops what a killed process had begun to write.
    pub fn open(directory: &Path) -> Result<Self, FileError> {
        let root = directory.join("par-nom");
        let drafts = directory.join("brouillons");
        match std::fs::remove_dir_all(&drafts) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(FileError::new(&drafts, "emptied", error));
            }
            _ => {}
        }
        for path in [&root, &drafts] {
            std::fs::create_dir_all(path).map_err(|it| FileError::new(path, "created", it))?;
        }
        Ok(Self { root, drafts, next_draft: AtomicU64::new(0) })
    }

    /// The names that start with `prefix`, sorted.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, PortError> {
        let (root, prefix) = (self.root.clone(), prefix.to_owned());
        blocking("listing documents", move || {
            let mut names = Vec::new();
            walk(&root, "", &mut names)?;
            names.retain(|it| it.starts_with(&prefix));
            names.sort();
            Ok(names)
        })
        .await
    }

    fn path(&self, name: &str) -> Result<PathBuf, PortError> {
        let ordinary = !name.is_empty()
            && !name.contains(['\\', '\0'])
            && name.split('/').all(|it| !it.is_empty() && it != "." && it != "..")
            && Path::new(name).components().all(|it| matches!(it, Component::Normal(_)));
        if ordinary {
            Ok(self.root.join(name))
        } else {
            Err(PortError::new("naming a document", "the name leaves the directory of documents"))
        }
    }
}

impl Documents for DiskDocuments {
    async fn put_once(&self, name: &str, _content_type: &str, bytes: &[u8]) -> Result<bool, PortError> {
        let path = self.path(name)?;
        let draft = self.drafts.join(self.next_draft.fetch_add(1, Ordering::Relaxed).to_string());
        let bytes = bytes.to_owned();
        blocking("storing a document", move || {
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::File::create_new(&draft)?.write_all(&bytes)?;
            // A hard link appears whole, and only where there is nothing yet.
            let linked = std::fs::hard_link(&draft, &path);
            std::fs::remove_file(&draft)?;
            match linked {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        let path = self.path(name)?;
        blocking("reading a document", move || match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn delete(&self, name: &str) -> Result<(), PortError> {
        let path = self.path(name)?;
        blocking("deleting a document", move || match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }
}

/// Appends the names of the files below a directory.
fn walk(directory: &Path, prefix: &str, names: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, PortError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|it| PortError::new(operation, it))?
        .map_err(|it| PortError::new(operation, it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_document_under_a_name_stays() {
        let dir = tempfile::tempdir().unwrap();
        let documents = DiskDocuments::open(dir.path()).unwrap();
        assert!(documents.put_once("77/a.txt", "text/plain", b"un").await.unwrap());
        assert!(!documents.put_once("77/a.txt", "text/plain", b"deux").await.unwrap());
        assert_eq!(documents.get("77/a.txt").await.unwrap().unwrap(), b"un");
    }

    #[tokio::test]
    async fn a_document_that_does_not_exist_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let documents = DiskDocuments::open(dir.path()).unwrap();
        assert!(documents.get("77/rien.txt").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_name_cannot_leave_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let documents = DiskDocuments::open(dir.path()).unwrap();
        for name in ["../a", "/etc/passwd", "a/../../b", "", "a//b", "./a", "a/", "a\\b", "a\0"] {
            assert!(documents.put_once(name, "text/plain", b"x").await.is_err(), "{name:?}");
            assert!(documents.get(name).await.is_err(), "{name:?}");
        }
    }

    #[tokio::test]
    async fn documents_are_listed_by_the_start_of_their_name() {
        let dir = tempfile::tempdir().unwrap();
        let documents = DiskDocuments::open(dir.path()).unwrap();
        for name in ["77/b.txt", "77/a.txt", "93/c.txt"] {
            documents.put_once(name, "text/plain", b"x").await.unwrap();
        }
        assert_eq!(documents.list("77/").await.unwrap(), ["77/a.txt", "77/b.txt"]);
    }

    #[tokio::test]
    async fn what_a_killed_process_had_begun_is_dropped_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        drop(DiskDocuments::open(dir.path()).unwrap());
        std::fs::write(dir.path().join("brouillons/0"), "moit").unwrap();
        let documents = DiskDocuments::open(dir.path()).unwrap();
        assert!(documents.put_once("a.txt", "text/plain", b"entier").await.unwrap());
        assert_eq!(documents.list("").await.unwrap(), ["a.txt"]);
    }
}
