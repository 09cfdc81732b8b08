//! Messages that are none of ours: they end among the dead letters, and change nothing.

use std::sync::Arc;

use checker::{Message, What};
use engine::ports::QueueName;
use serde_json::Value;

use crate::cast::Cast;
use crate::sim::State;
use crate::weather::Fault;

/// Puts a poisoned message on a queue: not JSON, of another shape, of an unknown type, astray, or made from a true
/// one with the territory or the number changed.
pub(crate) fn inject(state: &mut State, cast: &Cast) {
    let queue = QueueName::ALL[state.rng.usize(..QueueName::ALL.len())];
    let (queue, body) = match state.rng.u32(..6) {
        0 => (queue, "ceci n’est pas du JSON".to_owned()),
        1 => (queue, "{\"specversion\":\"1.0\"}".to_owned()),
        kind => {
            let Some((from, mut body)) = some_message(state) else { return };
            let queue = match kind {
                2 => {
                    body["type"] = "fr.spie.inconnu.v9".into();
                    from
                }
                3 => {
                    let to = cast.territories[state.rng.usize(..cast.territories.len())];
                    // The carnet may write and not read: only who may send to its queue keeps it clean.
                    if body["territoire"] == to.as_str()
                        || matches!(from, QueueName::Carnet | QueueName::Sweep | QueueName::Imports)
                    {
                        return;
                    }
                    body["territoire"] = to.as_str().into();
                    from
                }
                4 => {
                    if !matches!(from, QueueName::Triage | QueueName::Assignment) {
                        return;
                    }
                    body["numero"] = 1_000.into();
                    from
                }
                _ => {
                    if queue == from {
                        return;
                    }
                    queue
                }
            };
            (queue, body.to_string())
        }
    };
    let body: Arc<str> = body.into();
    state.tally.count(Fault::Poison);
    state.record(What::Poison(Message { queue: queue.name(), body: Arc::clone(&body) }));
    state.enqueue(queue, &body, true);
}

/// A message that is on a queue.
fn some_message(state: &mut State) -> Option<(QueueName, Value)> {
    let count = state.queues.copies().len();
    if count == 0 {
        return None;
    }
    let pick = state.rng.usize(..count);
    let copy = &state.queues.copies()[pick];
    Some((copy.queue, serde_json::from_str(&copy.body).ok()?))
}
