//! Queues that deliver at least once, in any order, with dead letters, as SQS does.
//!
//! Visibility is not a duration here: a message that is not acknowledged is there again as soon as its invocation
//! ended, and a message delivered twice at once is a copy. What happens to every message is counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fastrand::Rng;
use tokio::sync::watch;

/// How often a message is received before it is among the dead letters.
pub const MAX_RECEIVES: u32 = 5;

/// A message, or one of its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id that the queue gave; copies share it.
    pub id: String,
    /// This copy.
    pub handle: u64,
    /// What was sent.
    pub body: String,
    /// How often it was received, this time included.
    pub receives: u32,
    /// Whether this is a copy that the queue made.
    pub copy: bool,
}

/// What a queue holds and has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Sent, and accepted.
    pub accepted: u64,
    /// Copies that the queue made.
    pub copies: u64,
    /// Acknowledged.
    pub done: u64,
    /// Waiting.
    pub waiting: u64,
    /// Being treated.
    pub flying: u64,
    /// Among the dead letters.
    pub dead: u64,
}

impl Count {
    /// Whether everything that came in is somewhere.
    pub const fn balances(&self) -> bool {
        self.accepted + self.copies == self.done + self.waiting + self.flying + self.dead
    }
}

#[derive(Default)]
struct Queue {
    ready: Vec<Message>,
    held: Vec<Message>,
    flying: BTreeMap<u64, Message>,
    dead: Vec<Message>,
    count: Count,
}

/// The queues of one world, made when they are first named.
pub struct Queues {
    inner: Mutex<Inner>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    queues: BTreeMap<String, Queue>,
    handles: u64,
}

/// A batch taken from a queue.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its messages.
    pub messages: Vec<Message>,
    /// How many of them passed before one that was sent earlier.
    pub out_of_order: u64,
}

impl Default for Queues {
    fn default() -> Self {
        Self { inner: Mutex::default(), changed: watch::Sender::new(0) }
    }
}

impl Queues {
    /// Accepts a message, and makes this many copies of it besides. Copies `held` are delivered after
    /// [`Queues::release`] only: they are the late ones.
    pub fn send(&self, queue: &str, body: &str, copies: u64, held: u64) -> String {
        let mut inner = self.lock();
        let first = inner.handles + 1;
        inner.handles += 1 + copies + held;
        let id = format!("00000000-0000-4000-9000-{first:012x}");
        let message =
            Message { id: id.clone(), handle: first, body: body.to_owned(), receives: 0, copy: false };
        let copy = |handle| Message { handle, copy: true, ..message.clone() };
        let queue = inner.queues.entry(queue.to_owned()).or_default();
        queue.ready.push(message.clone());
        queue.ready.extend((first + 1..=first + copies).map(copy));
        queue.held.extend((first + copies + 1..=first + copies + held).map(copy));
        queue.count.accepted += 1;
        queue.count.copies += copies + held;
        drop(inner);
        self.nudge();
        id
    }

    /// Takes up to `most` messages, in an order drawn from `rng`; the oldest first when there is none.
    pub fn take(&self, queue: &str, most: usize, mut rng: Option<&mut Rng>) -> Batch {
        let mut inner = self.lock();
        let Some(queue) = inner.queues.get_mut(queue) else {
            return Batch { messages: Vec::new(), out_of_order: 0 };
        };
        let mut batch = Batch { messages: Vec::new(), out_of_order: 0 };
        while batch.messages.len() < most && !queue.ready.is_empty() {
            let at = rng.as_mut().map_or(0, |rng| rng.usize(..queue.ready.len()));
            let mut message = queue.ready.remove(at);
            let elder = queue.ready.iter().any(|it| it.handle < message.handle && it.id != message.id);
            batch.out_of_order += u64::from(elder);
            message.receives += 1;
            queue.flying.insert(message.handle, message.clone());
            batch.messages.push(message);
        }
        batch
    }

    /// Says that this message is done with.
    pub fn acknowledge(&self, queue: &str, handle: u64) {
        let mut inner = self.lock();
        let Some(queue) = inner.queues.get_mut(queue) else { return };
        if queue.flying.remove(&handle).is_some() {
            queue.count.done += 1;
        }
        drop(inner);
        self.nudge();
    }

    /// Says that this message is not done with: it is there again, or among the dead letters.
    pub fn give_back(&self, queue: &str, handle: u64) {
        let mut inner = self.lock();
        let Some(queue) = inner.queues.get_mut(queue) else { return };
        if let Some(message) = queue.flying.remove(&handle) {
            if message.receives >= MAX_RECEIVES {
                queue.dead.push(message);
            } else {
                queue.ready.push(message);
            }
        }
        drop(inner);
        self.nudge();
    }

    /// Sends the dead letters again, `keep` excepted, each this many times: an operator may press twice. Returns how
    /// many were sent.
    pub fn redrive(&self, times: u64, keep: impl Fn(&Message) -> bool) -> u64 {
        let mut inner = self.lock();
        let Inner { queues, handles } = &mut *inner;
        let mut redriven = 0;
        for queue in queues.values_mut() {
            let (kept, again): (Vec<Message>, Vec<Message>) = queue.dead.drain(..).partition(&keep);
            queue.dead = kept;
            for message in again {
                for _ in 1..times {
                    *handles += 1;
                    queue.count.copies += 1;
                    queue.ready.push(Message {
                        handle: *handles,
                        receives: 0,
                        copy: true,
                        ..message.clone()
                    });
                }
                queue.ready.push(Message { receives: 0, ..message });
                redriven += times;
            }
        }
        drop(inner);
        self.nudge();
        redriven
    }

    /// Empties a queue, its dead letters excepted, as if it had never received anything; returns what waited.
    pub fn clear(&self, queue: &str) -> Vec<Message> {
        let mut inner = self.lock();
        let Some(queue) = inner.queues.get_mut(queue) else { return Vec::new() };
        queue.count = Count { accepted: queue.dead.len() as u64, ..Count::default() };
        queue.flying.clear();
        queue.held.clear();
        std::mem::take(&mut queue.ready)
    }

    /// Takes the dead letters of a queue away.
    pub fn clear_dead(&self, queue: &str) -> Vec<Message> {
        let mut inner = self.lock();
        let Some(queue) = inner.queues.get_mut(queue) else { return Vec::new() };
        queue.count.done += queue.dead.len() as u64;
        std::mem::take(&mut queue.dead)
    }

    /// Lets the late copies come.
    pub fn release(&self) {
        for queue in self.lock().queues.values_mut() {
            queue.ready.append(&mut queue.held);
        }
        self.nudge();
    }

    /// What a queue holds and has seen; the held copies are waiting.
    pub fn count(&self, queue: &str) -> Count {
        self.lock().queues.get(queue).map(Queue::counted).unwrap_or_default()
    }

    /// The same, for every queue.
    pub fn counts(&self) -> BTreeMap<String, Count> {
        self.lock().queues.iter().map(|(name, queue)| (name.clone(), queue.counted())).collect()
    }

    /// The dead letters of a queue.
    pub fn dead(&self, queue: &str) -> Vec<Message> {
        self.lock().queues.get(queue).map(|it| it.dead.clone()).unwrap_or_default()
    }

    /// Whether nothing waits and nothing is being treated, late copies excepted.
    pub fn quiet(&self) -> bool {
        self.lock().queues.values().all(|it| it.ready.is_empty() && it.flying.is_empty())
    }

    /// Tells of each change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Wakes whoever listens to the changes: something that they wait for has changed, here or elsewhere.
    pub fn nudge(&self) {
        self.changed.send_modify(|it| *it += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn counted(&self) -> Count {
        Count {
            waiting: (self.ready.len() + self.held.len()) as u64,
            flying: self.flying.len() as u64,
            dead: self.dead.len() as u64,
            ..self.count.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_given_back_five_times_is_among_the_dead_letters_and_can_be_redriven() {
        let queues = Queues::default();
        queues.send("q", "a", 0, 0);
        for receives in 1..=MAX_RECEIVES {
            let taken = queues.take("q", 10, None).messages;
            assert_eq!(taken[0].receives, receives);
            queues.give_back("q", taken[0].handle);
        }
        assert!(queues.take("q", 10, None).messages.is_empty());
        assert_eq!((queues.count("q").dead, queues.count("q").balances()), (1, true));
        assert_eq!(queues.redrive(1, |_| false), 1);
        let again = queues.take("q", 10, None).messages;
        assert_eq!(again[0].receives, 1);
        queues.acknowledge("q", again[0].handle);
        assert_eq!(queues.count("q").done, 1);
    }

    #[test]
    fn a_dead_letter_redriven_twice_is_there_twice() {
        let queues = Queues::default();
        queues.send("q", "a", 0, 0);
        for _ in 1..=MAX_RECEIVES {
            let taken = queues.take("q", 10, None).messages;
            queues.give_back("q", taken[0].handle);
        }
        assert_eq!(queues.redrive(2, |it| it.body == "a"), 0, "what is kept is not sent");
        assert_eq!(queues.redrive(2, |_| false), 2);
        assert_eq!(queues.take("q", 10, None).messages.len(), 2);
        assert!(queues.count("q").balances());
    }

    #[test]
    fn copies_share_the_id_and_late_ones_wait_for_their_hour() {
        let queues = Queues::default();
        queues.send("q", "a", 2, 1);
        let taken = queues.take("q", 10, None).messages;
        assert_eq!(taken.len(), 3);
        assert!(taken.iter().all(|it| it.id == taken[0].id));
        assert_eq!(taken.iter().filter(|it| it.copy).count(), 2);
        for message in &taken {
            queues.acknowledge("q", message.handle);
        }
        assert!(queues.quiet());
        queues.release();
        assert_eq!(queues.take("q", 10, None).messages.len(), 1);
        assert!(queues.count("q").balances());
    }

    #[test]
    fn a_message_that_passes_before_an_elder_is_counted() {
        let queues = Queues::default();
        for body in ["a", "b", "c"] {
            queues.send("q", body, 0, 0);
        }
        let batch = queues.take("q", 3, Some(&mut Rng::with_seed(1)));
        let order: Vec<&str> = batch.messages.iter().map(|it| it.body.as_str()).collect();
        let inversions = usize::from(order[0] != "a") + usize::from(order[1] > order[2]);
        assert_eq!(batch.out_of_order, inversions as u64, "{order:?}");
    }
}
