//! Real functions over a cloud with faults: processes started, invoked, killed and started again as Lambda would.
//!
//! Any bootstrap that speaks the Lambda Runtime API can take a function's place, whatever it is written in: give its
//! [`Launch`]. To run one queue's function under the faults of a seed:
//!
//! ```ignore
//! let served = Cloud::serve(Database::memory()?, BTreeMap::new(), tally).await?;
//! let cloud = &served.cloud;                                   // create tables and items by `cloud.ask(…)`
//! let launch = Launch {
//!     function: "triage".into(),
//!     program: "python3".into(),
//!     arguments: vec!["pair.py".into()],
//!     environment: [("AWS_ENDPOINT_URL".into(), served.url()), …].into(),
//!     logs: None,
//! };
//! let function = Function::new(cloud.clone(), launch, Duration::from_secs(30), 3);
//! cloud.queues().send("triage", &body, 0, 0);                  // the messages to treat
//! cloud.set_plan(Arc::new(Storm::new(seed, rates)));           // the same seed, the same faults
//! let feed = Feed { queue: "triage", most: 10, seed, at_once: 3 };
//! feed.until_empty(&function).await;                           // redelivers up to five times, then dead letters
//! cloud.set_plan(Arc::new(Calm));
//! cloud.queues().redrive(1, |_| false);
//! feed.until_empty(&function).await;                           // then judge the items: `cloud.database()`
//! ```
//!
//! The credentials that a process finds name it; they must sign its requests, and `AWS_ENDPOINT_URL` receive them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::cloud::Cloud;
use crate::events;
use crate::faults::{Kind, rng};
use crate::forge::Forge;
use crate::instance::{Ending, Instance, Launch, Life};
use crate::queues::{Batch, Message};
use crate::runtime_api::Answer;

/// No function starts more processes than this: the numbers of one never reach those of the next.
const NUMBERS: u32 = 1_000_000;

/// One function and its processes. Clones are the same function.
#[derive(Clone)]
pub struct Function(Arc<Inner>);

struct Inner {
    cloud: Cloud,
    launch: Launch,
    forge: Option<Forge>,
    time_out: Duration,
    slots: Semaphore,
    first: u32,
    starts: AtomicU32,
    invocations: AtomicU64,
    idle: Mutex<Vec<Instance>>,
    busy: Mutex<BTreeMap<u32, Life>>,
}

impl Function {
    /// A function that runs at most `at_once` processes, each killed after `time_out` on one event. Its processes are
    /// numbered after those of the functions made before it on the same cloud: made in the same order, the same
    /// functions meet the same faults.
    pub fn new(cloud: Cloud, launch: Launch, time_out: Duration, at_once: usize) -> Self {
        Self::of(cloud, launch, None, time_out, at_once)
    }

    /// The same, its processes forked from a parent in Python.
    pub fn forked(cloud: Cloud, launch: Launch, forge: Forge, time_out: Duration, at_once: usize) -> Self {
        Self::of(cloud, launch, Some(forge), time_out, at_once)
    }

    fn of(cloud: Cloud, launch: Launch, forge: Option<Forge>, time_out: Duration, at_once: usize) -> Self {
        let first = cloud.next_function() * NUMBERS;
        Self(Arc::new(Inner {
            cloud,
            launch,
            forge,
            time_out,
            slots: Semaphore::new(at_once),
            first,
            starts: AtomicU32::new(0),
            invocations: AtomicU64::new(0),
            idle: Mutex::default(),
            busy: Mutex::default(),
        }))
    }

    /// Gives one event to a process that is free, or to a new one. The error is that of a start: the program is not
    /// there, or the machine is full.
    pub async fn invoke(&self, event: &Value) -> io::Result<Ending> {
        let inner = &self.0;
        // Never closed.
        let _slot = inner.slots.acquire().await.map_err(io::Error::other)?;
        let mut instance = match self.idle_one() {
            Some(instance) => instance,
            None => self.start().await?,
        };
        let number = instance.number();
        lock(&inner.busy).insert(number, instance.life());
        inner.invocations.fetch_add(1, Ordering::Relaxed);
        let ending = instance.invoke(event, inner.time_out).await;
        lock(&inner.busy).remove(&number);
        if matches!(ending, Ending::Answered(_)) && instance.life().runs() {
            lock(&inner.idle).push(instance);
        } else {
            inner.cloud.forget(number);
        }
        Ok(ending)
    }

    /// Kills one of the processes at work; `false` when none is.
    pub async fn kill_one(&self, rng: &mut Rng) -> bool {
        let at_work: Vec<Life> = lock(&self.0.busy).values().cloned().collect();
        let Some(life) = rng.choice(&at_work) else { return false };
        life.kill().await;
        true
    }

    /// How many processes were started.
    pub fn starts(&self) -> u64 {
        self.0.starts.load(Ordering::Relaxed).into()
    }

    /// How many events were given.
    pub fn invocations(&self) -> u64 {
        self.0.invocations.load(Ordering::Relaxed)
    }

    /// The cloud it runs over.
    pub fn cloud(&self) -> &Cloud {
        &self.0.cloud
    }

    async fn start(&self) -> io::Result<Instance> {
        let number = self.0.first + self.0.starts.fetch_add(1, Ordering::Relaxed);
        let instance = match &self.0.forge {
            None => Instance::start(&self.0.launch, number).await?,
            Some(forge) => Instance::fork(forge, &self.0.launch, number).await?,
        };
        self.0.cloud.know(number, instance.life());
        Ok(instance)
    }

    /// A process that is free and lives.
    fn idle_one(&self) -> Option<Instance> {
        let mut idle = lock(&self.0.idle);
        while let Some(instance) = idle.pop() {
            if instance.life().runs() {
                return Some(instance);
            }
            self.0.cloud.forget(instance.number());
        }
        None
    }
}

/// What an event source mapping does: batches of a queue given to its function, answers heard.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// The queue.
    pub queue: &'a str,
    /// The longest batch; shorter ones are drawn too.
    pub most: usize,
    /// Draws the batches: their length, their order.
    pub seed: u64,
    /// How many batches are treated at once.
    pub at_once: u64,
}

impl Feed<'_> {
    /// Gives batches until nothing waits any more. Messages sent meanwhile are given too.
    pub async fn until_empty(&self, function: &Function) -> io::Result<()> {
        self.run(function, &|| true).await
    }

    /// Gives batches until nothing waits and `may_stop` agrees; it is asked again whenever the queues change.
    pub async fn run(&self, function: &Function, may_stop: &(dyn Fn() -> bool + Sync)) -> io::Result<()> {
        let workers = (0..self.at_once).map(|worker| self.work(function, worker, may_stop));
        futures::future::try_join_all(workers).await.map(drop)
    }

    async fn work(
        &self,
        function: &Function,
        worker: u64,
        may_stop: &(dyn Fn() -> bool + Sync),
    ) -> io::Result<()> {
        let queues = function.cloud().queues();
        let mut changes = queues.changes();
        let mut rng = rng(self.seed, &[worker]);
        loop {
            changes.borrow_and_update();
            let batch = queues.take(self.queue, rng.usize(1..=self.most), Some(&mut rng));
            if !batch.messages.is_empty() {
                give(function, self.queue, batch).await?;
                continue;
            }
            let over = queues.count(self.queue).flying == 0 && may_stop();
            if over || changes.changed().await.is_err() {
                return Ok(());
            }
        }
    }
}

/// Gives one batch to the function, and hears which messages failed: the others are acknowledged.
pub async fn give(function: &Function, queue: &str, batch: Batch) -> io::Result<Ending> {
    let cloud = function.cloud();
    let first_time = |it: &&Message| it.copy && it.receives == 1;
    cloud.tally().add(Kind::Duplicate, batch.messages.iter().filter(first_time).count() as u64);
    cloud.tally().add(Kind::Disorder, batch.out_of_order);
    let ending = function.invoke(&events::batch(queue, &batch.messages)).await?;
    let failed = failures(&ending, &batch.messages);
    for message in &batch.messages {
        if failed.contains(message.id.as_str()) {
            cloud.queues().give_back(queue, message.handle);
        } else {
            cloud.queues().acknowledge(queue, message.handle);
        }
    }
    Ok(ending)
}

/// The ids of the messages that failed, as Lambda reads an answer: all of them when there is none, or one that names
/// a message that was not given.
pub fn failures<'a>(ending: &'a Ending, given: &'a [Message]) -> BTreeSet<&'a str> {
    let all: BTreeSet<&str> = given.iter().map(|it| it.id.as_str()).collect();
    let Ending::Answered(Answer::Response(answer)) = ending else { return all };
    let named = answer.get("batchItemFailures").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let named: Vec<&str> = named.iter().map(|it| it["itemIdentifier"].as_str().unwrap_or_default()).collect();
    if named.iter().all(|it| all.contains(it)) { named.into_iter().collect() } else { all }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: &str) -> Message {
        Message { id: id.to_owned(), handle: 1, body: String::new(), receives: 1, copy: false }
    }

    fn failed(ending: &Ending) -> Vec<String> {
        failures(ending, &[message("a"), message("b")]).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn only_the_messages_that_an_answer_names_have_failed() {
        let answer = |answer| Ending::Answered(Answer::Response(answer));
        let named = |ids: &[&str]| {
            let named: Vec<Value> = ids.iter().map(|it| json!({ "itemIdentifier": it })).collect();
            answer(json!({ "batchItemFailures": named }))
        };
        assert_eq!(failed(&named(&[])), Vec::<String>::new());
        assert_eq!(failed(&answer(Value::Null)), Vec::<String>::new());
        assert_eq!(failed(&named(&["b"])), ["b"]);
        assert_eq!(failed(&named(&["b", "c"])), ["a", "b"], "an unknown id fails the batch");
        assert_eq!(failed(&answer(json!({ "batchItemFailures": [{}] }))), ["a", "b"]);
        assert_eq!(failed(&Ending::Answered(Answer::Error(Value::Null))), ["a", "b"]);
        assert_eq!(failed(&Ending::Died), ["a", "b"]);
        assert_eq!(failed(&Ending::TimedOut), ["a", "b"]);
    }
}
