//! A process that receives one file and applies it, on the store, the queues and the documents of the local mode. It may
//! be killed at any instant: started again on the same data, it goes on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use contracts::api::{ImportEtat, ImportJson, ImportNature};
use domain::Territory;
use engine::imports::{self, Deposit};
use engine::people::{Professional, Role};
use engine::ports::{PortError, QueueName};
use futures::stream;
use local::config::Config;
use local::here::{Here, Steps, assemble};
use local::worker::Handler;
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::usage;

/// Parts treated at the same time.
const AT_ONCE: u32 = 4;
/// How long to sleep when nothing waits.
const IDLE: Duration = Duration::from_millis(20);
/// How long the process waits before it tries a message again.
const AGAIN: TimeDelta = TimeDelta::milliseconds(50);

/// Receives the file, applies it, and prints how far it is, then how it ended, a line of JSON each.
pub fn run(data: &Path, file: &Path, nature: &str, key: &str) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    runtime.block_on(receive(data, file, nature, key))
}

async fn receive(data: &Path, file: &Path, nature: &str, key: &str) -> anyhow::Result<()> {
    let world = Arc::new(open(data).await?);
    let territory: Territory = "77".parse()?;
    let who = Professional { agent: "agent-1".parse()?, territory, role: Role::Orientation };
    let deposit = Deposit {
        nature: ImportNature::from_code(nature).context("flux ou liste")?,
        source: None,
        name: "fichier".to_owned(),
        dry: false,
        received_on: None,
    };
    let given = imports::deposit(&*world, &who, key, deposit, bytes_of(file).await?).await?;
    let steps = Arc::new(Steps(Arc::clone(&world)));
    loop {
        let import = imports::import(&*world, &who, given.import).await?;
        tell(&import)?;
        match import.etat {
            ImportEtat::Recu | ImportEtat::EnCours => {}
            ImportEtat::Termine | ImportEtat::Refuse | ImportEtat::APreciser => return Ok(()),
        }
        if !treat(&world, &steps).await? {
            tokio::time::sleep(IDLE).await;
        }
    }
}

async fn open(data: &Path) -> anyhow::Result<Here> {
    std::fs::create_dir_all(data).context("le dossier des données ne se crée pas")?;
    let engine = local::dynoxide::open(&data.join("dynamo.sqlite")).context("la base ne s’ouvre pas")?;
    Ok(assemble(&Config::for_testing(data), local::dynoxide::http_client(engine)).await?)
}

/// The file, in pieces.
pub(crate) async fn bytes_of(
    file: &Path,
) -> anyhow::Result<impl futures::Stream<Item = Result<Vec<u8>, PortError>> + Send + Unpin> {
    let file = tokio::fs::File::open(file).await.context("le fichier ne s’ouvre pas")?;
    Ok(Box::pin(stream::try_unfold(file, |mut file| async {
        let mut piece = vec![0; 256 * 1024];
        let read = file.read(&mut piece).await.map_err(|it| PortError::new("read the file", it))?;
        piece.truncate(read);
        Ok((read > 0).then_some((piece, file)))
    })))
}

/// Treats some messages of the imports' queue, and no other: what the journey does next goes at its own pace. `false`
/// when there was none.
async fn treat(world: &Arc<Here>, steps: &Arc<Steps<Here>>) -> anyhow::Result<bool> {
    let deliveries = world.queues.receive(QueueName::Imports, AT_ONCE).await?;
    let mut treated = tokio::task::JoinSet::new();
    for delivery in deliveries {
        let (world, steps) = (Arc::clone(world), Arc::clone(steps));
        treated.spawn(async move {
            let results = steps.handle(QueueName::Imports, &[&delivery.body]).await;
            if results.iter().all(Result::is_ok) {
                world.queues.delete(delivery.receipt).await.map(drop)
            } else {
                world.queues.release(delivery.receipt, AGAIN).await.map(drop)
            }
        });
    }
    let some = !treated.is_empty();
    while let Some(done) = treated.join_next().await {
        done??;
    }
    Ok(some)
}

#[expect(clippy::print_stdout, reason = "the process talks to the one that started it")]
fn tell(import: &ImportJson) -> anyhow::Result<()> {
    let line = json!({
        "etat": import.etat, "fait": import.avancement.fait, "total": import.avancement.total,
        "bilan": import.bilan, "motif": import.motif, "memoire_mo": usage::peak_memory()?,
    });
    println!("{line}");
    Ok(())
}
