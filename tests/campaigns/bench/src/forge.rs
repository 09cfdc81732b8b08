//! Processes in Python, forked from a parent that has imported everything: half a second saved at each start.
//!
//! `tests/campaigns/comparaison/forge.py` is the parent. One connection to its socket is one process: a word kills it
//! with SIGKILL, and the connection ends once the process is no more.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};

/// The parent; it dies with the last clone of this.
#[derive(Clone)]
pub struct Forge(Arc<Parent>);

struct Parent {
    // Removed when dropped.
    folder: TempDir,
    version: String,
    // Killed when dropped; its forks then find nobody to ask for an event, and end.
    _process: Child,
}

impl Forge {
    /// Starts the parent, and waits until it listens.
    pub async fn start(python: &Path, script: &Path) -> io::Result<Self> {
        let folder = TempDir::new()?;
        let mut process = Command::new(python)
            .arg("-B")
            .arg(script)
            .arg(socket_in(&folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut version = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut version).await?;
        }
        if version.is_empty() {
            return Err(io::Error::other("the parent of the Python processes did not start"));
        }
        let version = version.trim().to_owned();
        Ok(Self(Arc::new(Parent { folder, version, _process: process })))
    }

    /// The version of Powertools for AWS Lambda (Python) that its processes use.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// Forks a process that serves this module under this environment.
    pub(crate) async fn fork(
        &self,
        module: &str,
        environment: &BTreeMap<String, String>,
    ) -> io::Result<UnixStream> {
        let mut line = json!({ "module": module, "environment": environment }).to_string();
        line.push('\n');
        let mut stream = UnixStream::connect(socket_in(&self.0.folder)).await?;
        stream.write_all(line.as_bytes()).await?;
        Ok(stream)
    }
}

fn socket_in(folder: &TempDir) -> PathBuf {
    folder.path().join("forge.sock")
}

/// Watches over a fork until its end.
pub(crate) async fn watch_over(mut stream: UnixStream, kill: Arc<Notify>, ended: watch::Sender<bool>) {
    let mut nothing = [0];
    loop {
        let (mut reader, mut writer) = stream.split();
        tokio::select! {
            _ = reader.read(&mut nothing) => break,
            () = kill.notified() => {
                // Fails when the process is dead already.
                let _ = writer.write_all(b"\n").await;
            }
        }
    }
    ended.send_replace(true);
}
