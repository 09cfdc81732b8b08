//! What the checker is given: everything that happened, in order, as JSON.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;

/// A run, from its first event to its last.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What the law and the simulated département say, as plain numbers and names.
    pub setting: Setting,
    /// What happened, in the order in which it happened.
    pub events: Vec<Event>,
    /// What is left at the end.
    pub end: End,
}

/// What the checker is told and does not work out.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The legal delays.
    pub law: Law,
    /// The départements.
    pub territories: Vec<Zone>,
    /// The fictional people, with the words that no other dossier may show.
    pub people: Vec<Person>,
    /// How far a process's clock may be from the true time.
    pub skew: TimeDelta,
    /// How late the last run of the schedules may have been before the end.
    pub margin: TimeDelta,
}

/// The delays, in calendar days.
#[derive(Clone, Debug, Default)]
pub struct Law {
    /// Days after the reception at which a contact and a default are owed.
    pub target: i64,
    /// Days after the reception at which France Travail decides.
    pub legal: i64,
    /// Days after the reception at which somebody inside is alerted, in order.
    pub alerts: Vec<i64>,
    /// Days after the triage at which the person is asked for missing answers, in order.
    pub requests: Vec<i64>,
    /// Days after the signature at which another organism is chased.
    pub naming: i64,
    /// The hours of a day from which, and up to which, one may ring at somebody's.
    pub hours: (i64, i64),
}

/// A département and the time on its walls.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Its code.
    pub code: String,
    /// Hours to add to universal time; `None` for the time of Paris, which changes twice a year.
    pub offset: Option<i32>,
}

/// A fictional person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The département they apply to.
    pub territory: String,
    /// The idempotency key of their application; empty when files tell of them.
    pub key: String,
    /// Those of the applications of somebody of whom files tell too.
    pub visits: Vec<String>,
    /// Their first name: nobody else has it.
    pub first_name: String,
    /// Their telephone, as it is stored: nobody else has it.
    pub telephone: String,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The true time.
    pub at: DateTime<Utc>,
    /// The copy that somebody had seen, when this was done because they asked for it.
    pub copy: Option<u64>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A dossier was written, and the référents named here moved with it, in one transaction.
    Commit {
        /// The dossier's row.
        row: Value,
        /// The référents' rows, as the transaction left them.
        referents: Vec<Value>,
    },
    /// Sent messages left a dossier's outbox, and its place in the index was put right.
    Clear {
        /// The dossier's row.
        row: Value,
    },
    /// A référent's record was written.
    Referent {
        /// The référent's row.
        row: Value,
    },
    /// A row of a side table was written, or deleted.
    Side {
        /// The table.
        table: &'static str,
        /// Its partition key.
        pk: String,
        /// Its sort key.
        sk: String,
        /// Its attributes; `None` when it was deleted.
        attributes: Option<Value>,
    },
    /// A document was stored, or deleted.
    Document {
        /// Its name.
        name: String,
        /// Its bytes; `None` when it was deleted.
        bytes: Option<Vec<u8>>,
    },
    /// A message reached a queue. The same message may reach it many times.
    Sent(Message),
    /// A message that is none of ours reached a queue.
    Poison(Message),
    /// A message was handled and taken off its queue.
    Done(Message),
    /// Somebody asked for something for the first time.
    Asked(Request),
    /// An attempt at a request was answered.
    Answered {
        /// Which request.
        request: u32,
        /// `ok`, or a short code that says why not.
        outcome: &'static str,
        /// The dossiers that the answer names.
        dossiers: Vec<String>,
    },
    /// The faults stopped and the clocks are right.
    Calm,
    /// It goes on and on.
    Endless,
}

/// A message on a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    /// The queue.
    pub queue: &'static str,
    /// The body as it travels.
    pub body: Arc<str>,
}

/// Something that somebody asked for. Asked again, it has the same key and the same body.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its number.
    pub number: u32,
    /// What is asked.
    pub ask: Ask,
    /// The département of whoever asks.
    pub territory: String,
    /// Whoever asks; `None` for the public.
    pub by: Option<String>,
    /// Whether they head the territory.
    pub head: bool,
    /// The dossier, as in `77#…`, when there is one already.
    pub dossier: Option<String>,
    /// The idempotency key.
    pub key: String,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To open a dossier.
    Submit,
    /// To confirm a right.
    Confirm {
        /// The day the département received it.
        received: NaiveDate,
        /// Whether rights and duties apply.
        duties: bool,
    },
    /// To tell what happened to a right: `suspendu`, `retabli` or `clos`.
    Tell {
        /// What happened.
        nature: &'static str,
    },
    /// To close an emergency.
    Close,
    /// To sign an orientation.
    Sign {
        /// The parcours.
        parcours: &'static str,
        /// The organism.
        organisme: &'static str,
        /// Whether it records France Travail's decision.
        france_travail: bool,
    },
    /// To change the référent.
    Change {
        /// For whom.
        to: String,
    },
    /// To add words to the carnet.
    Entry,
    /// To write a référent's record.
    Referent {
        /// Whose.
        id: String,
        /// With this capacity.
        capacity: u64,
    },
    /// To run a sweep.
    Sweep {
        /// Its name, as in `2026-12` or `simulation-2026-12`.
        name: String,
    },
    /// To erase a dossier.
    Erase,
    /// To take in a file of these people, by their first names.
    Give {
        /// Whether it tells of rights, as a flow of the CAF does.
        flow: bool,
        /// Who is in it: whoever is in it twice is here twice.
        people: Vec<String>,
    },
    /// To look at something.
    Look,
}

/// What is left at the end.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Every dossier, read from the store.
    pub dossiers: Vec<Value>,
    /// Every référent, read from the store.
    pub referents: Vec<Value>,
    /// Messages among the dead letters.
    pub dead: Vec<Message>,
    /// Messages still on the queues.
    pub waiting: Vec<Message>,
}
