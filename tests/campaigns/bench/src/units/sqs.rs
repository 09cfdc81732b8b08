//! SQS in this process: it takes batches, gives them back in order, and forgets what was received.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

/// A request is billed once for each 64 KB that it carries.
const BILLED: usize = 64 * 1024;
/// SQS gives no more messages at once.
const BATCH: usize = 10;

/// Queues by name.
#[derive(Default)]
pub(super) struct Queues(Mutex<BTreeMap<String, VecDeque<String>>>);

impl Queues {
    /// How many requests are billed for one that carries so many bytes.
    pub(super) fn requests(bytes: usize) -> u64 {
        bytes.div_ceil(BILLED).max(1) as u64
    }

    /// Takes a request `SendMessageBatch`: the queue, the bytes, the answer. `None` when it is another request.
    pub(super) fn answer(&self, operation: &str, request: &Value) -> Option<(String, usize, Value)> {
        if operation != "SendMessageBatch" {
            return None;
        }
        let queue = request.get("QueueUrl")?.as_str()?.rsplit('/').next()?.to_owned();
        let entries = request.get("Entries")?.as_array()?;
        let mut taken = Vec::new();
        let mut bytes = 0;
        let mut queues = self.lock();
        for entry in entries {
            let body = entry.get("MessageBody")?.as_str()?;
            bytes += body.len();
            queues.entry(queue.clone()).or_default().push_back(body.to_owned());
            taken.push(json!({"Id": entry.get("Id")?, "MessageId": "x", "MD5OfMessageBody": "x"}));
        }
        Some((queue, bytes, json!({"Successful": taken, "Failed": []})))
    }

    /// The oldest messages of a queue, ten at most.
    pub(super) fn receive(&self, queue: &str) -> Vec<String> {
        let mut queues = self.lock();
        let Some(waiting) = queues.get_mut(queue) else { return Vec::new() };
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    /// How many messages wait, per queue that has any.
    pub(super) fn waiting(&self) -> BTreeMap<String, usize> {
        let queues = self.lock();
        queues.iter().filter(|(_, it)| !it.is_empty()).map(|(name, it)| (name.clone(), it.len())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, VecDeque<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
