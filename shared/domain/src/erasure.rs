//! Erasure: what goes with a dossier when nothing of it may remain, and until when its traces are looked for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::decision::give_back;
use crate::{Dossier, Message, PlaceMove};

/// Why a dossier is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Motive {
    /// The person asked for it.
    PersonAsked,
    /// The same person has another dossier.
    Duplicate,
    /// It has been kept for as long as it may be.
    RetentionOver,
}

/// What happens around a dossier in the very write that erases it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The place that is given back.
    pub place: PlaceMove,
    /// What is told of it.
    pub messages: Vec<Message>,
}

/// Erases a dossier, in whatever state: the place that it held is free again.
pub fn erase(dossier: &Dossier) -> Erased {
    let (place, freed) = give_back(dossier.state.place());
    Erased { place, messages: freed.into_iter().collect() }
}

/// How long whoever read the dossier just before it was erased may go on writing. No function runs that long, so a
/// row that is not there afterwards never comes.
pub const SLOWEST_WRITER: TimeDelta = TimeDelta::hours(1);

/// What may be left of an erased dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Everything but the dossier itself.
    Everything,
    /// What somebody wrote who had read the dossier before it was erased.
    Latecomers,
    /// Nothing, for good.
    Nothing,
}

/// The remains of an erased dossier: passes remove them, until one that comes late enough finds none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remains {
    /// When the dossier was erased.
    pub erased_at: DateTime<Utc>,
    /// What may be left.
    pub left: Left,
}

impl Remains {
    /// When the next pass is due; `None` once nothing is left.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        match self.left {
            Left::Everything => Some(self.erased_at),
            Left::Latecomers => Some(self.last_write()),
            Left::Nothing => None,
        }
    }

    /// Whether nobody writes any more: a pass that starts now removes even what the others need to find the rest.
    pub fn is_still(&self, now: DateTime<Utc>) -> bool {
        now >= self.last_write()
    }

    /// What may be left after a whole pass that started at `started` and found something, or nothing.
    #[must_use]
    pub fn after_a_pass(self, started: DateTime<Utc>, found: bool) -> Self {
        let over = self.left == Left::Nothing || (self.is_still(started) && !found);
        Self { left: if over { Left::Nothing } else { Left::Latecomers }, ..self }
    }

    fn last_write(&self) -> DateTime<Utc> {
        self.erased_at + SLOWEST_WRITER
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;
    use crate::dossier::{ContactSearch, Placement};
    use crate::testing::{SOCIAL, at, dossier, to_orient};

    #[test]
    fn a_place_that_was_held_is_given_back_and_offered() {
        let held = Placement { referent: "ref-1".parse().unwrap(), since: at(0) };
        let mut state = to_orient(Some(SOCIAL));
        if let State::ToOrient { waiting, .. } = &mut state {
            waiting.contact = ContactSearch::Found(held);
        }
        let erased = erase(&dossier(state));
        assert_eq!(erased.place, PlaceMove::Leave("ref-1".parse().unwrap()));
        assert_eq!(erased.messages, [Message::PlaceFreed("ref-1".parse().unwrap())]);
    }

    #[test]
    fn who_held_no_place_gives_none_back() {
        let erased = erase(&dossier(State::Submitted));
        assert_eq!(erased, Erased { place: PlaceMove::None, messages: Vec::new() });
    }

    #[test]
    fn an_early_pass_that_finds_nothing_is_not_the_last() {
        let fresh = Remains { erased_at: at(0), left: Left::Everything };
        assert_eq!(fresh.due(), Some(at(0)));
        let once = fresh.after_a_pass(at(0) + TimeDelta::minutes(59), false);
        assert_eq!((once.left, once.due()), (Left::Latecomers, Some(at(0) + SLOWEST_WRITER)));
    }

    #[test]
    fn a_late_pass_is_the_last_when_it_finds_nothing() {
        let once = Remains { erased_at: at(0), left: Left::Latecomers };
        let late = at(0) + SLOWEST_WRITER;
        assert_eq!(once.after_a_pass(late, true).left, Left::Latecomers);
        let done = once.after_a_pass(late, false);
        assert_eq!((done.left, done.due()), (Left::Nothing, None));
        assert_eq!(done.after_a_pass(at(0), true), done, "an old pass that ends late opens nothing again");
    }
}
