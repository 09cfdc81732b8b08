//! The local mode in a folder, which can be killed between two requests to its store, and opened again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use engine::schedules::{check, relay, sweep};
use local::config::Config;
use local::dynoxide::{Watch, watched_http_client};
use local::here::{Here, Steps, assemble};
use local::worker::{Worker, until_quiet};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A process that lives in a folder.
pub(super) struct Place {
    folder: PathBuf,
    fuse: Arc<Fuse>,
    worker: JoinHandle<()>,
    /// The world that it lives in.
    pub(super) world: Arc<Here>,
}

/// Burns with each request that the store has answered, once it is lit; what it blows is told once.
#[derive(Default)]
struct Fuse {
    left: AtomicI64,
    blown: Notify,
}

struct Burning(Arc<Fuse>);

impl Watch for Burning {
    fn answered(&self, _: &str, _: &[u8], _: u16, _: Duration) {
        if self.0.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.blown.notify_one();
        }
    }
}

impl Place {
    /// Starts a process in this folder, which takes up what another has left there.
    pub(super) async fn open(folder: &Path) -> anyhow::Result<Self> {
        let engine =
            local::dynoxide::open(&folder.join("dynamo.sqlite")).context("la base ne s’ouvre pas")?;
        let fuse = Arc::new(Fuse::default());
        let http = watched_http_client(engine, Burning(Arc::clone(&fuse)));
        let world = Arc::new(assemble(&Config::for_testing(folder), http).await?);
        let worker =
            tokio::spawn(Worker::new(world.queues.clone(), Arc::new(Steps(Arc::clone(&world)))).run());
        Ok(Self { folder: folder.to_owned(), fuse, worker, world })
    }

    /// Kills the process where it is, and starts another.
    pub(super) async fn restart(self) -> anyhow::Result<Self> {
        self.worker.abort();
        // What it was waiting for is dropped there; the store ends what it has begun.
        let _ = self.worker.await;
        drop(self.world);
        Self::open(&self.folder).await
    }

    /// One run of the schedules, to the end of all that it sets off. `false` when the process is to die before the end:
    /// after so many requests to its store.
    pub(super) async fn run(&self, dies_after: Option<u32>) -> anyhow::Result<bool> {
        let Some(requests) = dies_after else {
            run_all(&self.world).await?;
            return Ok(true);
        };
        self.fuse.left.store(requests.into(), Ordering::SeqCst);
        tokio::select! {
            biased;
            () = self.fuse.blown.notified() => Ok(false),
            done = run_all(&self.world) => done.map(|()| true),
        }
    }
}

async fn run_all(world: &Here) -> anyhow::Result<()> {
    relay::run_all(world).await?;
    until_quiet(&world.queues).await?;
    let tally = check::run_all(world).await?;
    ensure!(tally.failed == 0, "un contrôle n’a pas pu traiter {} dossiers", tally.failed);
    until_quiet(&world.queues).await?;
    sweep::run_due(world).await?;
    Ok(until_quiet(&world.queues).await?)
}
