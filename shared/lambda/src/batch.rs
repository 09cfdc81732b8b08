//! A batch from a queue: each message read and handled alone, so that one bad message never holds back its neighbours.

use aws_lambda_events::sqs::SqsBatchResponse;
use engine::ports::QueueName;
use engine::{StepError, World, causes, steps};
use serde_json::Value;

/// Handles a batch, as an event source gives it, and answers which messages failed: the others are acknowledged. What
/// fails stays on the queue, and after its last attempt it is among the dead letters, where an alarm rings.
pub async fn handle<W: World>(world: &W, queue: QueueName, event: Value) -> Value {
    // Boxed: the future of a whole batch is large, and its type deep.
    let results = Box::pin(steps::handle_batch(world, queue, &bodies(&event))).await;
    answer(&event, results)
}

/// The bodies of a batch's messages.
pub(crate) fn bodies(event: &Value) -> Vec<&str> {
    records(event).iter().map(|it| text(it, "body")).collect()
}

/// Says which messages of a batch failed, from what became of each.
pub(crate) fn answer(event: &Value, results: Vec<Result<(), StepError>>) -> Value {
    let mut response = SqsBatchResponse::default();
    for (record, result) in records(event).iter().zip(results) {
        if let Err(error) = result {
            let id = text(record, "messageId");
            log(&error, id);
            response.add_failure(id);
        }
    }
    serde_json::to_value(response).unwrap_or_default()
}

fn records(event: &Value) -> &[Value] {
    event.get("Records").and_then(Value::as_array).map_or(&[], Vec::as_slice)
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
