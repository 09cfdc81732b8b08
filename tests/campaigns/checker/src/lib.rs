//! Judges a history of the journey. It shares no code with the engine: what it reads is JSON.
//!
//! The whole history is judged at its end, by rules written from what is promised to people and not from how the
//! engine keeps it:
//!
//! | rule | promise | where |
//! |---|---|---|
//! | I1 | nothing is lost | `lost`, `told`, `waiting`, `answers`, `copies`, `files` |
//! | I2 | nothing is doubled | `doubled`, `told`, `answers`, `files` |
//! | I3 | one référent at most, and no gap | `places` |
//! | I4 | the counter is the true count, under capacity | `places` |
//! | I6 | nothing due stays undone, nothing comes early, nobody is rung at night | `due`, `quiet` |
//! | I7 | nothing crosses a territory | `borders` |
//! | I8 | it ends | `judge` |
//! | effacement | nothing is left of a dossier that was erased | `erased` |
//! | parcours | each state follows from the one before, and from somebody's act | `states` |
//!
//! I5, the chain of the audit, has no rule here: the product keeps no audit yet. Its place is a module `audit`.

mod answers;
mod borders;
mod calendar;
mod copies;
mod doubled;
mod due;
mod erased;
mod files;
mod history;
mod lost;
mod places;
mod quiet;
mod read;
mod states;
mod story;
mod told;
mod waiting;

pub use history::{Ask, End, Event, History, Law, Message, Person, Request, Setting, What, Zone};

use story::Story;

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise, as in `I4`.
    pub rule: &'static str,
    /// The facts.
    pub facts: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} : {}", self.rule, self.facts)
    }
}

/// What has been found so far.
#[derive(Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn found(&mut self, rule: &'static str, facts: String) {
        self.0.push(Violation { rule, facts });
    }

    /// Found, unless it holds.
    fn require(&mut self, holds: bool, rule: &'static str, facts: impl FnOnce() -> String) {
        if !holds {
            self.found(rule, facts());
        }
    }
}

/// Everything that is wrong in a history, in a stable order; nothing when every promise was kept.
pub fn judge(history: &History) -> Vec<Violation> {
    let mut findings = Findings::default();
    if history.events.iter().any(|it| matches!(it.what, What::Endless)) {
        // Whatever else is missing may only not have happened yet.
        findings.found("I8", "cela ne finit pas".to_owned());
        return findings.0;
    }
    let story = Story::of(history);
    findings.require(history.end.waiting.is_empty(), "I8", || {
        format!("{} messages restent sur les files", history.end.waiting.len())
    });
    lost::judge(&story, &mut findings);
    copies::judge(&story, &mut findings);
    answers::judge(&story, &mut findings);
    told::judge(&story, &mut findings);
    waiting::judge(&story, &mut findings);
    doubled::judge(&story, &mut findings);
    places::judge(&story, &mut findings);
    due::judge(&story, &mut findings);
    quiet::judge(&story, &mut findings);
    borders::judge(&story, &mut findings);
    states::judge(&story, &mut findings);
    erased::judge(&story, &mut findings);
    files::judge(&story, &mut findings);
    findings.0
}
