//! Hands the queues' messages to the steps, as the Lambda event sources do: by batches, several at once.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration as RealDuration;

use chrono::Duration;
use engine::ports::{Clock, PortError, QueueName};
use futures::FutureExt;
use futures::future::join_all;
use tokio::task::JoinSet;

use crate::queues::{Delivery, LocalQueues};

/// Messages of a batch, as on AWS.
const BATCH: u32 = 10;
/// Batches of one queue treated at the same time.
const AT_ONCE: usize = 4;
/// How long to sleep when nothing arrives: delays and time-outs end without an arrival.
const IDLE: RealDuration = RealDuration::from_millis(200);
/// How often quiet is looked for.
const LOOK: RealDuration = RealDuration::from_millis(4);
/// The delays before a message is tried again, as long as the world may need: somebody else's write, or the relay.
const PATIENCE: [Duration; 4] =
    [Duration::milliseconds(50), Duration::milliseconds(400), Duration::seconds(3), Duration::seconds(15)];
/// The delay after a panic, which time alone seldom repairs.
const AFTER_PANIC: Duration = Duration::milliseconds(50);

/// What a queue's messages are given to.
pub trait Handler: Send + Sync + 'static {
    /// Treats the messages of a batch; tells what became of each, in their order. Safe to call again with the same
    /// messages.
    fn handle(
        &self,
        queue: QueueName,
        bodies: &[&str],
    ) -> impl Future<Output = Vec<Result<(), Failure>>> + Send;
}

/// Why a message was not treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The world failed, and may not the next time.
    Retry,
    /// The message made its step panic.
    Panic,
    /// No retry helps: a person must look.
    Fatal,
}

/// Treats messages until the process ends.
pub struct Worker<C, H> {
    queues: LocalQueues<C>,
    handler: Arc<H>,
}

impl<C: Clock + Clone, H> Clone for Worker<C, H> {
    fn clone(&self) -> Self {
        Self { queues: self.queues.clone(), handler: Arc::clone(&self.handler) }
    }
}

impl<C: Clock + Clone + 'static, H: Handler> Worker<C, H> {
    /// A worker on these queues.
    pub fn new(queues: LocalQueues<C>, handler: Arc<H>) -> Self {
        Self { queues, handler }
    }

    /// Treats the messages of every queue, for ever: a slow queue does not hold the others.
    pub async fn run(self) {
        join_all(QueueName::ALL.map(|queue| self.pull(queue))).await;
    }

    /// The next messages are received while the last ones are treated: a slow batch holds nobody up.
    async fn pull(&self, queue: QueueName) {
        let mut batches = JoinSet::new();
        loop {
            while batches.len() >= AT_ONCE {
                batches.join_next().await;
            }
            let batch = self.next(queue).await;
            if !batch.is_empty() {
                let worker = self.clone();
                batches.spawn(async move { worker.treat(queue, batch).await });
            }
        }
    }

    /// The messages received, or none when none came for a while.
    async fn next(&self, queue: QueueName) -> Vec<Delivery> {
        // Taken before looking, so that what arrives in between is not missed.
        let arrival = self.queues.arrival(queue);
        match self.queues.receive(queue, BATCH).await {
            Ok(batch) => {
                if batch.is_empty() {
                    let _ = tokio::time::timeout(IDLE, arrival).await;
                }
                batch
            }
            Err(error) => {
                tracing::error!(
                    file = queue.name(),
                    error = &error as &dyn std::error::Error,
                    "The queue cannot be read."
                );
                tokio::time::sleep(IDLE).await;
                Vec::new()
            }
        }
    }

    /// Treats a batch and settles what becomes of each of its messages.
    async fn treat(&self, queue: QueueName, batch: Vec<Delivery>) {
        let bodies: Vec<&str> = batch.iter().map(|it| it.body.as_str()).collect();
        let treated = AssertUnwindSafe(self.handler.handle(queue, &bodies)).catch_unwind().await;
        let results = treated.unwrap_or_else(|_| vec![Err(Failure::Panic); batch.len()]);
        let settled = batch.iter().zip(results).map(|(delivery, result)| self.settle(delivery, result));
        for error in join_all(settled).await.into_iter().filter_map(Result::err) {
            // The visibility time-out brings it back.
            tracing::error!(
                file = queue.name(),
                error = &error as &dyn std::error::Error,
                "A message was not settled."
            );
        }
    }

    async fn settle(&self, delivery: &Delivery, result: Result<(), Failure>) -> Result<bool, PortError> {
        let Delivery { receipt, attempts, .. } = *delivery;
        match result {
            Ok(()) => self.queues.delete(receipt).await,
            Err(Failure::Fatal) => self.queues.bury(receipt).await,
            Err(Failure::Retry) => self.queues.release(receipt, patience(attempts)).await,
            Err(Failure::Panic) => self.queues.release(receipt, AFTER_PANIC).await,
        }
    }
}

/// Ends when no queue holds anything to do; dead letters are nothing to do.
pub async fn until_quiet<C: Clock>(queues: &LocalQueues<C>) -> Result<(), PortError> {
    while !queues.is_quiet().await? {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

fn patience(attempts: u32) -> Duration {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    PATIENCE.get(at).copied().unwrap_or(PATIENCE[PATIENCE.len() - 1])
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::clock::MovableClock;

    #[tokio::test]
    async fn every_message_of_every_queue_is_treated_once() {
        let place = Place::start(|_| Ok(()));
        for queue in QueueName::ALL {
            place
                .queues
                .send_raw(queue, (0..50).map(|it| format!("{}-{it}", queue.name())).collect())
                .await
                .unwrap();
        }
        until_quiet(&place.queues).await.unwrap();
        let mut treated = place.treated.lock().unwrap().clone();
        treated.sort();
        treated.dedup();
        assert_eq!(treated.len(), 50 * QueueName::ALL.len());
    }

    #[tokio::test]
    async fn a_message_that_panics_or_cannot_be_read_ends_dead_and_its_neighbours_are_done() {
        let place = Place::start(|body| match body {
            "poison" => Err(Failure::Panic),
            "illisible" => Err(Failure::Fatal),
            _ => Ok(()),
        });
        let bodies = ["un", "poison", "deux", "illisible", "trois"].map(str::to_owned).to_vec();
        place.queues.send_raw(QueueName::Triage, bodies).await.unwrap();
        until_quiet(&place.queues).await.unwrap();
        let dead = place.queues.dead_letters(QueueName::Triage).await.unwrap();
        let dead: Vec<_> = dead.into_iter().map(|it| (it.body, it.attempts)).collect();
        assert_eq!(dead, [("poison".to_owned(), 5), ("illisible".to_owned(), 1)]);
        let treated = place.treated.lock().unwrap().clone();
        assert_eq!(treated, ["un", "deux", "trois"]);
    }

    #[tokio::test]
    async fn a_message_that_fails_once_is_tried_again() {
        let failed = Mutex::new(false);
        let place = Place::start(move |_| {
            let mut failed = failed.lock().unwrap();
            let first = !std::mem::replace(&mut *failed, true);
            if first { Err(Failure::Retry) } else { Ok(()) }
        });
        place.queues.send_raw(QueueName::Carnet, vec!["un".into()]).await.unwrap();
        until_quiet(&place.queues).await.unwrap();
        assert_eq!(*place.treated.lock().unwrap(), ["un"]);
    }

    #[tokio::test]
    async fn a_handler_that_panics_gives_its_batch_back() {
        let panicked = Mutex::new(false);
        let place = Place::start(move |_| {
            let first = !std::mem::replace(&mut *panicked.lock().unwrap(), true);
            assert!(!first, "boum");
            Ok(())
        });
        place.queues.send_raw(QueueName::Carnet, vec!["un".into(), "deux".into()]).await.unwrap();
        until_quiet(&place.queues).await.unwrap();
        assert_eq!(*place.treated.lock().unwrap(), ["un", "deux"]);
    }

    struct Place {
        queues: LocalQueues<MovableClock>,
        treated: Arc<Mutex<Vec<String>>>,
        _directory: tempfile::TempDir,
    }

    impl Place {
        fn start(rule: impl Fn(&str) -> Result<(), Failure> + Send + Sync + 'static) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let clock = MovableClock::open(&directory.path().join("horloge")).unwrap();
            let queues = LocalQueues::open(&directory.path().join("files.sqlite"), clock).unwrap();
            let treated = Arc::new(Mutex::new(Vec::new()));
            let handler = Arc::new(Recorder { rule, treated: Arc::clone(&treated) });
            tokio::spawn(Worker::new(queues.clone(), handler).run());
            Self { queues, treated, _directory: directory }
        }
    }

    struct Recorder<F> {
        rule: F,
        treated: Arc<Mutex<Vec<String>>>,
    }

    impl<F: Fn(&str) -> Result<(), Failure> + Send + Sync + 'static> Handler for Recorder<F> {
        async fn handle(&self, _: QueueName, bodies: &[&str]) -> Vec<Result<(), Failure>> {
            bodies
                .iter()
                .map(|body| {
                    (self.rule)(body)?;
                    self.treated.lock().unwrap().push((*body).to_owned());
                    Ok(())
                })
                .collect()
        }
    }
}
