//! The queues: at least once, in any order, late; what fails too often goes to the dead letters.

use std::sync::Arc;

use checker::Message;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::Envelope;
use engine::ports::{PortError, QueueName, Queues};

use crate::sim::{Ports, State};
use crate::weather::{Fault, Port, hits};

/// How often a message is received before it goes to the dead letters, as in `infra/template.yaml`.
const MAX_RECEIVES: u32 = 5;

/// How long a received message stays out of sight.
fn visibility(queue: QueueName) -> TimeDelta {
    match queue {
        QueueName::Triage | QueueName::Assignment | QueueName::Carnet | QueueName::Reminders => {
            TimeDelta::seconds(200)
        }
        QueueName::Sweep | QueueName::Imports => TimeDelta::seconds(1_800),
    }
}

/// One copy of a message on a queue.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    handle: u64,
    pub(crate) queue: QueueName,
    pub(crate) body: Arc<str>,
    visible: DateTime<Utc>,
    receives: u32,
    redriven: u8,
    poison: bool,
}

impl Copy {
    /// As the checker knows it.
    pub(crate) fn message(&self) -> Message {
        Message { queue: self.queue.name(), body: Arc::clone(&self.body) }
    }
}

/// What is on the queues and among the dead letters.
#[derive(Debug, Default)]
pub(crate) struct Sqs {
    copies: Vec<Copy>,
    dead: Vec<Copy>,
    handles: u64,
}

/// A received message: what to hand to the step, and how to take it off the queue.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    handle: u64,
    pub(crate) queue: QueueName,
    pub(crate) body: Arc<str>,
}

impl Sqs {
    fn push(&mut self, queue: QueueName, body: Arc<str>, visible: DateTime<Utc>, poison: bool) {
        self.handles += 1;
        let handle = self.handles;
        self.copies.push(Copy { handle, queue, body, visible, receives: 0, redriven: 0, poison });
    }

    /// When the next copy can be received; `None` when there is none.
    pub(crate) fn next_visible(&self) -> Option<DateTime<Utc>> {
        self.copies.iter().map(|it| it.visible).min()
    }

    pub(crate) fn copies(&self) -> &[Copy] {
        &self.copies
    }

    pub(crate) fn waiting(&self) -> Vec<Message> {
        self.copies.iter().map(Copy::message).collect()
    }

    pub(crate) fn dead(&self) -> Vec<Message> {
        self.dead.iter().map(Copy::message).collect()
    }
}

impl State {
    /// Puts a message on a queue, now or late, once or many times.
    pub(crate) fn enqueue(&mut self, queue: QueueName, body: &Arc<str>, poison: bool) {
        let mut visible = self.now;
        if hits(&mut self.rng, self.weather.delay) {
            self.tally.count(Fault::Delayed);
            visible += match self.rng.u32(..4) {
                0 => TimeDelta::seconds(self.rng.i64(1..120)),
                1 | 2 => TimeDelta::minutes(self.rng.i64(1..600)),
                _ => TimeDelta::hours(self.rng.i64(1..14 * 24)),
            };
        }
        self.queues.push(queue, Arc::clone(body), visible, poison);
        if !hits(&mut self.rng, self.weather.duplicate) {
            return;
        }
        let copies = if self.rng.u32(..6) == 0 { self.rng.u32(2..10) } else { 1 };
        for _ in 0..copies {
            self.tally.count(Fault::Duplicate);
            let later = match self.rng.u32(..10) {
                0..5 => TimeDelta::zero(),
                5 | 6 => TimeDelta::minutes(11),
                7 => TimeDelta::hours(25),
                8 => TimeDelta::days(31),
                _ => {
                    self.tally.count(Fault::DuplicateOfYears);
                    TimeDelta::days(400)
                }
            };
            self.queues.push(queue, Arc::clone(body), self.now + later, poison);
        }
    }

    /// Receives any message that is in sight; one received too often goes to the dead letters instead.
    pub(crate) fn receive(&mut self) -> Option<Receipt> {
        loop {
            let now = self.now;
            let in_sight = |(_, it): &(usize, &Copy)| it.visible <= now;
            let count = self.queues.copies.iter().enumerate().filter(in_sight).count();
            if count == 0 {
                return None;
            }
            let pick = self.rng.usize(..count);
            let at = self.queues.copies.iter().enumerate().filter(in_sight).nth(pick).map(|(at, _)| at)?;
            if pick != 0 {
                self.tally.count(Fault::Reordered);
            }
            if self.queues.copies[at].receives >= MAX_RECEIVES {
                let copy = self.queues.copies.swap_remove(at);
                self.tally.count(Fault::DeadLetter);
                self.note(|| format!("lettre morte : {} {}", copy.queue.name(), copy.body));
                self.queues.dead.push(copy);
                continue;
            }
            let copy = &mut self.queues.copies[at];
            copy.receives += 1;
            copy.visible = now + visibility(copy.queue);
            self.tally.deliveries += 1;
            return Some(Receipt { handle: copy.handle, queue: copy.queue, body: Arc::clone(&copy.body) });
        }
    }

    /// A message was handled: it leaves its queue, unless the acknowledgement is lost.
    pub(crate) fn acknowledge(&mut self, receipt: &Receipt) {
        if hits(&mut self.rng, self.weather.ack_lost) {
            self.tally.count(Fault::AckLost);
            return;
        }
        self.queues.copies.retain(|it| it.handle != receipt.handle);
        let message = Message { queue: receipt.queue.name(), body: Arc::clone(&receipt.body) };
        self.record(checker::What::Done(message));
    }

    /// Puts the dead letters back on their queues, each twice at most; those that no retry helps too, if `all`.
    pub(crate) fn redrive(&mut self, all: bool) {
        let now = self.now;
        let (back, stay) = std::mem::take(&mut self.queues.dead)
            .into_iter()
            .partition::<Vec<_>, _>(|it| it.redriven < 2 && (all || !it.poison));
        self.queues.dead = stay;
        for copy in back {
            self.tally.count(Fault::Redriven);
            let redriven = copy.redriven + 1;
            self.queues.copies.push(Copy { receives: 0, redriven, visible: now, ..copy });
        }
    }
}

impl Queues for Ports {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), PortError> {
        self.enter(Port::Queues, "send").await?;
        let bodies: Result<Vec<Arc<str>>, _> =
            messages.iter().map(|it| serde_json::to_string(it).map(Arc::from)).collect();
        let bodies = bodies.map_err(|it| PortError::new("send", it))?;
        let partial = {
            let mut state = self.sim.state();
            let partial = {
                let State { rng, weather, .. } = &mut *state;
                hits(rng, weather.partial_send)
            };
            let sent = if partial { state.rng.usize(..bodies.len()) } else { bodies.len() };
            for body in &bodies[..sent] {
                state.record(checker::What::Sent(Message { queue: queue.name(), body: Arc::clone(body) }));
                state.enqueue(queue, body, false);
            }
            if partial {
                state.tally.count(Fault::PartialSend);
            }
            partial
        };
        if partial {
            return Err(PortError::new("send", "a part of the batch left, and no more"));
        }
        self.leave("send").await
    }
}
