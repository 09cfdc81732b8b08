//! The tables and indexes, for one machine and for tests; in the cloud the stack's template creates them.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use engine::ports::{PortError, Table};

use crate::error::{failed, malformed};

const OPERATION: &str = "create a table";

/// Creates every table that is not there yet. Run again, it changes nothing.
pub async fn create_tables(client: &Client, prefix: &str) -> Result<(), PortError> {
    let dossiers = table(client, prefix, "dossiers", &["file_pk", "file_sk", "referent_pk", "referent_sk"])?
        .key_schema(key("pk", KeyType::Hash)?)
        .global_secondary_indexes(index("file", "file_pk", "file_sk")?)
        .global_secondary_indexes(index("referent", "referent_pk", "referent_sk")?);
    create(dossiers).await?;
    for name in std::iter::once("referents").chain(Table::ALL.map(Table::name)) {
        let two_keys = table(client, prefix, name, &["sk"])?
            .key_schema(key("pk", KeyType::Hash)?)
            .key_schema(key("sk", KeyType::Range)?);
        create(two_keys).await?;
    }
    Ok(())
}

/// A table on demand whose keys, `pk` and these, are texts.
fn table(
    client: &Client,
    prefix: &str,
    name: &str,
    others: &[&str],
) -> Result<CreateTableFluentBuilder, PortError> {
    let mut table =
        client.create_table().table_name(format!("{prefix}{name}")).billing_mode(BillingMode::PayPerRequest);
    for attribute in std::iter::once(&"pk").chain(others) {
        let text = AttributeDefinition::builder()
            .attribute_name(*attribute)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .map_err(malformed(OPERATION))?;
        table = table.attribute_definitions(text);
    }
    Ok(table)
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, PortError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(malformed(OPERATION))
}

fn index(name: &str, pk: &str, sk: &str) -> Result<GlobalSecondaryIndex, PortError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(key(pk, KeyType::Hash)?)
        .key_schema(key(sk, KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .map_err(malformed(OPERATION))
}

async fn create(table: CreateTableFluentBuilder) -> Result<(), PortError> {
    match table.send().await {
        Ok(_) => Ok(()),
        Err(error)
            if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            Ok(())
        }
        Err(error) => Err(failed(OPERATION)(error)),
    }
}
