//! What happened to people, as a file that anybody can count from: one line for each fact, in no order but its own.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use chrono::NaiveDate;
use fastrand::Rng;

/// One fact of one person's life.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Whose.
    pub(crate) person: u64,
    /// Which it is among theirs.
    pub(crate) order: usize,
    /// What.
    pub(crate) kind: &'static str,
    /// Of which day; none for what has no day.
    pub(crate) day: Option<NaiveDate>,
    /// What else is known of it.
    pub(crate) value: String,
}

/// Writes the file, its lines shuffled: who reads it puts each person's facts in order.
pub(crate) fn write(path: &Path, mut events: Vec<Event>, rng: &mut Rng) -> anyhow::Result<()> {
    rng.shuffle(&mut events);
    let mut text = String::from("personne;ordre;evenement;jour;valeur\n");
    for Event { person, order, kind, day, value } in events {
        let day = day.map_or_else(String::new, |it| it.to_string());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{person};{order};{kind};{day};{value}");
    }
    std::fs::write(path, text).context("les événements ne s’écrivent pas")
}
