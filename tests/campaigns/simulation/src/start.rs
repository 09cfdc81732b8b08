//! When a run starts: so that its delays fall on changes of hour, on 29 February, on the 31st, or on any day.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use fastrand::Rng;

/// Draws the first instant of a run.
pub(crate) fn draw(rng: &mut Rng) -> DateTime<Utc> {
    let year = rng.i32(2026..=2035);
    let day = match rng.u32(..6) {
        0 | 1 => last_sunday(year, 3).and_then(|it| before(it, rng)),
        2 | 3 => last_sunday(year, 10).and_then(|it| before(it, rng)),
        4 => NaiveDate::from_ymd_opt(2028, 2, 29).and_then(|it| before(it, rng)),
        _ => NaiveDate::from_ymd_opt(year, [1, 3, 5, 7, 8, 10, 12][rng.usize(..7)], 31),
    };
    let day = day.unwrap_or_default();
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::milliseconds(rng.i64(0..86_400_000))
}

/// A day from which the date is some weeks away: as far as a delay of the law, or less.
fn before(date: NaiveDate, rng: &mut Rng) -> Option<NaiveDate> {
    date.checked_sub_days(Days::new(rng.u64(..45)))
}

fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    last.iter_days().rev().find(|it| it.weekday() == Weekday::Sun)
}
