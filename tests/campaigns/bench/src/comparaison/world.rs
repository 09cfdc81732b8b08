//! The worlds of the comparison: a store with every table, time that passes in the store.

use std::collections::BTreeMap;

use anyhow::anyhow;
use dynoxide::Database;
use lambda::{CloudWorld, Config, Environment};
use serde_json::json;

use crate::cloud::{Cloud, PREFIX};
use crate::instance::access_key;
use crate::items::{ask, raw};
use crate::outset::{self, QUEUES, empty_store};

/// The tables that the two steps read or write.
pub const TABLES: [&str; 7] = ["dossiers", "referents", "personnes", "reponses", "envois", "cles", "cadres"];

/// Where Powertools remembers.
const REMEMBERED: &str = "idempotence";

/// No process has this number: its requests meet no fault.
const NOBODY: u32 = 0;

/// An empty store: our tables, and that of Powertools.
pub async fn fresh() -> anyhow::Result<Database> {
    let database = empty_store().await?;
    let table = json!({
        "TableName": format!("{PREFIX}{REMEMBERED}"), "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    ask(&database, "CreateTable", &table)?;
    Ok(database)
}

/// What a function finds in its environment over the cloud at this address, whatever it is written in.
pub fn environment(url: &str) -> BTreeMap<String, String> {
    let mut environment = outset::environment(url, "77", &QUEUES);
    environment.insert("AWS_DEFAULT_REGION".to_owned(), "eu-west-3".to_owned());
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
