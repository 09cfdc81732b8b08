//! Days that count: public holidays, working days, months, and the hours at which one may write.
//!
//! A delay in days is counted in calendar days, a delay in months from date to date (a day that
//! does not exist becomes the last of its month), and the day of the event is not counted.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use crate::territory::Territory;

/// The last day of a delay of `days` that starts with an event of this date; before it when the
/// count is negative.
pub fn add_days(date: NaiveDate, days: i64) -> NaiveDate {
    let magnitude = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(magnitude).unwrap_or(NaiveDate::MIN)
    } else {
        date.checked_add_days(magnitude).unwrap_or(NaiveDate::MAX)
    }
}

/// The last day of a delay of `months` that starts with an event of this date:
/// one month from 31 January ends on 28 or 29 February.
pub fn add_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// Whether the day is a public holiday in the territory.
///
/// Eleven national days (code du travail, L. 3133-1); Good Friday and 26 December in Alsace and
/// Moselle (L. 3134-13; Good Friday is for some communes only, and counts here for all: the
/// favourable reading); the commemoration of the abolition of slavery overseas (L. 3422-2).
pub fn is_holiday(territory: Territory, date: NaiveDate) -> bool {
    let fixed = matches!(
        (date.month(), date.day()),
        (1 | 5 | 11, 1) | (5, 8) | (7, 14) | (8, 15) | (11, 11) | (12, 25)
    );
    let since_easter = (date - easter(date.year())).num_days();
    let (monday, ascension, whit_monday, good_friday) = (1, 39, 50, -2);
    fixed
        || [monday, ascension, whit_monday].contains(&since_easter)
        || match territory.as_str() {
            "57" | "67" | "68" => since_easter == good_friday || (date.month(), date.day()) == (12, 26),
            "971" => (date.month(), date.day()) == (5, 27),
            "972" => (date.month(), date.day()) == (5, 22),
            "973" => (date.month(), date.day()) == (6, 10),
            "974" => (date.month(), date.day()) == (12, 20),
            "976" => (date.month(), date.day()) == (4, 27),
            _ => false,
        }
}

/// Easter Sunday of a year of the Gregorian calendar (Meeus, Jones and Butcher).
pub fn easter(year: i32) -> NaiveDate {
    let golden = year.rem_euclid(19);
    let (century, in_century) = (year.div_euclid(100), year.rem_euclid(100));
    let shift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - shift + 15).rem_euclid(30);
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4).rem_euclid(7);
    let correction = (golden + 11 * epact + 22 * weekday) / 451;
    // 22 March plus this many days, which are never negative.
    let start = NaiveDate::from_ymd_opt(year, 3, 22).unwrap_or(NaiveDate::MAX);
    add_days(start, i64::from(epact + weekday - 7 * correction))
}

/// Whether offices work that day in the territory: Monday to Friday, holidays aside.
pub fn is_working_day(territory: Territory, date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(territory, date)
}

/// The first working day of a month.
pub fn first_working_day(territory: Territory, month: Month) -> NaiveDate {
    on_or_after(territory, month.first_day())
}

/// The last working day before this one.
pub fn previous_working_day(territory: Territory, date: NaiveDate) -> NaiveDate {
    date.iter_days().rev().skip(1).find(|day| is_working_day(territory, *day)).unwrap_or(date)
}

/// The first working day after this one.
pub fn next_working_day(territory: Territory, date: NaiveDate) -> NaiveDate {
    on_or_after(territory, add_days(date, 1))
}

/// The day itself when it is worked, else the next that is: where a delay set to a person ends.
pub fn on_or_after(territory: Territory, date: NaiveDate) -> NaiveDate {
    date.iter_days().find(|day| is_working_day(territory, *day)).unwrap_or(date)
}

/// The day itself when it is worked, else the last that was: when an alert to an office is due.
pub fn on_or_before(territory: Territory, date: NaiveDate) -> NaiveDate {
    date.iter_days().rev().find(|day| is_working_day(territory, *day)).unwrap_or(date)
}

/// The hours of a day, on the territory's clock, at which one may ring at somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    opens: NaiveTime,
    closes: NaiveTime,
}

impl Hours {
    /// From this hour, to the last minute before that one; `None` unless they follow each other in one day.
    pub fn new(opens: u8, closes: u8) -> Option<Self> {
        let hour = |it: u8| NaiveTime::from_hms_opt(it.into(), 0, 0);
        (opens < closes).then_some(Self { opens: hour(opens)?, closes: hour(closes)? })
    }

    /// The time at which they begin.
    pub const fn opens(self) -> NaiveTime {
        self.opens
    }

    /// The time at which they are over.
    pub const fn closes(self) -> NaiveTime {
        self.closes
    }

    /// Whether it is one of them: neither on a Sunday nor on a holiday of the territory.
    pub fn hold(self, territory: Territory, now: DateTime<Utc>) -> bool {
        let local = territory.local(now);
        (self.opens..self.closes).contains(&local.time()) && rings_on(territory, local.date())
    }

    /// The first instant, from now on, that is one of them.
    pub fn next(self, territory: Territory, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.hold(territory, now) {
            return now;
        }
        let today = territory.local_date(now);
        today
            .iter_days()
            .filter(|day| rings_on(territory, *day))
            .map(|day| territory.instant(day.and_time(self.opens)))
            .find(|instant| *instant >= now)
            .unwrap_or(now)
    }
}

fn rings_on(territory: Territory, date: NaiveDate) -> bool {
    date.weekday() != Weekday::Sun && !is_holiday(territory, date)
}

/// A month of a year, written `2026-12`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

/// The text is not a month written `2026-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written with four figures, a hyphen and two figures")]
pub struct NotAMonth;

impl Month {
    /// The month of a year, both counted from one.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(Self)
    }

    /// The month in which a day falls.
    pub fn of(date: NaiveDate) -> Self {
        Self(date.with_day(1).unwrap_or(date))
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        self.next().0.pred_opt().unwrap_or(self.0)
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(add_months(self.0, 1))
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let figures = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        if !figures(year, 4) || !figures(month, 2) {
            return Err(NotAMonth);
        }
        let number = |part: &str| part.parse().map_err(|_| NotAMonth);
        let year = i32::try_from(number(year)?).map_err(|_| NotAMonth)?;
        Self::new(year, number(month)?).ok_or(NotAMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Month({self})")
    }
}

#[cfg(test)]
mod tests;
