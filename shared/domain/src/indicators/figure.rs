//! A figure: a whole number over a whole number, and its rounded value.

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Per hundred people.
    Percent,
    /// Days, on average.
    Days,
}

/// One indicator of some people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// People; or days, in all, for a mean.
    pub numerator: u64,
    /// People.
    pub denominator: u64,
    /// What the value counts.
    pub unit: Unit,
    /// What a cohort is told with, when it is one that is followed.
    pub cohort: Option<Cohort>,
}

/// Beside the share of a cohort: those whose wait is not over, and the estimate that takes them into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// People who left within the delay without having been oriented.
    pub left: u64,
    /// People not oriented whose delay had not passed.
    pub still_waiting: u64,
    /// The Kaplan–Meier estimate, in tenths of a percent, half up; `None` when nobody was followed for that long.
    pub estimate: Option<u64>,
}

impl Figure {
    /// The value in tenths, of a percent or of a day, half up; `None` when it speaks of nobody.
    pub fn tenths(&self) -> Option<u64> {
        let scale = match self.unit {
            Unit::Percent => 1_000,
            Unit::Days => 10,
        };
        let (numerator, denominator) = (u128::from(self.numerator), u128::from(self.denominator));
        let rounded = (2 * scale * numerator + denominator).checked_div(2 * denominator)?;
        u64::try_from(rounded).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenths(numerator: u64, denominator: u64, unit: Unit) -> Option<u64> {
        Figure { numerator, denominator, unit, cohort: None }.tenths()
    }

    #[test]
    fn a_value_is_rounded_to_a_tenth_and_a_half_goes_up() {
        assert_eq!(tenths(1, 3, Unit::Percent), Some(333));
        assert_eq!(tenths(2, 3, Unit::Percent), Some(667));
        assert_eq!(tenths(1, 16, Unit::Percent), Some(63)); // 6.25
        assert_eq!(tenths(1, 2_000, Unit::Percent), Some(1)); // 0.05
        assert_eq!(tenths(381, 4, Unit::Days), Some(953)); // 95.25
        assert_eq!(tenths(190, 2, Unit::Days), Some(950));
    }

    #[test]
    fn a_figure_that_speaks_of_nobody_has_no_value() {
        assert_eq!(tenths(0, 0, Unit::Percent), None);
        assert_eq!(tenths(0, 4, Unit::Percent), Some(0));
    }
}
