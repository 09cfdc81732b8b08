//! The ladder of sanctions as the law sets it: recorded so that a person can be told of it, never ordered by the service.
//!
//! Some figures are for each département to set, and have no value by default: while one is missing, the ladder cannot be
//! used for anything.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::delay::Delay;

/// The ladder of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanctions {
    /// The first day of a breach that it is for; an earlier one is under the ladder before.
    pub applies_from: NaiveDate,
    /// Its steps, from the lightest.
    pub steps: Vec<SanctionStep>,
    /// The most that may be withheld from a household of several people, in percent.
    pub shared_household_percent: u8,
    /// How long the person has for their observations.
    pub observations: Setting<Delay>,
    /// How long a breach counts as a first one for the next.
    pub repetition: Setting<Delay>,
    /// How much of what was withheld is paid back to whoever complies.
    pub refund: Setting<Share>,
}

/// What a person may face for a breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SanctionStep {
    /// Its code, as in `refus_contrat`.
    pub breach: String,
    /// Whether the breach goes on or comes again.
    pub again: bool,
    /// What may be done.
    pub measures: BTreeSet<Measure>,
    /// How much may be withheld.
    pub share: Setting<Share>,
    /// For how many months, at least and at most.
    pub months: (u8, u8),
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Withheld, and paid back when the person complies.
    Suspension,
    /// Withheld.
    Reduction,
    /// Withheld for good; the équipe pluridisciplinaire is heard first.
    Removal,
}

/// How much may be withheld, in percent of the allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// At least this much.
    AtLeast(u8),
    /// At most this much.
    AtMost(u8),
    /// Any share.
    Free,
}

/// A figure of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting<T> {
    /// The law or the département has set it.
    Set(T),
    /// The département has to set it.
    Missing,
    /// The frame has none.
    None,
}

/// A figure that the département has not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unset {
    /// [`Sanctions::observations`].
    Observations,
    /// [`Sanctions::repetition`].
    Repetition,
    /// [`Sanctions::refund`].
    Refund,
    /// [`SanctionStep::share`], of one step at least.
    Share,
}

impl Unset {
    /// Its name in the file of the frame.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Observations => "observations",
            Self::Repetition => "repetition",
            Self::Refund => "refund",
            Self::Share => "steps.share",
        }
    }
}

impl Sanctions {
    /// The ladder, if it can be used; otherwise every figure that is missing.
    pub fn usable(&self) -> Result<&[SanctionStep], Vec<Unset>> {
        let figures = [
            (Unset::Observations, self.observations == Setting::Missing),
            (Unset::Repetition, self.repetition == Setting::Missing),
            (Unset::Refund, self.refund == Setting::Missing),
            (Unset::Share, self.steps.iter().any(|it| it.share == Setting::Missing)),
        ];
        let missing: Vec<Unset> = figures.into_iter().filter(|(_, it)| *it).map(|(name, _)| name).collect();
        if missing.is_empty() { Ok(&self.steps) } else { Err(missing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(observations: Setting<Delay>, repetition: Setting<Delay>) -> Sanctions {
        let step = SanctionStep {
            breach: "refus_contrat".to_owned(),
            again: false,
            measures: BTreeSet::from([Measure::Suspension]),
            share: Setting::Set(Share::AtLeast(30)),
            months: (1, 2),
        };
        Sanctions {
            applies_from: crate::testing::day(0),
            steps: vec![step],
            shared_household_percent: 50,
            observations,
            repetition,
            refund: Setting::None,
        }
    }

    #[test]
    fn a_ladder_cannot_be_used_while_a_figure_is_missing_and_says_which() {
        let month = Setting::Set(Delay::Months(1));
        assert_eq!(ladder(month, Setting::None).usable().map(<[_]>::len), Ok(1));
        assert_eq!(ladder(month, Setting::Missing).usable(), Err(vec![Unset::Repetition]));
        let both = ladder(Setting::Missing, Setting::Missing);
        assert_eq!(both.usable(), Err(vec![Unset::Observations, Unset::Repetition]));
        let mut unread = ladder(month, month);
        unread.steps[0].share = Setting::Missing;
        unread.refund = Setting::Missing;
        assert_eq!(unread.usable(), Err(vec![Unset::Refund, Unset::Share]));
    }
}
