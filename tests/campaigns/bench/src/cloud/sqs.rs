//! SQS: messages accepted, one by one or in batches.

use serde_json::{Value, json};

use super::{Answer, Call, Cloud};

/// What the queues answer.
pub(super) fn answer(cloud: &Cloud, call: &Call) -> Answer {
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let Some(queue) = queue(&asked) else { return refused("com.amazonaws.sqs#QueueDoesNotExist") };
    match call.operation.as_str() {
        "SendMessage" => {
            let body = asked["MessageBody"].as_str().unwrap_or_default();
            let id = send(cloud, queue, body);
            Answer::ok(json!({ "MessageId": id, "MD5OfMessageBody": "" }).to_string())
        }
        "SendMessageBatch" => {
            let entries = asked["Entries"].as_array().cloned().unwrap_or_default();
            Answer::ok(batch(cloud, queue, &entries, entries.len()).to_string())
        }
        _ => refused("com.amazonaws.sqs#UnsupportedOperation"),
    }
}

/// Accepts the first half of the batch only, rounded down: a batch of one is refused whole.
pub(super) fn partly(cloud: &Cloud, call: &Call) -> (Answer, bool) {
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let Some(queue) = queue(&asked) else { return (answer(cloud, call), false) };
    let entries = asked["Entries"].as_array().cloned().unwrap_or_default();
    (Answer::ok(batch(cloud, queue, &entries, entries.len() / 2).to_string()), true)
}

fn batch(cloud: &Cloud, queue: &str, entries: &[Value], accepted: usize) -> Value {
    let mut answer = json!({ "Successful": [], "Failed": [] });
    let mut add = |list: &str, entry: Value| {
        if let Some(list) = answer[list].as_array_mut() {
            list.push(entry);
        }
    };
    for (index, entry) in entries.iter().enumerate() {
        if index < accepted {
            let id = send(cloud, queue, entry["MessageBody"].as_str().unwrap_or_default());
            add("Successful", json!({ "Id": entry["Id"], "MessageId": id, "MD5OfMessageBody": "" }));
        } else {
            add("Failed", json!({ "Id": entry["Id"], "Code": "InternalError", "SenderFault": false }));
        }
    }
    answer
}

fn send(cloud: &Cloud, queue: &str, body: &str) -> String {
    let (copies, late) = cloud.copies();
    cloud.queues().send(queue, body, copies, late)
}

/// The queue's name, the last part of its address.
fn queue(asked: &Value) -> Option<&str> {
    asked["QueueUrl"].as_str()?.rsplit('/').next().filter(|it| !it.is_empty())
}

fn refused(code: &str) -> Answer {
    Answer { status: 400, body: json!({ "__type": code, "message": "x" }).to_string() }
}
