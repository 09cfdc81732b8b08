//! Days that count: public holidays, working days, months, and the hours at which one may write.
//!
//! A delay in days is counted in calendar days, a delay in months from date to date (a day that
//! does not exist becomes the last of its month), and the day of the event is not counted.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Timelike, Utc, Weekday};

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

/// Whether a message may be sent to a person now: from 8 to 20 on the territory's clock, neither
/// a Sunday nor a holiday.
pub fn may_write(territory: Territory, now: DateTime<Utc>) -> bool {
    let local = territory.local(now);
    (OPENS..CLOSES).contains(&local.hour()) && writes_on(territory, local.date())
}

/// The first instant, from now on, at which a message may be sent to a person.
pub fn next_allowed(territory: Territory, now: DateTime<Utc>) -> DateTime<Utc> {
    if may_write(territory, now) {
        return now;
    }
    let today = territory.local_date(now);
    let opening = NaiveTime::from_hms_opt(OPENS, 0, 0).unwrap_or(NaiveTime::MIN);
    today
        .iter_days()
        .filter(|day| writes_on(territory, *day))
        .map(|day| territory.instant(day.and_time(opening)))
        .find(|instant| *instant >= now)
        .unwrap_or(now)
}

const OPENS: u32 = 8;
const CLOSES: u32 = 20;

fn writes_on(territory: Territory, date: NaiveDate) -> bool {
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
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn territory(code: &str) -> Territory {
        code.parse().unwrap()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn holidays(code: &str, year: i32) -> Vec<String> {
        NaiveDate::from_ymd_opt(year, 1, 1)
            .unwrap()
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| is_holiday(territory(code), *day))
            .map(|day| day.format("%m-%d").to_string())
            .collect()
    }

    #[test]
    fn easter_falls_on_its_known_dates() {
        let known = [
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
            "2031-04-13",
            "2032-03-28",
            "2033-04-17",
            "2034-04-09",
            "2035-03-25",
        ];
        for day in known.map(date) {
            assert_eq!(easter(day.year()), day);
        }
        for extreme in ["1818-03-22", "1943-04-25", "2000-04-23", "2038-04-25", "2285-03-22"].map(date) {
            assert_eq!(easter(extreme.year()), extreme);
        }
        assert!((1583..4000).all(|year| easter(year).weekday() == Weekday::Sun));
    }

    #[test]
    fn eleven_holidays_are_national() {
        assert_eq!(
            holidays("77", 2026),
            [
                "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11",
                "12-25"
            ]
        );
    }

    #[test]
    fn alsace_and_moselle_have_two_more() {
        for code in ["57", "67", "68"] {
            let days = holidays(code, 2026);
            assert_eq!(days.len(), 13, "{code}");
            assert!(days.contains(&"04-03".to_owned()) && days.contains(&"12-26".to_owned()));
        }
    }

    #[test]
    fn overseas_has_its_day_of_the_abolition_and_nobody_else_has() {
        let abolition =
            [("971", "05-27"), ("972", "05-22"), ("973", "06-10"), ("974", "12-20"), ("976", "04-27")];
        for one in Territory::all() {
            let days = holidays(one.as_str(), 2027);
            let own = abolition.iter().find(|(code, _)| *code == one.as_str());
            match own {
                Some((_, day)) => assert!(days.len() == 12 && days.contains(&(*day).to_owned()), "{one}"),
                None => assert!([11, 13].contains(&days.len()), "{one}"),
            }
        }
    }

    #[test]
    fn the_first_working_day_skips_weekends_and_holidays() {
        let first = |code: &str, month: &str| first_working_day(territory(code), month.parse().unwrap());
        assert_eq!(first("77", "2026-11"), date("2026-11-02"));
        assert_eq!(first("77", "2027-01"), date("2027-01-04"));
        assert_eq!(first("77", "2026-12"), date("2026-12-01"));
        assert_eq!(first("77", "2028-05"), date("2028-05-02"));
    }

    #[test]
    fn working_days_are_found_on_both_sides() {
        let here = territory("77");
        assert_eq!(next_working_day(here, date("2026-12-24")), date("2026-12-28"));
        assert_eq!(next_working_day(territory("67"), date("2025-12-24")), date("2025-12-29"));
        assert_eq!(previous_working_day(here, date("2026-04-07")), date("2026-04-03"));
        assert_eq!(previous_working_day(territory("67"), date("2026-04-07")), date("2026-04-02"));
        assert_eq!(on_or_after(here, date("2026-11-20")), date("2026-11-20"));
        assert_eq!(on_or_after(here, date("2026-11-21")), date("2026-11-23"));
        assert_eq!(on_or_before(here, date("2026-11-22")), date("2026-11-20"));
    }

    #[test]
    fn a_delay_in_months_runs_from_date_to_date_and_ends_on_a_day_that_exists() {
        assert_eq!(add_months(date("2027-01-31"), 1), date("2027-02-28"));
        assert_eq!(add_months(date("2028-01-31"), 1), date("2028-02-29"));
        assert_eq!(add_months(date("2026-11-21"), 1), date("2026-12-21"));
        assert_eq!(add_months(date("2026-12-31"), 2), date("2027-02-28"));
        assert_eq!(add_months(date("2026-11-21"), 0), date("2026-11-21"));
    }

    #[test]
    fn a_delay_in_days_does_not_count_its_first() {
        assert_eq!(add_days(date("2026-11-21"), 42), date("2027-01-02"));
        assert_eq!(add_days(date("2027-01-02"), -42), date("2026-11-21"));
        assert_eq!(add_days(NaiveDate::MAX, 1), NaiveDate::MAX);
        assert_eq!(add_days(NaiveDate::MIN, i64::MIN), NaiveDate::MIN);
    }

    #[test]
    fn nobody_is_written_to_at_night_on_a_sunday_or_on_a_holiday() {
        let here = territory("77");
        for (now, allowed) in [
            ("2026-11-20T06:59:59Z", false),
            ("2026-11-20T07:00:00Z", true),
            ("2026-11-20T18:59:59Z", true),
            ("2026-11-20T19:00:00Z", false),
            ("2026-11-21T10:00:00Z", true),
            ("2026-11-22T10:00:00Z", false),
            ("2026-11-11T10:00:00Z", false),
        ] {
            assert_eq!(may_write(here, instant(now)), allowed, "{now}");
        }
        assert!(may_write(territory("974"), instant("2026-11-20T04:00:00Z")));
        assert!(!may_write(territory("973"), instant("2026-11-20T10:00:00Z")));
    }

    #[test]
    fn the_next_allowed_instant_is_the_opening_of_the_next_day_one_may_write() {
        let here = territory("77");
        for (now, expected) in [
            ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
            ("2026-11-20T03:00:00Z", "2026-11-20T07:00:00Z"),
            ("2026-11-20T19:00:00Z", "2026-11-21T07:00:00Z"),
            ("2026-11-21T22:30:00Z", "2026-11-23T07:00:00Z"),
            ("2026-11-21T23:30:00Z", "2026-11-23T07:00:00Z"),
            ("2026-03-28T20:00:00Z", "2026-03-30T06:00:00Z"),
            ("2026-04-04T18:00:00Z", "2026-04-07T06:00:00Z"),
        ] {
            assert_eq!(next_allowed(here, instant(now)), instant(expected), "{now}");
        }
    }

    #[test]
    fn the_next_allowed_instant_is_always_allowed_and_never_in_the_past() {
        for one in Territory::all() {
            let mut now = instant("2026-01-01T00:30:00Z");
            while now < instant("2027-01-08T00:00:00Z") {
                let next = next_allowed(one, now);
                assert!(next >= now && may_write(one, next), "{one} {now}");
                now += TimeDelta::hours(5);
            }
        }
    }

    #[test]
    fn a_month_is_written_with_six_figures_and_follows_the_one_before() {
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.to_string(), "2026-12");
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.next().previous(), december);
        assert_eq!(december.first_day(), date("2026-12-01"));
        assert_eq!(december.last_day(), date("2026-12-31"));
        assert_eq!("2028-02".parse::<Month>().unwrap().last_day(), date("2028-02-29"));
        assert_eq!(Month::of(date("2026-12-31")), december);
        assert!(december < december.next());
        for wrong in
            ["2026-13", "2026-00", "2026-1", "26-12", "2026/12", "2026-12-01", "+026-12", "2026-+1", ""]
        {
            assert_eq!(wrong.parse::<Month>(), Err(NotAMonth), "{wrong:?}");
        }
    }
}
