//! What is not published: a figure from which something of one person could be told.

use super::{Figure, Unit};

/// From how many people on a figure is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    /// A count of people, from this many.
    pub people: u64,
    /// A mean, over this many people.
    pub averaged: u64,
}

/// What is published of an indicator of some people among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The figure.
    Figure(Figure),
    /// That there is one, and that it is masked.
    Masked,
}

impl Mask {
    /// What is published of one indicator for each of several groups that make up a whole which is published too.
    ///
    /// A figure is masked when it speaks of too few people, when too few are in its numerator, or when too few are not:
    /// nobody at all, and everybody, tell nothing of one person more than of the others. When a single group is masked,
    /// the smallest of the others is masked with it: the whole would give it away.
    pub fn publish(&self, groups: &[Figure]) -> Vec<Shown> {
        let mut masked: Vec<bool> = groups.iter().map(|it| self.hides(it)).collect();
        if masked.iter().filter(|it| **it).count() == 1 {
            let others = groups.iter().enumerate().filter(|(at, it)| !masked[*at] && it.denominator > 0);
            if let Some((at, _)) = others.min_by_key(|(at, it)| (it.denominator, *at)) {
                masked[at] = true;
            }
        }
        let shown =
            |(figure, masked): (&Figure, bool)| if masked { Shown::Masked } else { Shown::Figure(*figure) };
        groups.iter().zip(masked).map(shown).collect()
    }

    /// Whether a figure speaks of too few people. One that speaks of nobody hides nobody.
    pub fn hides(&self, figure: &Figure) -> bool {
        let few = |count: u64| (1..self.people).contains(&count);
        let cohort = figure.cohort.is_some_and(|it| few(it.left) || few(it.still_waiting));
        match figure.unit {
            Unit::Days => (1..self.averaged).contains(&figure.denominator),
            Unit::Percent => {
                let others = figure.denominator.saturating_sub(figure.numerator);
                few(figure.denominator) || few(figure.numerator) || few(others) || cohort
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: Mask = Mask { people: 5, averaged: 11 };

    fn share(numerator: u64, denominator: u64) -> Figure {
        Figure { numerator, denominator, unit: Unit::Percent, cohort: None }
    }

    fn masked(groups: &[Figure]) -> Vec<bool> {
        MASK.publish(groups).iter().map(|it| *it == Shown::Masked).collect()
    }

    #[test]
    fn fewer_than_five_people_are_never_told_apart() {
        for (numerator, denominator) in [(0, 4), (4, 20), (17, 20), (1, 1)] {
            assert!(MASK.hides(&share(numerator, denominator)), "{numerator}/{denominator}");
        }
        for (numerator, denominator) in [(0, 0), (0, 20), (20, 20), (5, 10), (5, 5)] {
            assert!(!MASK.hides(&share(numerator, denominator)), "{numerator}/{denominator}");
        }
    }

    #[test]
    fn a_mean_of_fewer_than_eleven_people_is_masked() {
        let mean = |denominator| Figure { numerator: 300, denominator, unit: Unit::Days, cohort: None };
        assert_eq!([0, 1, 10, 11].map(|it| MASK.hides(&mean(it))), [false, true, true, false]);
    }

    #[test]
    fn a_masked_group_is_never_alone() {
        assert_eq!(
            masked(&[share(2, 9), share(10, 40), share(10, 30), share(0, 0)]),
            [true, false, true, false]
        );
        assert_eq!(masked(&[share(2, 9), share(2, 9), share(10, 30)]), [true, true, false]);
        assert_eq!(masked(&[share(10, 40), share(10, 30)]), [false, false]);
        assert_eq!(masked(&[share(2, 9)]), [true]);
    }
}
