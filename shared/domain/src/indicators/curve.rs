//! The share of people oriented after so many days when some leave or are still waiting: the Kaplan–Meier estimate.

use std::collections::BTreeMap;

/// The scale of the calculation in whole numbers.
const ONE: u128 = 1_000_000_000_000_000_000;

/// What is known of the waits of a cohort: how many ended on each day by an orientation, and how many otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Curve {
    days: BTreeMap<u32, Ends>,
    people: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends {
    oriented: u64,
    lost: u64,
}

impl Curve {
    /// Adds a wait that was followed for so many days, up to an orientation or only up to there.
    pub(super) fn add(&mut self, days: u32, oriented: bool) {
        let ends = self.days.entry(days).or_default();
        *(if oriented { &mut ends.oriented } else { &mut ends.lost }) += 1;
        self.people += 1;
    }

    /// The estimated share oriented within so many days, in thousandths, half up. `None` when nobody was followed for
    /// that long and some were still waiting when they were last seen.
    ///
    /// On each day, those who are oriented go before those who are lost. The share that still waits is a product of
    /// fractions, kept in whole numbers of 10⁻¹⁸, each factor rounded down.
    pub(super) fn thousandths(&self, within: u32) -> Option<u64> {
        let (mut followed, mut waiting) = (u128::from(self.people), ONE);
        for ends in self.days.range(..=within).map(|it| it.1) {
            // Nobody ends who was not followed until then.
            waiting = waiting * (followed - u128::from(ends.oriented)) / followed;
            followed -= u128::from(ends.oriented + ends.lost);
        }
        if waiting > 0 && self.days.range(within..).next().is_none() {
            return None;
        }
        u64::try_from((2_000 * (ONE - waiting) + ONE) / (2 * ONE)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(waits: &[(u32, bool)]) -> Curve {
        let mut curve = Curve::default();
        for (days, oriented) in waits {
            curve.add(*days, *oriented);
        }
        curve
    }

    #[test]
    fn with_nobody_lost_the_estimate_is_the_share() {
        let all = curve(&[(10, true), (20, true), (40, true), (90, false)]);
        assert_eq!([10, 30, 45, 90].map(|it| all.thousandths(it)), [250, 500, 750, 750].map(Some));
    }

    #[test]
    fn whoever_is_lost_waits_like_those_who_stay() {
        // A textbook case: 1 of 5, then one is lost, then 1 of 3, then one is lost, then the last.
        let all = curve(&[(3, true), (5, false), (7, true), (9, false), (12, true)]);
        assert_eq!(all.thousandths(6), Some(200));
        assert_eq!(all.thousandths(7), Some(467)); // 1 − 4/5 × 2/3
        assert_eq!(all.thousandths(12), Some(1000));
    }

    #[test]
    fn an_orientation_and_a_loss_on_one_day_are_counted_in_this_order() {
        assert_eq!(curve(&[(5, true), (5, false)]).thousandths(5), Some(500));
    }

    #[test]
    fn beyond_what_was_followed_nothing_is_said() {
        let all = curve(&[(10, true), (20, false)]);
        assert_eq!((all.thousandths(20), all.thousandths(21)), (Some(500), None));
        assert_eq!(Curve::default().thousandths(30), None);
        assert_eq!(curve(&[(10, true)]).thousandths(90), Some(1000));
    }
}
