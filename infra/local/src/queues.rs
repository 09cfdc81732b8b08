//! The queues of the local mode: what SQS promises, on one machine, under the clock that can be moved.
//!
//! A message sent is kept until somebody deletes it. A receive hides it for the visibility time-out; it comes back if
//! it was not deleted, and after five receives it goes to the dead letters. What was in flight when the process died
//! is visible again at the next start.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use contracts::Envelope;
use engine::ports::{Clock, PortError, QueueName, Queues};
use rusqlite::Connection;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

mod clerk;
mod store;
use clerk::Clerk;
pub use store::{DeadLetter, Stats};

/// Receives after which a message goes to the dead letters instead of coming back.
pub const MAX_RECEIVES: u32 = 5;

/// How long a message received is hidden: more than any step takes.
const VISIBILITY: Duration = Duration::minutes(3);

/// A message handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What deletes or releases it; good until the message is handed out again.
    pub receipt: Receipt,
    /// The message, as it was sent.
    pub body: String,
    /// How many times it was handed out, this one included.
    pub attempts: u32,
}

/// Proof of one hand-out of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    id: i64,
    attempts: u32,
}

/// Queues in a file. Clones share it.
pub struct LocalQueues<C> {
    clerk: Arc<Clerk>,
    clock: C,
    /// One bell per queue: an arrival in one does not wake who waits for another.
    arrivals: Arc<[Notify; QueueName::ALL.len()]>,
}

impl<C: Clock + Clone> Clone for LocalQueues<C> {
    fn clone(&self) -> Self {
        Self {
            clerk: Arc::clone(&self.clerk),
            clock: self.clock.clone(),
            arrivals: Arc::clone(&self.arrivals),
        }
    }
}

impl<C: Clock> LocalQueues<C> {
    /// Opens the file, or creates it. What was in flight is visible again at once.
    pub fn open(path: &Path, clock: C) -> Result<Self, PortError> {
        let connection =
            store::open(path, clock.now()).map_err(|it| PortError::new("opening the queues", it))?;
        Ok(Self { clerk: Arc::new(Clerk::start(connection)), clock, arrivals: Arc::default() })
    }

    /// Hands out up to `max` visible messages, the oldest first, and hides them for a while.
    pub async fn receive(&self, queue: QueueName, max: u32) -> Result<Vec<Delivery>, PortError> {
        let now = self.clock.now();
        self.run("receiving messages", move |it| store::receive(it, queue, max, now, now + VISIBILITY)).await
    }

    /// Deletes a message for good. `false` when it was handed out again since: somebody else has it.
    pub async fn delete(&self, receipt: Receipt) -> Result<bool, PortError> {
        self.run("deleting a message", move |it| store::delete(it, receipt)).await
    }

    /// Gives a message back, visible after a delay; or to the dead letters if it was handed out too many times.
    pub async fn release(&self, receipt: Receipt, delay: Duration) -> Result<bool, PortError> {
        let visible_at = self.clock.now() + delay;
        let released =
            self.run("releasing a message", move |it| store::release(it, receipt, visible_at)).await?;
        // The receipt does not say of which queue.
        self.arrivals.iter().for_each(Notify::notify_waiters);
        Ok(released)
    }

    /// Sends a message to the dead letters: no retry would help.
    pub async fn bury(&self, receipt: Receipt) -> Result<bool, PortError> {
        self.run("burying a message", move |it| store::bury(it, receipt)).await
    }

    /// Whether no queue holds anything to do; dead letters are nothing to do.
    pub async fn is_quiet(&self) -> Result<bool, PortError> {
        self.run("looking for messages", store::is_quiet).await
    }

    /// How many messages each queue holds.
    pub async fn stats(&self) -> Result<Vec<(QueueName, Stats)>, PortError> {
        let now = self.clock.now();
        self.run("counting messages", move |it| store::stats(it, now)).await
    }

    /// The dead letters of a queue, the oldest first.
    pub async fn dead_letters(&self, queue: QueueName) -> Result<Vec<DeadLetter>, PortError> {
        self.run("reading dead letters", move |it| store::dead_letters(it, queue)).await
    }

    /// Puts the dead letters of a queue back in it; tells how many.
    pub async fn redrive(&self, queue: QueueName) -> Result<usize, PortError> {
        let now = self.clock.now();
        let moved = self.run("redriving dead letters", move |it| store::redrive(it, queue, now)).await?;
        self.bell(queue).notify_waiters();
        Ok(moved)
    }

    /// Every message that is not a dead letter, the oldest first: what is on its way.
    pub async fn pending(&self) -> Result<Vec<(QueueName, String)>, PortError> {
        self.run("reading messages", store::pending).await
    }

    /// Sends a text as it is: a task of a schedule, or in tests a message that nobody can read.
    pub async fn send_raw(&self, queue: QueueName, bodies: Vec<String>) -> Result<(), PortError> {
        let now: DateTime<Utc> = self.clock.now();
        self.run("sending messages", move |it| store::send(it, queue, &bodies, now)).await?;
        self.bell(queue).notify_waiters();
        Ok(())
    }

    /// Ends when a message arrives in this queue, or comes back, after this call; it may be gone by then.
    pub fn arrival(&self, queue: QueueName) -> Notified<'_> {
        self.bell(queue).notified()
    }

    fn bell(&self, queue: QueueName) -> &Notify {
        &self.arrivals[queue as usize]
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, PortError> {
        self.clerk.ask(work).await.map_err(|it| PortError::new(operation, it))
    }
}

impl<C: Clock> Queues for LocalQueues<C> {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), PortError> {
        let bodies: Result<Vec<_>, _> = messages.iter().map(serde_json::to_string).collect();
        self.send_raw(queue, bodies.map_err(|it| PortError::new("writing messages", it))?).await
    }
}

#[cfg(test)]
mod tests;
