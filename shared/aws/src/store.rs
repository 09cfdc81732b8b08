//! Dossiers, places and side rows in DynamoDB.
//!
//! **Invariants:** every read that a decision rests on is consistent; every write that a decision rests on carries its
//! condition; items move together only in a transaction, and only a dossier with its référents' places does.

use aws_sdk_dynamodb::types::AttributeValue;
use engine::ports::{PortError, Table};
use serde::de::DeserializeOwned;

use crate::error::unreadable;

mod batch;
mod commit;
mod cursor;
mod dossiers;
mod listing;
mod open;
mod rows;

/// Which tables are ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Begins the name of each table, as in `spie-dev-`.
    pub prefix: String,
}

/// The store on DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoStore {
    client: aws_sdk_dynamodb::Client,
    config: StoreConfig,
}

impl DynamoStore {
    /// Uses the tables that this configuration names.
    pub fn new(client: aws_sdk_dynamodb::Client, config: StoreConfig) -> Self {
        Self { client, config }
    }

    fn dossiers_table(&self) -> String {
        format!("{}dossiers", self.config.prefix)
    }

    fn referents_table(&self) -> String {
        format!("{}referents", self.config.prefix)
    }

    fn side_table(&self, table: Table) -> String {
        format!("{}{}", self.config.prefix, table.name())
    }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Reads an item as a row.
fn decode<T: DeserializeOwned>(
    operation: &'static str,
    item: impl Into<serde_dynamo::Item>,
) -> Result<T, PortError> {
    serde_dynamo::from_item(item).map_err(unreadable(operation))
}

/// How many results to ask for; `None` leaves it to the service.
fn limit(asked: u32) -> Option<i32> {
    (asked > 0).then(|| i32::try_from(asked).unwrap_or(i32::MAX))
}
