//! The calendar, worked out again: midnights of a département, holidays, hours at which one may write to people.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, Utc, Weekday};

use crate::history::Zone;

/// The instant at which a day begins in a département.
pub(crate) fn midnight(zone: &Zone, date: NaiveDate) -> DateTime<Utc> {
    at(zone, date, 0)
}

/// The instant at which a day ends: the midnight after.
pub(crate) fn end_of(zone: &Zone, date: NaiveDate) -> DateTime<Utc> {
    midnight(zone, plus(date, 1))
}

/// The day it is in a département.
pub(crate) fn date_at(zone: &Zone, at: DateTime<Utc>) -> NaiveDate {
    (at + Duration::hours(offset(zone, at))).date_naive()
}

/// A date so many days later.
pub(crate) fn plus(date: NaiveDate, days: i64) -> NaiveDate {
    date + Duration::days(days)
}

/// When an alert of this day is given: at the beginning of the day, or of the last working day before.
pub(crate) fn alert(zone: &Zone, date: NaiveDate) -> DateTime<Utc> {
    let works = |it: NaiveDate| !matches!(it.weekday(), Weekday::Sat | Weekday::Sun) && !holiday(zone, it);
    let mut date = date;
    while !works(date) {
        date = date - Days::new(1);
    }
    midnight(zone, date)
}

/// When a person is asked for something, on this day or on the first after it: at the first hour at which one may ring,
/// neither a Sunday nor a holiday.
pub(crate) fn letter(zone: &Zone, date: NaiveDate, opens: i64) -> DateTime<Utc> {
    let mut date = date;
    while is_off(zone, date) {
        date = date + Days::new(1);
    }
    at(zone, date, opens)
}

/// Whether one may ring at somebody's then.
pub(crate) fn rings(zone: &Zone, now: DateTime<Utc>, (opens, closes): (i64, i64)) -> bool {
    let date = date_at(zone, now);
    !is_off(zone, date) && at(zone, date, opens) <= now && now < at(zone, date, closes)
}

fn is_off(zone: &Zone, date: NaiveDate) -> bool {
    date.weekday() == Weekday::Sun || holiday(zone, date)
}

fn at(zone: &Zone, date: NaiveDate, hour: i64) -> DateTime<Utc> {
    let wall = date.and_time(NaiveTime::MIN).and_utc() + Duration::hours(hour);
    // No change of hour falls at midnight or in the day: the offset an hour before or after is the same.
    wall - Duration::hours(offset(zone, wall - Duration::hours(2)))
}

/// Hours to add to universal time. Paris: two from the last Sunday of March, at one, to the last Sunday of October.
fn offset(zone: &Zone, at: DateTime<Utc>) -> i64 {
    if let Some(hours) = zone.offset {
        return hours.into();
    }
    let change =
        |month| last_sunday(at.year(), month).and_time(NaiveTime::MIN).and_utc() + Duration::hours(1);
    if change(3) <= at && at < change(10) { 2 } else { 1 }
}

fn last_sunday(year: i32, month: u32) -> NaiveDate {
    let last = NaiveDate::from_ymd_opt(year, month, 31).unwrap_or_default();
    last - Days::new(last.weekday().num_days_from_sunday().into())
}

fn holiday(zone: &Zone, date: NaiveDate) -> bool {
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    let own = match zone.code.as_str() {
        "971" => Some((5, 27)),
        "972" => Some((5, 22)),
        "973" => Some((6, 10)),
        "974" => Some((12, 20)),
        "976" => Some((4, 27)),
        _ => None,
    };
    let day = (date.month(), date.day());
    let moving = [1, 39, 50].map(|after| plus(easter(date.year()), after));
    fixed.contains(&day) || own == Some(day) || moving.contains(&date)
}

/// Easter Sunday, by Gauss's method with its two corrections.
fn easter(year: i32) -> NaiveDate {
    let (golden, century) = (year % 19, year / 100);
    let moon = (15 - (13 + 8 * century) / 25 + century - century / 4) % 30;
    let sun = (4 + century - century / 4) % 7;
    let full = (19 * golden + moon) % 30;
    let sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * full + sun) % 7;
    let days = match (full, sunday) {
        (29, 6) => 28,
        (28, 6) if (11 * moon + 11) % 30 < 19 => 27,
        _ => full + sunday,
    };
    plus(NaiveDate::from_ymd_opt(year, 3, 22).unwrap_or_default(), days.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn zone(code: &str, offset: Option<i32>) -> Zone {
        Zone { code: code.into(), offset }
    }

    #[test]
    fn easter_falls_on_its_known_dates() {
        for day in ["2026-04-05", "2027-03-28", "2030-04-21", "2035-03-25", "2038-04-25", "1981-04-19"] {
            assert_eq!(easter(date(day).year()), date(day));
        }
    }

    #[test]
    fn midnight_follows_the_change_of_hour() {
        let paris = zone("77", None);
        let said = |day| midnight(&paris, date(day)).to_rfc3339();
        assert_eq!(said("2026-03-29"), "2026-03-28T23:00:00+00:00");
        assert_eq!(said("2026-03-30"), "2026-03-29T22:00:00+00:00");
        assert_eq!(said("2026-10-25"), "2026-10-24T22:00:00+00:00");
        assert_eq!(said("2026-10-26"), "2026-10-25T23:00:00+00:00");
        assert_eq!(letter(&paris, date("2026-10-26"), 9).to_rfc3339(), "2026-10-26T08:00:00+00:00");
        assert_eq!(
            midnight(&zone("974", Some(4)), date("2026-03-30")).to_rfc3339(),
            "2026-03-29T20:00:00+00:00"
        );
    }

    #[test]
    fn nobody_is_rung_at_night_on_a_sunday_or_on_a_holiday() {
        let paris = zone("77", None);
        let rings = |now: &str| rings(&paris, now.parse().unwrap(), (9, 20));
        for now in ["2026-03-02T08:00:00Z", "2026-03-02T18:59:59Z", "2026-07-04T07:00:00Z"] {
            assert!(rings(now), "{now}");
        }
        for now in
            ["2026-03-02T07:59:59Z", "2026-03-02T19:00:00Z", "2026-03-01T11:00:00Z", "2026-04-06T11:00:00Z"]
        {
            assert!(!rings(now), "{now}");
        }
    }

    #[test]
    fn an_alert_is_given_before_a_day_off_and_a_letter_after() {
        let paris = zone("77", None);
        // Saturday 15 August 2026 is a holiday.
        assert_eq!(alert(&paris, date("2026-08-16")), midnight(&paris, date("2026-08-14")));
        assert_eq!(date_at(&paris, letter(&paris, date("2026-08-15"), 9)), date("2026-08-17"));
    }
}
