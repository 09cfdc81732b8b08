//! One right of one person, as the indicators see it.

use chrono::NaiveDate;

use crate::commune::CodeInsee;
use crate::dossier::{Confirmed, Decider, Former, Oriented, Right};
use crate::frame::{Frame, FrameId};
use crate::{Dossier, State, Territory, calendar};

/// One right of one person, from its opening to its end: everything that an indicator reads, and nothing that says who
/// it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Where the person lives, or lived at its end.
    pub commune: CodeInsee,
    /// The day of entry: the first day of the right.
    pub opened_on: NaiveDate,
    /// The day the département received the information.
    pub received_on: NaiveDate,
    /// Whether the person is subject to rights and duties, as it was last told.
    pub duties: bool,
    /// The first orientation under this right.
    pub oriented: Option<Oriented>,
    /// The day on which the person is no longer a beneficiary.
    pub left_on: Option<NaiveDate>,
    /// The first day on which France Travail decides by law if nobody has: the one that follows the legal delay, in a
    /// frame where it passes to it.
    pub passes_on: Option<NaiveDate>,
}

/// The frame of a right, by its name.
pub type FrameOf<'a> = &'a dyn Fn(&FrameId) -> Option<&'a Frame>;

impl Spell {
    /// The rights of the person of a dossier, oldest first. A right that is only declared is none, nor is one that was
    /// refused, nor that of a dossier merged into another, which tells it.
    ///
    /// A right told again with the opening day of the one before, or an earlier one, is the same right: the last that was
    /// told of it counts. A right ends at the latest when the next one opens.
    pub fn all(dossier: &Dossier, frame_of: FrameOf<'_>) -> Vec<Self> {
        let territory = dossier.territory;
        let former = dossier.former.iter().map(|it| Self::former(it, territory, frame_of));
        let mut all: Vec<Self> = former.chain(Self::current(dossier, frame_of)).collect();
        let mut next_opens = NaiveDate::MAX;
        for spell in all.iter_mut().rev() {
            if spell.opened_on < next_opens {
                if next_opens < NaiveDate::MAX {
                    spell.left_on = Some(spell.left_on.unwrap_or(next_opens).min(next_opens));
                }
                next_opens = spell.opened_on;
            } else {
                // Marked by an impossible span, and left out below.
                spell.left_on = Some(NaiveDate::MIN);
            }
        }
        all.retain(|it| it.left_on != Some(NaiveDate::MIN));
        all
    }

    fn former(former: &Former, territory: Territory, frame_of: FrameOf<'_>) -> Self {
        let Former { commune, opened_on, received_on, duties, oriented, left_on, .. } = former.clone();
        let right = Confirmed {
            opened_on,
            received_on,
            presumed: false,
            duties,
            frame: former.frame.clone(),
            suspended: None,
        };
        let passes_on = passes_on(territory, &right, frame_of);
        Self { commune, opened_on, received_on, duties, oriented, left_on: Some(left_on), passes_on }
    }

    fn current(dossier: &Dossier, frame_of: FrameOf<'_>) -> Option<Self> {
        let Right::Confirmed(right) = &dossier.right else { return None };
        let left_on = match &dossier.state {
            State::Closed { ending, .. } => Some(ending.leaves()?),
            State::Submitted
            | State::Urgent { .. }
            | State::ToOrient { .. }
            | State::Oriented { .. }
            | State::AwaitingPlace { .. }
            | State::Assigned { .. }
            | State::AwaitingFranceTravail { .. } => None,
        };
        Some(Self {
            commune: dossier.commune,
            opened_on: right.opened_on,
            received_on: right.received_on,
            duties: right.duties,
            oriented: dossier.state.decision().map(|it| it.oriented(dossier)),
            left_on,
            passes_on: passes_on(dossier.territory, right, frame_of),
        })
    }

    /// Whether the person is a beneficiary subject to rights and duties at the end of this day.
    pub(super) fn stands(&self, day: NaiveDate) -> bool {
        self.duties && self.opened_on <= day && self.left_on.is_none_or(|it| it > day)
    }

    /// The orientation, if it was decided by this day, and not after the right was over.
    pub(super) fn oriented_by(&self, day: NaiveDate) -> Option<Oriented> {
        self.oriented.filter(|it| it.on <= day && self.left_on.is_none_or(|left| it.on <= left))
    }

    /// Whether the orientation had passed to France Travail by this day: by law, whatever was left to be done here on the
    /// day that follows the delay, unless somebody else had decided or the right was over.
    pub(super) fn passed_by(&self, day: NaiveDate) -> bool {
        let undecided = self.oriented.is_none_or(|it| it.by == Decider::FranceTravail);
        let passes = self.passes_on.filter(|it| *it <= day && self.left_on.is_none_or(|left| left >= *it));
        undecided && passes.is_some()
    }
}

/// The first day on which France Travail decides, in a frame that has it decide.
fn passes_on(territory: Territory, right: &Confirmed, frame_of: FrameOf<'_>) -> Option<NaiveDate> {
    let at = frame_of(&right.frame)?.handed_over_at(territory, right)?;
    Some(territory.local_date(at))
}

/// How many days after `start` a fact of this day is; a fact of before counts as of the day itself.
pub(super) fn days_after(start: NaiveDate, day: NaiveDate) -> u32 {
    u32::try_from((day - start).num_days()).unwrap_or(0)
}

/// Whether `months` have passed since a day, from date to date.
pub(super) fn months_passed(since: NaiveDate, months: u32, day: NaiveDate) -> bool {
    day >= calendar::add_months(since, months)
}
