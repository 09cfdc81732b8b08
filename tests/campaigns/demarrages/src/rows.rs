//! The rows of every table, as JSON, and every document: what the campaign's services answer from.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use engine::ports::{Documents, PageAsk, Rows, Table};
use serde_json::{Value, json};

use crate::stage::{MemoryWorld, territory};

/// Every row of every table, by the table's name.
pub(crate) async fn of(world: &MemoryWorld) -> Result<BTreeMap<&'static str, Vec<Value>>> {
    let dossiers = world.store.dossiers();
    let mut partitions = vec![territory()?.as_str().to_owned()];
    partitions.extend(dossiers.iter().map(|it| it.pk.clone()));
    let mut tables = BTreeMap::from([
        ("dossiers", dossiers.iter().map(serde_json::to_value).collect::<Result<_, _>>()?),
        ("referents", world.store.referents().iter().map(serde_json::to_value).collect::<Result<_, _>>()?),
    ]);
    for table in Table::ALL {
        let mut rows = Vec::new();
        for partition in &partitions {
            rows.extend(partition_of(world, table, partition).await?);
        }
        tables.insert(table.name(), rows);
    }
    Ok(tables)
}

/// Every document, by its name, in base 64.
pub(crate) async fn documents(world: &MemoryWorld) -> Result<BTreeMap<String, String>> {
    let mut documents = BTreeMap::new();
    for (name, _) in world.documents.names() {
        let bytes = world.documents.get(&name).await?.context("a document that is listed is not there")?;
        documents.insert(name, BASE64_STANDARD.encode(bytes));
    }
    Ok(documents)
}

async fn partition_of(world: &MemoryWorld, table: Table, partition: &str) -> Result<Vec<Value>> {
    let page = world.store.query(table, partition, "", PageAsk::default()).await?;
    ensure!(page.next.is_none(), "a partition of `{}` does not fit one page", table.name());
    let row = |it: contracts::rows::SideRow| {
        let mut row = json!({"pk": it.pk, "sk": it.sk});
        for (name, value) in it.attributes {
            row[name] = value;
        }
        row
    };
    Ok(page.items.into_iter().map(row).collect())
}
