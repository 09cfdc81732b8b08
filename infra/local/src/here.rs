//! The world of one machine, put together from its parts, and the steps as its worker calls them.

use std::sync::Arc;

use aws::{Clients, Settings, SharedHttpClient, StoreConfig, create_tables};
use contracts::data::{Reference, Service};
use engine::keys::KeyCache;
use engine::ports::{NoProvider, QueueName};
use engine::{App, StepError, World, steps};

use crate::clock::MovableClock;
use crate::config::Config;
use crate::documents::DiskDocuments;
use crate::keys::{KeyFile, OsChance};
use crate::queues::LocalQueues;
use crate::serve::ServeError;
use crate::worker::{Failure, Handler};

/// Begins the name of each table.
const PREFIX: &str = "spie-local-";

/// The world of one machine.
pub type Here =
    App<aws::DynamoStore, LocalQueues<MovableClock>, KeyFile, DiskDocuments, MovableClock, OsChance>;

/// Puts the world together in the data directory, on the tables that `dynamodb` answers for, made if they are not
/// there.
pub async fn assemble(config: &Config, dynamodb: SharedHttpClient) -> Result<Here, ServeError> {
    let data = &config.data;
    let clients = Clients::new(Settings::for_emulator("http://localhost"), Some(dynamodb));
    create_tables(&clients.dynamodb(), PREFIX).await?;
    let clock = MovableClock::open(&data.join("horloge"))?;
    Ok(App {
        store: clients.store(StoreConfig { prefix: PREFIX.to_owned() }),
        queues: LocalQueues::open(&data.join("files.sqlite"), clock.clone())?,
        wrapper: KeyFile::open(&data.join("cle-maitre"))?,
        documents: DiskDocuments::open(&data.join("documents"))?,
        messengers: NoProvider,
        clock,
        chance: OsChance,
        reference: Reference::embedded(config.territories.clone(), service())?,
        key_cache: KeyCache::default(),
    })
}

/// Fictional, on numbers kept for fiction.
pub(crate) fn service() -> Service {
    Service {
        nom: "Service insertion (démonstration)".to_owned(),
        telephone: "01 99 00 77 00".to_owned(),
        horaires: "du lundi au vendredi, de 9 h à 17 h".to_owned(),
        adresse: "1 place de l’Exemple, Melun".to_owned(),
    }
}

/// The steps over a world, as the worker calls them.
pub struct Steps<W>(pub Arc<W>);

impl<W: World> Handler for Steps<W> {
    async fn handle(&self, queue: QueueName, bodies: &[&str]) -> Vec<Result<(), Failure>> {
        let results = match queue {
            QueueName::Imports => imports::handle_batch(&*self.0, bodies).await,
            QueueName::Triage
            | QueueName::Assignment
            | QueueName::Carnet
            | QueueName::Reminders
            | QueueName::Sweep => steps::handle_batch(&*self.0, queue, bodies).await,
        };
        results.into_iter().map(|it| it.map_err(|error| failure(queue, &error))).collect()
    }
}

fn failure(queue: QueueName, error: &StepError) -> Failure {
    tracing::warn!(file = queue.name(), error = error as &dyn std::error::Error, "A step did not end.");
    if let StepError::Panicked = error {
        Failure::Panic
    } else if error.is_fatal() {
        Failure::Fatal
    } else {
        Failure::Retry
    }
}
