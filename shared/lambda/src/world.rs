//! The world in the cloud: every port on its AWS service.

use aws::{AwsMessengers, Clients, DynamoStore, KmsWrapper, S3Documents, SqsQueues, StoreConfig};
use chrono::{DateTime, Utc};
use contracts::data::Reference;
use engine::App;
use engine::keys::KeyCache;
use engine::ports::{Chance, Clock, PortError};
use lambda_runtime::Error;

use crate::Config;

/// The world in the cloud.
pub type CloudWorld =
    App<DynamoStore, SqsQueues, KmsWrapper, S3Documents, SystemClock, SystemChance, AwsMessengers>;

/// Puts the world together. A port that the function has no right to is not configured, and fails if it is used.
pub fn world(config: &Config) -> Result<CloudWorld, Error> {
    let clients = Clients::new(config.aws.clone(), None);
    let mut reference = Reference::embedded(config.served.clone(), config.service.clone())?;
    reference.files_kept_days = config.files_kept_days.unwrap_or(reference.files_kept_days);
    Ok(App {
        store: clients.store(StoreConfig { prefix: config.table_prefix.clone() }),
        queues: clients.queues(config.queues.clone()),
        wrapper: clients.wrapper(config.kms_key.as_deref().unwrap_or_default()),
        documents: clients.documents(config.documents.as_deref().unwrap_or_default()),
        messengers: clients.messengers(config.sms_origin.clone()),
        clock: SystemClock,
        chance: SystemChance,
        reference,
        key_cache: KeyCache::default(),
    })
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where a function reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The system's chance.
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        getrandom::fill(buffer).map_err(|it| PortError::new("draw random bytes", it))
    }
}
