//! A delay, as a text states it: so many days, or so many months, from an event.

use chrono::NaiveDate;

use crate::{Territory, calendar};

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Calendar days.
    Days(u16),
    /// Months, from date to date.
    Months(u16),
}

/// On whom a delay bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// The person: a delay that ends on a day off ends on the next working day, the favourable reading of articles 641
    /// and 642 of the code de procédure civile.
    Person,
    /// The administration: nothing postpones it.
    Administration,
}

impl Delay {
    /// Its last day, when it starts with an event of this date: that day does not count, and the delay ends with the
    /// midnight that ends the day returned.
    pub fn last_day(self, event: NaiveDate) -> NaiveDate {
        match self {
            Self::Days(days) => calendar::add_days(event, i64::from(days)),
            Self::Months(months) => calendar::add_months(event, u32::from(months)),
        }
    }

    /// Its last day for whom it bears on, in a territory.
    pub fn last_day_for(self, bearer: Bearer, territory: Territory, event: NaiveDate) -> NaiveDate {
        let last = self.last_day(event);
        match bearer {
            Bearer::Person => calendar::on_or_after(territory, last),
            Bearer::Administration => last,
        }
    }

    /// Whether it never ends after the other, whatever the day of the event: a month has 28 to 31 days, two have 59 to
    /// 62, and so on.
    pub fn never_exceeds(self, other: Self) -> bool {
        match (self, other) {
            (Self::Days(mine), Self::Days(theirs)) | (Self::Months(mine), Self::Months(theirs)) => {
                mine <= theirs
            }
            (Self::Days(days), Self::Months(months)) => u32::from(days) <= shortest(months),
            (Self::Months(months), Self::Days(days)) => longest(months) <= u32::from(days),
        }
    }
}

/// The fewest days that so many months have.
fn shortest(months: u16) -> u32 {
    extreme(months, u32::min)
}

/// The most days that so many months have.
fn longest(months: u16) -> u32 {
    extreme(months, u32::max)
}

/// The extreme length of so many months among those that start on any day of four years, one of them a leap year.
fn extreme(months: u16, better: fn(u32, u32) -> u32) -> u32 {
    let start = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap_or(NaiveDate::MIN);
    let length = |day: NaiveDate| {
        let days = (Delay::Months(months).last_day(day) - day).num_days();
        u32::try_from(days).unwrap_or(0)
    };
    start.iter_days().take(4 * 366).map(length).reduce(better).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_delay_in_days_is_counted_in_calendar_days_and_one_in_months_from_date_to_date() {
        assert_eq!(Delay::Days(42).last_day(day("2026-11-21")), day("2027-01-02"));
        assert_eq!(Delay::Months(1).last_day(day("2027-01-31")), day("2027-02-28"));
        assert_eq!(Delay::Months(2).last_day(day("2026-12-31")), day("2027-02-28"));
    }

    #[test]
    fn a_person_s_delay_that_ends_on_a_day_off_ends_on_the_next_working_day_and_an_office_s_does_not() {
        let here = "77".parse().unwrap();
        let ten = |bearer, from: &str| Delay::Days(10).last_day_for(bearer, here, day(from));
        // 25 December 2026 is a Friday.
        assert_eq!(ten(Bearer::Person, "2026-12-15"), day("2026-12-28"));
        assert_eq!(ten(Bearer::Administration, "2026-12-15"), day("2026-12-25"));
        assert_eq!(ten(Bearer::Person, "2026-12-18"), day("2026-12-28"));
        assert_eq!(ten(Bearer::Person, "2026-12-14"), day("2026-12-24"));
    }

    #[test]
    fn a_delay_is_shorter_than_another_only_when_it_is_on_every_day_of_the_year() {
        let holds = |mine: Delay, theirs: Delay| mine.never_exceeds(theirs);
        assert!(holds(Delay::Days(30), Delay::Days(42)) && !holds(Delay::Days(43), Delay::Days(42)));
        assert!(holds(Delay::Days(28), Delay::Months(1)) && !holds(Delay::Days(29), Delay::Months(1)));
        assert!(holds(Delay::Days(59), Delay::Months(2)) && !holds(Delay::Days(60), Delay::Months(2)));
        assert!(holds(Delay::Months(1), Delay::Days(42)) && !holds(Delay::Months(2), Delay::Days(61)));
        assert!(holds(Delay::Months(1), Delay::Months(1)) && holds(Delay::Days(0), Delay::Months(0)));
    }

    proptest::proptest! {
        #[test]
        fn what_never_exceeds_never_does(mine in 0_u16..200, months in 0_u16..7, after in 0_i64..4000) {
            let event = calendar::add_days(day("2026-01-01"), after);
            let (days, in_months) = (Delay::Days(mine), Delay::Months(months));
            if days.never_exceeds(in_months) {
                proptest::prop_assert!(days.last_day(event) <= in_months.last_day(event));
            }
            if in_months.never_exceeds(days) {
                proptest::prop_assert!(in_months.last_day(event) <= days.last_day(event));
            }
        }
    }
}
