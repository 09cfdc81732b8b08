//! What every world of real functions begins with: a store with its empty tables, and what a function is told.

use std::collections::BTreeMap;

use aws::{Clients, Settings, create_tables};
use dynoxide::Database;
use local::dynoxide::http_client;

use crate::cloud::{BUCKET, PREFIX};

/// The queues, each with the function of the same name.
pub const QUEUES: [&str; 5] = ["triage", "assignment", "carnet", "reminders", "sweep"];

/// A store in memory, with every table and nothing in them.
pub async fn empty_store() -> anyhow::Result<Database> {
    let database = Database::memory()?;
    let settings = Settings::for_emulator("http://dynoxide.invalid");
    let clients = Clients::new(settings, Some(http_client(database.clone())));
    create_tables(&clients.dynamodb(), PREFIX).await?;
    Ok(database)
}

/// What a function finds in its environment over the cloud at `url`: the départements that it serves, by their codes
/// and a comma between, and the addresses of these queues.
pub fn environment(url: &str, territories: &str, queues: &[&str]) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, String> = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-west-3"),
        ("TABLE_PREFIX", PREFIX),
        ("TERRITOIRES", territories),
        ("KMS_KEY_ID", "alias/essai"),
        ("DOCUMENTS_BUCKET", BUCKET),
        ("SERVICE_NOM", "Service insertion"),
        ("SERVICE_TELEPHONE", "01 99 00 77 00"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for queue in queues {
        environment.insert(format!("QUEUE_{}", queue.to_uppercase()), format!("{url}/000000000000/{queue}"));
    }
    environment
}
