//! The worlds of the comparison: a store with every table, rows put back, time that passes in the store.

use std::collections::BTreeMap;

use anyhow::anyhow;
use aws::{Clients, Settings, create_tables};
use dynoxide::Database;
use lambda::{CloudWorld, Config, Environment};
use local::dynoxide::http_client;
use serde_json::{Value, json};

use crate::cloud::{BUCKET, Cloud, PREFIX};
use crate::instance::access_key;
use crate::items::{ask, raw};

/// The tables that the two steps read or write.
const TABLES: [&str; 7] = ["dossiers", "referents", "personnes", "reponses", "envois", "cles", "cadres"];

/// Where Powertools remembers.
const REMEMBERED: &str = "idempotence";

/// No process has this number: its requests meet no fault.
const NOBODY: u32 = 0;

/// An empty store: our tables, and that of Powertools.
pub async fn fresh() -> anyhow::Result<Database> {
    let database = Database::memory()?;
    let settings = Settings::for_emulator("http://dynoxide.invalid");
    create_tables(&Clients::new(settings, Some(http_client(database.clone()))).dynamodb(), PREFIX).await?;
    let table = json!({
        "TableName": format!("{PREFIX}{REMEMBERED}"), "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    ask(&database, "CreateTable", &table)?;
    Ok(database)
}

/// What a function finds in its environment over the cloud at this address.
pub fn environment(url: &str) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, String> = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_DEFAULT_REGION", "eu-west-3"),
        ("TABLE_PREFIX", PREFIX),
        ("TERRITOIRES", "77"),
        ("KMS_KEY_ID", "alias/essai"),
        ("DOCUMENTS_BUCKET", BUCKET),
        ("SERVICE_NOM", "Service insertion"),
        ("SERVICE_TELEPHONE", "01 99 00 77 00"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for queue in ["triage", "assignment", "carnet", "reminders", "sweep"] {
        environment.insert(format!("QUEUE_{}", queue.to_uppercase()), format!("{url}/000000000000/{queue}"));
    }
    environment
}

/// The product's own world over the cloud at this address, in this process and without faults.
pub fn outside(url: &str) -> anyhow::Result<CloudWorld> {
    let mut environment = environment(url);
    environment.insert("AWS_ACCESS_KEY_ID".to_owned(), access_key(NOBODY));
    environment.insert("AWS_SECRET_ACCESS_KEY".to_owned(), "secret".to_owned());
    let pairs: Vec<(&str, &str)> =
        environment.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
    lambda::world(&Config::read(&Environment::of(&pairs))?).map_err(|it| anyhow!(it))
}

/// Every row of a store.
#[derive(Clone)]
pub struct Snapshot(Vec<Value>);

impl Snapshot {
    /// What is there now.
    pub fn of(cloud: &Cloud) -> anyhow::Result<Self> {
        let mut puts = Vec::new();
        for table in TABLES {
            for row in raw(cloud.database(), table)? {
                puts.push(json!({ "TableName": format!("{PREFIX}{table}"), "Item": row }));
            }
        }
        Ok(Self(puts))
    }

    /// Writes everything into an empty store.
    pub fn restore(&self, cloud: &Cloud) -> anyhow::Result<()> {
        for put in &self.0 {
            ask(cloud.database(), "PutItem", put)?;
        }
        Ok(())
    }
}

/// How much time passes in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Longer than an invocation: an attempt that was under way is over.
    Attempts,
    /// Longer than Powertools remembers.
    Everything,
}

/// Lets time pass: the records of Powertools grow older. Nothing of ours does.
pub fn age(cloud: &Cloud, age: Age) -> anyhow::Result<()> {
    let expression = match age {
        Age::Attempts => "SET in_progress_expiration = :long_ago",
        Age::Everything => "SET in_progress_expiration = :long_ago, expiration = :long_ago",
    };
    for row in raw(cloud.database(), REMEMBERED)? {
        let update = json!({
            "TableName": format!("{PREFIX}{REMEMBERED}"), "Key": { "id": row["id"] },
            "UpdateExpression": expression, "ExpressionAttributeValues": { ":long_ago": { "N": "1" } },
        });
        ask(cloud.database(), "UpdateItem", &update)?;
    }
    Ok(())
}
