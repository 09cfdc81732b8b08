//! A batch from a queue: each message read and handled alone, so that one bad message never holds back its neighbours.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::SqsBatchResponse;
use engine::ports::QueueName;
use engine::{StepError, World, causes, steps};
use futures::FutureExt;
use serde_json::Value;

/// Handles a batch and answers which messages failed: the others are acknowledged.
pub async fn handle<W: World>(world: &W, queue: QueueName, event: Value) -> Value {
    let mut response = SqsBatchResponse::default();
    let records = event.get("Records").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for record in records {
        let id = record.get("messageId").and_then(Value::as_str).unwrap_or_default();
        let body = record.get("body").and_then(Value::as_str).unwrap_or_default();
        if !one(world, queue, id, body).await {
            response.add_failure(id);
        }
    }
    serde_json::to_value(response).unwrap_or_default()
}

/// Whether the message is done with. Whatever goes wrong, a panic included, is one message's failure: it stays on
/// the queue, and after its last attempt it is among the dead letters, where an alarm rings.
async fn one<W: World>(world: &W, queue: QueueName, id: &str, body: &str) -> bool {
    // Boxed: the future of a whole step is large, and its type deep.
    match AssertUnwindSafe(Box::pin(steps::handle(world, queue, body))).catch_unwind().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            log(&error, id);
            false
        }
        Err(_) => {
            tracing::error!(message_id = id, "The step panicked; the message stays on the queue.");
            false
        }
    }
}

fn log(error: &StepError, id: &str) {
    let cause = causes(error);
    if error.is_fatal() {
        tracing::error!(
            message_id = id,
            error = cause,
            "No retry helps: the message is for the dead letters."
        );
    } else {
        tracing::warn!(message_id = id, error = cause, "The message stays on the queue.");
    }
}
