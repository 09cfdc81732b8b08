//! Queues in memory: what was sent, until a test takes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use contracts::Envelope;
use engine::ports::{PortError, QueueName, Queues};

use crate::lock;

/// Messages sent and not taken yet, per queue, in order.
#[derive(Clone, Debug, Default)]
pub struct MemoryQueues(Arc<Mutex<BTreeMap<QueueName, Vec<Envelope>>>>);

impl MemoryQueues {
    /// Takes everything that waits in a queue. Delivering it, twice or late, is up to the test.
    pub fn take(&self, queue: QueueName) -> Vec<Envelope> {
        lock(&self.0).remove(&queue).unwrap_or_default()
    }

    /// How many messages wait in a queue.
    pub fn waiting(&self, queue: QueueName) -> usize {
        lock(&self.0).get(&queue).map_or(0, Vec::len)
    }
}

impl Queues for MemoryQueues {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), PortError> {
        lock(&self.0).entry(queue).or_default().extend_from_slice(messages);
        Ok(())
    }
}
