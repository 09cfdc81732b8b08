//! A queue that feeds a function, with time between two deliveries of a message: a visibility time-out that is longer
//! than any invocation, as AWS asks.

use std::io;
use std::sync::{Mutex, PoisonError};

use futures::future::try_join_all;

use crate::events;
use crate::faults::{Kind, rng};
use crate::harness::{Function, failures};
use crate::queues::Message;

/// How a queue feeds its function.
#[derive(Clone, Copy, Debug)]
pub struct Rounds<'a> {
    /// The queue.
    pub queue: &'a str,
    /// The longest batch; shorter ones are drawn too.
    pub longest: usize,
    /// How many batches are treated at once.
    pub at_once: u64,
    /// Draws the batches.
    pub seed: u64,
}

impl Rounds<'_> {
    /// Gives everything that waits; then, once `time_passes` has returned, what failed, until nothing waits.
    pub async fn until_empty(
        &self,
        function: &Function,
        time_passes: &dyn Fn() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        for round in 0.. {
            let failed = Mutex::new(Vec::new());
            try_join_all((0..self.at_once).map(|worker| self.work(function, [round, worker], &failed)))
                .await?;
            let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
            if failed.is_empty() {
                break;
            }
            time_passes()?;
            for message in failed {
                function.cloud().queues().give_back(self.queue, message.handle);
            }
        }
        Ok(())
    }

    async fn work(
        &self,
        function: &Function,
        names: [u64; 2],
        failed: &Mutex<Vec<Message>>,
    ) -> io::Result<()> {
        let mut rng = rng(self.seed, &names);
        let cloud = function.cloud();
        loop {
            let batch = cloud.queues().take(self.queue, rng.usize(1..=self.longest), Some(&mut rng));
            if batch.messages.is_empty() {
                return Ok(());
            }
            let copies = batch.messages.iter().filter(|it| it.copy && it.receives == 1).count();
            cloud.tally().add(Kind::Duplicate, copies as u64);
            cloud.tally().add(Kind::Disorder, batch.out_of_order);
            let ending = function.invoke(&events::batch(self.queue, &batch.messages)).await?;
            let undone = failures(&ending, &batch.messages);
            let (undone, done): (Vec<_>, Vec<_>) =
                batch.messages.iter().cloned().partition(|it| undone.contains(it.id.as_str()));
            for message in done {
                cloud.queues().acknowledge(self.queue, message.handle);
            }
            failed.lock().unwrap_or_else(PoisonError::into_inner).extend(undone);
        }
    }
}
