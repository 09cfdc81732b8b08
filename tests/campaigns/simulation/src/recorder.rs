//! The history of a run, and its log when somebody reads it.

use std::fmt::Write;

use checker::{Event, What};
use chrono::{DateTime, Utc};

use crate::sim::State;

/// Events for the checker, lines for a reader.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) events: Vec<Event>,
    pub(crate) log: Option<String>,
}

impl Recorder {
    pub(crate) fn new(log: bool) -> Self {
        Self { events: Vec::with_capacity(512), log: log.then(String::new) }
    }

    fn line(&mut self, at: DateTime<Utc>, text: &str) {
        if let Some(log) = &mut self.log {
            // Writing to a string cannot fail.
            let _ = writeln!(log, "{} {text}", at.format("%Y-%m-%dT%H:%M:%S%.3fZ"));
        }
    }
}

impl State {
    /// Keeps an event.
    pub(crate) fn record(&mut self, what: What) {
        if self.recorder.log.is_some() {
            let text = tell(&what);
            self.recorder.line(self.now, &text);
        }
        self.recorder.events.push(Event { at: self.now, copy: self.copy, what });
    }

    /// Writes a line in the log, if there is one.
    pub(crate) fn note(&mut self, text: impl FnOnce() -> String) {
        if self.recorder.log.is_some() {
            let text = text();
            self.recorder.line(self.now, &text);
        }
    }
}

fn tell(what: &What) -> String {
    match what {
        What::Commit { row, referents } => {
            let counters: Vec<String> = referents
                .iter()
                .map(|it| format!("{}={}/{}", it["sk"], it["actifs"], it["capacite"]))
                .collect();
            format!("écrit {row} {}", counters.join(" "))
        }
        What::Clear { row } => format!("vidé {} {}", row["pk"], row["registre"]["sortie"]),
        What::Referent { row } => format!("référent {row}"),
        What::Side { table, pk, sk, attributes } => {
            format!(
                "{table} {pk} {sk} {}",
                attributes.as_ref().map_or("effacé".to_owned(), ToString::to_string)
            )
        }
        What::Document { name, bytes } => {
            let text = bytes.as_deref().map_or("effacé".into(), String::from_utf8_lossy);
            format!("document {name} {text}")
        }
        What::Sent(message) => format!("envoyé {} {}", message.queue, message.body),
        What::Poison(message) => format!("empoisonné {} {}", message.queue, message.body),
        What::Done(message) => format!("traité {} {}", message.queue, message.body),
        What::Asked(request) => format!("demandé {request:?}"),
        What::Answered { request, outcome, dossiers } => {
            format!("répondu à {request} : {outcome} {dossiers:?}")
        }
        What::Calm => "les pannes cessent".to_owned(),
        What::Endless => "cela ne finit pas".to_owned(),
    }
}
