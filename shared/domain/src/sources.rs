//! What several sources tell of one value, and which of them is believed.
//!
//! The person, the agents, the files of the CAF and the lists of other tools all tell a name, a telephone, an address, in
//! no order and more than once. Each source's word is kept with its date; what is believed is computed from all of them.
//!
//! **Invariant:** the result depends on what was told, never on the order in which it arrived. What is not told is not a
//! value: nothing known is ever replaced by nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// Who tells a value. The order is that of trust, least first, for a value that an administration establishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The person, online.
    Person,
    /// A list of another tool.
    List,
    /// An agent, who typed what the person brought: a paper, a call, a visit.
    Agent,
    /// A flow of the CAF or of the MSA, which have checked it.
    Flow,
}

/// What kind of value it is: who is believed depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Who somebody is, their numbers, their household: what an administration establishes.
    Established,
    /// How and where to reach them: the person knows best, until somebody learns of a change.
    Reach,
}

/// What one source has told of one value: the first time, and the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<V> {
    /// The first time.
    pub first: (DateTime<Utc>, V),
    /// The last time.
    pub last: (DateTime<Utc>, V),
}

/// What every source has told of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources<V>(BTreeMap<Source, Told<V>>);

impl<V> Default for Sources<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V: Clone + Ord> Sources<V> {
    /// Hears a value that a source tells as of an instant. Told again, or told late, it changes nothing that it should
    /// not: two values of one instant are told apart by the value itself.
    pub fn hear(&mut self, source: Source, at: DateTime<Utc>, value: V) {
        let told = (at, value);
        let known = self.0.entry(source).or_insert_with(|| Told { first: told.clone(), last: told.clone() });
        if told < known.first {
            known.first = told.clone();
        }
        if told > known.last {
            known.last = told;
        }
    }

    /// Puts back what was kept of a source.
    pub fn put(&mut self, source: Source, told: Told<V>) {
        self.0.insert(source, told);
    }

    /// What each source has told.
    pub fn iter(&self) -> impl Iterator<Item = (Source, &Told<V>)> {
        self.0.iter().map(|(source, told)| (*source, told))
    }

    /// The value that is believed; `None` when nobody told any.
    ///
    /// What is established: the most trusted source. How to reach somebody: the latest change. A file repeats for years
    /// what it once learnt, so that the first value of a file is older than anything that the person says; only a value
    /// that the file has *changed* is news of the day on which it changed.
    pub fn believed(&self, nature: Nature) -> Option<&V> {
        let best = match nature {
            Nature::Established => self.0.iter().next_back(),
            Nature::Reach => {
                self.0.iter().max_by_key(|(source, told)| (news(**source, told), closeness(**source)))
            }
        };
        best.map(|(_, told)| &told.last.1)
    }
}

/// Since when a source's last value is news.
fn news<V: PartialEq>(source: Source, told: &Told<V>) -> DateTime<Utc> {
    let repeats = matches!(source, Source::Flow | Source::List) && told.first.1 == told.last.1;
    if repeats { DateTime::<Utc>::MIN_UTC } else { told.last.0 }
}

/// How close to the person a source is, when two know as recently.
const fn closeness(source: Source) -> u8 {
    match source {
        Source::Person => 3,
        Source::Agent => 2,
        Source::List => 1,
        Source::Flow => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn all(told: &[(Source, i64, &'static str)]) -> Sources<&'static str> {
        let mut sources = Sources::default();
        for (source, day, value) in told {
            sources.hear(*source, at(*day), *value);
        }
        sources
    }

    #[test]
    fn the_caf_establishes_a_name_whenever_it_speaks() {
        let told =
            all(&[(Source::Flow, 0, "Exemple"), (Source::Person, 9, "Exempel"), (Source::List, 8, "E.")]);
        assert_eq!(told.believed(Nature::Established), Some(&"Exemple"));
    }

    #[test]
    fn the_person_s_telephone_holds_against_a_file_that_repeats_an_old_one() {
        let told = all(&[(Source::Person, 5, "new"), (Source::Flow, 10, "old"), (Source::Flow, 40, "old")]);
        assert_eq!(told.believed(Nature::Reach), Some(&"new"));
    }

    #[test]
    fn a_move_that_the_caf_learns_after_the_person_spoke_is_believed() {
        let told =
            all(&[(Source::Person, 5, "Melun"), (Source::Flow, 10, "Melun"), (Source::Flow, 40, "Meaux")]);
        assert_eq!(told.believed(Nature::Reach), Some(&"Meaux"));
    }

    #[test]
    fn what_is_believed_never_depends_on_the_order_of_arrival() {
        let told = [
            (Source::Person, 5, "a"),
            (Source::Flow, 1, "b"),
            (Source::Flow, 9, "c"),
            (Source::Flow, 9, "d"),
            (Source::Agent, 9, "e"),
            (Source::List, 2, "f"),
        ];
        let expected = all(&told);
        for turn in 0..told.len() {
            let mut turned = told;
            turned.rotate_left(turn);
            assert_eq!(all(&turned), expected);
            turned.reverse();
            assert_eq!(all(&[turned.as_slice(), &told].concat()), expected);
        }
    }
}
