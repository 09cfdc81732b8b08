//! What the faults did: effects doubled and effects lost, counted for everybody by the same code.
//!
//! An effect is one thing told to one place about one dossier: a message on a queue, a letter. Exactly one is expected
//! of each. **Lost**: it never left, once the weather is fair again and the dead letters were sent again. **Doubled**:
//! it left more than once, as whoever receives it would see, and that depends on the id by which they know a thing again:
//! one derived from its cause, one that the sender draws at each attempt, or none at all.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Add, AddAssign, Sub};

use serde_json::Value;

use super::downstream::Ends;
use crate::cloud::Cloud;
use crate::items::raw;

/// The queues that the steps send to: the carnet's, the reminders'.
pub const NEXT: [&str; 2] = ["carnet", "reminders"];

/// The kind of a letter; that of a message is its type.
pub const LETTER: &str = "lettre";

/// Where the letters are; the place that they are told to.
pub const LETTERS: &str = "envois";

/// Which effect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct What {
    /// Where it goes: a queue, or [`LETTERS`].
    pub place: String,
    /// What it says: the type of the message, or [`LETTER`].
    pub kind: String,
    /// The dossier that it is about.
    pub dossier: String,
}

impl What {
    /// This kind of thing, told to this place, about this dossier.
    pub fn new(place: &str, kind: &str, dossier: &str) -> Self {
        Self { place: place.to_owned(), kind: kind.to_owned(), dossier: dossier.to_owned() }
    }
}

/// One departure of an effect.
#[derive(Clone, Debug)]
struct Departure {
    what: What,
    /// Its id, derived from its cause.
    derived: String,
    /// Its id, drawn at random; ours has none.
    random: Option<String>,
}

/// Everything that left so far.
#[derive(Clone, Debug, Default)]
pub struct Departures {
    all: Vec<Departure>,
    /// Letters written over a letter of the same name.
    replaced: u64,
}

impl Departures {
    /// What left in this world: the messages that wait for the next steps, copies made by the queue excepted, and the
    /// letters. Everything stays where it is.
    pub fn of(cloud: &Cloud) -> Self {
        let mut all = Vec::new();
        for queue in NEXT {
            let messages = cloud.queues().take(queue, usize::MAX, None).messages;
            for message in &messages {
                cloud.queues().give_back(queue, message.handle);
            }
            all.extend(messages.iter().filter(|it| !it.copy).map(|it| message(queue, &it.body)));
        }
        let documents = cloud.documents();
        all.extend(documents.all().iter().map(|(name, body)| letter(name, body)));
        Self { all, replaced: documents.replaced() }
    }

    /// How many effects left more than once, or were expected by nobody.
    pub fn doubled(&self, expected: &BTreeSet<What>) -> Doubled {
        let again = |id: &dyn Fn(usize, &Departure) -> Option<String>| {
            let mut ids: BTreeMap<&What, BTreeSet<String>> = BTreeMap::new();
            for (rank, departure) in self.all.iter().enumerate() {
                if let Some(id) = id(rank, departure) {
                    ids.entry(&departure.what).or_default().insert(id);
                }
            }
            let wanted = |what| u64::from(expected.contains(what));
            ids.iter().map(|(what, ids)| ids.len() as u64 - wanted(what)).sum::<u64>()
        };
        let random = self.all.iter().any(|it| it.random.is_some());
        Doubled {
            derived: again(&|_, it| Some(it.derived.clone())),
            random: random.then(|| again(&|_, it| it.random.clone())),
            unnamed: again(&|rank, _| Some(rank.to_string())) + self.replaced,
        }
    }

    /// How many of the expected effects never left.
    pub fn lost(&self, expected: &BTreeSet<What>) -> u64 {
        let left: BTreeSet<&What> = self.all.iter().map(|it| &it.what).collect();
        expected.iter().filter(|it| !left.contains(it)).count() as u64
    }
}

/// A message bears its type, its dossier, and its ids: ours `id`, the peers' `derive` and `hasard`.
fn message(queue: &str, body: &str) -> Departure {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let derived = if body.get("derive").is_some() { "derive" } else { "id" };
    Departure {
        what: What::new(queue, text(&body, "type"), text(&body, "subject")),
        derived: text(&body, derived).to_owned(),
        random: body["hasard"].as_str().map(str::to_owned),
    }
}

/// A letter is `envois/<territoire>/<dossier>/<nom>.json`. Our names derive from the cause; the peers' are drawn, and
/// the letter says its cause.
fn letter(name: &str, body: &[u8]) -> Departure {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let cause = body["cause"].as_str();
    Departure {
        what: What::new(LETTERS, LETTER, name.split('/').nth(2).unwrap_or_default()),
        derived: cause.unwrap_or(name).to_owned(),
        random: cause.map(|_| name.to_owned()),
    }
}

/// Effects that are too many, by what whoever receives them knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubled {
    /// Ids derived from the cause.
    pub derived: u64,
    /// Ids drawn at each attempt; none when nothing bears such an id.
    pub random: Option<u64>,
    /// No id at all: every departure is another thing.
    pub unnamed: u64,
}

impl Add for Doubled {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            derived: self.derived + other.derived,
            random: self.random.map_or(other.random, |it| Some(it + other.random.unwrap_or(0))),
            unnamed: self.unnamed + other.unnamed,
        }
    }
}

impl Sub for Doubled {
    type Output = Self;

    /// What came after `earlier`.
    fn sub(self, earlier: Self) -> Self {
        Self {
            derived: self.derived.saturating_sub(earlier.derived),
            random: self.random.map(|it| it.saturating_sub(earlier.random.unwrap_or(0))),
            unnamed: self.unnamed.saturating_sub(earlier.unnamed),
        }
    }
}

/// What one world, or many, ended with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Effects that were expected and never left.
    pub lost: u64,
    /// Effects that are too many.
    pub doubled: Doubled,
    /// Of these, those that left after everything that forgets had forgotten.
    pub late: Doubled,
    /// What our next steps made of it; none where there is none of ours.
    pub ends: Option<Ends>,
    /// By how much the counters of the référents are wrong.
    pub places: u64,
    /// What is still among the dead letters, in fair weather.
    pub dead: u64,
}

impl Findings {
    /// Whether everything is as it should be.
    pub fn is_nothing(&self) -> bool {
        let Self { lost, doubled, late: _, ends, places, dead } = *self;
        // Whoever knows no id sees whatever the others see.
        [lost, doubled.unnamed, places, dead].iter().all(|it| *it == 0)
            && ends.unwrap_or_default() == Ends::default()
    }
}

impl AddAssign for Findings {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled = self.doubled + other.doubled;
        self.late = self.late + other.late;
        self.ends = self.ends.map_or(other.ends, |it| Some(it + other.ends.unwrap_or_default()));
        self.places += other.places;
        self.dead += other.dead;
    }
}

/// By how much the référents' counters differ from the dossiers that they have.
pub fn wrong_places(cloud: &Cloud) -> anyhow::Result<u64> {
    let mut held: BTreeMap<String, u64> = BTreeMap::new();
    for dossier in raw(cloud.database(), "dossiers")? {
        if let Some(referent) = dossier["etat"]["M"]["referent"]["M"]["referent"]["S"].as_str() {
            *held.entry(referent.to_owned()).or_default() += 1;
        }
    }
    let mut wrong = 0;
    for referent in raw(cloud.database(), "referents")? {
        let counted: u64 = text(&referent["actifs"], "N").parse()?;
        let held = held.get(text(&referent["sk"], "S")).copied().unwrap_or(0);
        wrong += counted.abs_diff(held);
    }
    Ok(wrong)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(dossier: &str) -> What {
        What::new("carnet", "affecte", dossier)
    }

    fn departures(all: &[(&str, &str, Option<&str>)]) -> Departures {
        let body = |(dossier, derived, random): &(&str, &str, Option<&str>)| match random {
            Some(random) => {
                format!(
                    r#"{{"type":"affecte","subject":"{dossier}","derive":"{derived}","hasard":"{random}"}}"#
                )
            }
            None => format!(r#"{{"type":"affecte","subject":"{dossier}","id":"{derived}"}}"#),
        };
        Departures { all: all.iter().map(|it| message("carnet", &body(it))).collect(), replaced: 0 }
    }

    #[test]
    fn what_left_twice_is_doubled_for_whoever_does_not_know_its_derived_id() {
        let expected = ["a", "b"].map(told).into();
        let left = departures(&[("a", "1", Some("x")), ("a", "1", Some("y")), ("a", "1", Some("y"))]);
        assert_eq!(left.doubled(&expected), Doubled { derived: 0, random: Some(1), unnamed: 2 });
        assert_eq!(left.lost(&expected), 1, "nothing left about b");
    }

    #[test]
    fn ours_is_counted_alike_and_has_no_random_ids() {
        let expected = [told("a")].into();
        let again = departures(&[("a", "1", None), ("a", "1", None)]);
        assert_eq!(again.doubled(&expected), Doubled { derived: 0, random: None, unnamed: 1 });
        let other = departures(&[("a", "1", None), ("a", "2", None)]);
        assert_eq!(other.doubled(&expected), Doubled { derived: 1, random: None, unnamed: 1 });
    }

    #[test]
    fn one_kind_too_many_does_not_hide_another_that_is_missing() {
        let expected = [told("a"), What::new("carnet", "oriente", "a")].into();
        let left = departures(&[("a", "1", None), ("a", "2", None)]);
        assert_eq!((left.doubled(&expected).derived, left.lost(&expected)), (1, 1));
    }

    #[test]
    fn an_effect_that_nobody_expects_is_one_too_many() {
        let left = departures(&[("c", "1", Some("x"))]);
        assert_eq!(left.doubled(&BTreeSet::new()), Doubled { derived: 1, random: Some(1), unnamed: 1 });
    }

    #[test]
    fn a_letter_is_known_by_its_cause_or_by_a_name_that_derives_from_it() {
        let expected = [What::new(LETTERS, LETTER, "d")].into();
        let of = |letters: &[(&str, &str)]| Departures {
            all: letters.iter().map(|(name, body)| letter(name, body.as_bytes())).collect(),
            replaced: 0,
        };
        let ours = of(&[("envois/77/d/decision.json", "{}")]);
        assert_eq!(ours.doubled(&expected), Doubled { derived: 0, random: None, unnamed: 0 });
        let theirs =
            of(&[("envois/77/d/x.json", r#"{"cause":"1"}"#), ("envois/77/d/y.json", r#"{"cause":"1"}"#)]);
        assert_eq!(theirs.doubled(&expected), Doubled { derived: 0, random: Some(1), unnamed: 1 });
        assert_eq!((ours.lost(&expected), theirs.lost(&expected)), (0, 0));
    }

    #[test]
    fn what_doubled_later_is_what_was_not_doubled_before() {
        let before = Doubled { derived: 0, random: Some(2), unnamed: 3 };
        let after = Doubled { derived: 1, random: Some(5), unnamed: 7 };
        assert_eq!(after - before, Doubled { derived: 1, random: Some(3), unnamed: 4 });
        assert_eq!((after - before) + before, after);
    }
}
