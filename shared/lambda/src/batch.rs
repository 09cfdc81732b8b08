//! A batch from a queue: each message read and handled alone, so that one bad message never holds back its neighbours.

use aws_lambda_events::sqs::SqsBatchResponse;
use engine::ports::QueueName;
use engine::{StepError, World, causes, steps};
use serde_json::Value;

/// Handles a batch, as an event source gives it, and answers which messages failed: the others are acknowledged. What
/// fails stays on the queue, and after its last attempt it is among the dead letters, where an alarm rings.
pub async fn handle<W: World>(world: &W, queue: QueueName, event: Value) -> Value {
    let mut response = SqsBatchResponse::default();
    let records = event.get("Records").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let bodies: Vec<&str> = records.iter().map(|it| text(it, "body")).collect();
    // Boxed: the future of a whole batch is large, and its type deep.
    let results = Box::pin(steps::handle_batch(world, queue, &bodies)).await;
    for (record, result) in records.iter().zip(results) {
        if let Err(error) = result {
            let id = text(record, "messageId");
            log(&error, id);
            response.add_failure(id);
        }
    }
    serde_json::to_value(response).unwrap_or_default()
}

fn text<'a>(record: &'a Value, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn log(error: &StepError, id: &str) {
    let cause = causes(error);
    if error.is_fatal() {
        tracing::error!(
            message_id = id,
            error = cause,
            "No retry helps: the message is for the dead letters."
        );
    } else if matches!(error, StepError::Panicked) {
        tracing::error!(message_id = id, "The step panicked; the message stays on the queue.");
    } else {
        tracing::warn!(message_id = id, error = cause, "The message stays on the queue.");
    }
}
