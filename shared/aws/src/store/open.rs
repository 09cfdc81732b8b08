//! New dossiers with all their rows, in one transaction.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use engine::ports::{Opening, PortError};

use super::DynamoStore;
use super::rows::{Item, item};
use crate::error::{failed, malformed, unreadable};

const OPERATION: &str = "open dossiers";

impl DynamoStore {
    /// Writes what must not be there yet, all or nothing. `false` when something was there.
    pub(super) async fn open_together(&self, openings: &[Opening]) -> Result<bool, PortError> {
        let mut transaction = self.client.transact_write_items();
        for opening in openings {
            let row = serde_dynamo::to_item(&opening.row).map_err(unreadable(OPERATION))?;
            transaction = transaction.transact_items(new_item(self.dossiers_table(), row)?);
            for (table, side) in &opening.sides {
                let row = item(OPERATION, side.clone())?;
                transaction = transaction.transact_items(new_item(self.side_table(*table), row)?);
            }
        }
        let Err(error) = transaction.send().await else { return Ok(true) };
        // Some item was there, or two transactions crossed: only the first is an answer.
        let there = matches!(error.as_service_error(), Some(TransactWriteItemsError::TransactionCanceledException(it))
            if it.cancellation_reasons().iter().any(|it| it.code() == Some("ConditionalCheckFailed")));
        if there { Ok(false) } else { Err(failed(OPERATION)(error)) }
    }
}

fn new_item(table: String, row: Item) -> Result<TransactWriteItem, PortError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .map_err(malformed(OPERATION))?;
    Ok(TransactWriteItem::builder().put(put).build())
}
