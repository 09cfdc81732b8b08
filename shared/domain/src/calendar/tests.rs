//! Days off, months, and the hours at which one may write.

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
        ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"]
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

/// What `data/feries.py` found published by others.
const PUBLISHED: &str = include_str!("../../data/feries.csv");

/// Days that the publisher counts and no text does: the Thursday of mid-Lent, Good Friday and the day of Victor Schœlcher
/// are customs of Guadeloupe, the last one of Martinique too.
fn is_a_custom(code: &str, day: NaiveDate) -> bool {
    let since_easter = (day - easter(day.year())).num_days();
    let schoelcher = (day.month(), day.day()) == (7, 21);
    match code {
        "971" => [-24, -2].contains(&since_easter) || schoelcher,
        "972" => schoelcher,
        _ => false,
    }
}

#[test]
fn the_holidays_of_twelve_years_are_those_that_others_publish() {
    let published: Vec<(&str, NaiveDate)> = PUBLISHED
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(';'))
        .map(|(code, day)| (code, date(day)))
        .collect();
    assert!(published.len() > 1000, "{}", published.len());
    for code in ["77", "57", "971", "972", "973", "974", "975", "976"] {
        let ours: Vec<NaiveDate> = date("2024-01-01")
            .iter_days()
            .take_while(|day| day.year() <= 2035)
            .filter(|day| is_holiday(territory(code), *day))
            .collect();
        let theirs: Vec<NaiveDate> = published
            .iter()
            .filter(|(theirs, day)| *theirs == code && !is_a_custom(code, *day))
            .map(|(_, day)| *day)
            .collect();
        assert_eq!(ours, theirs, "{code}");
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

fn from_nine_to_eight() -> Hours {
    Hours::new(9, 20).unwrap()
}

#[test]
fn nobody_is_rung_at_night_on_a_sunday_or_on_a_holiday() {
    let (here, hours) = (territory("77"), from_nine_to_eight());
    for (now, allowed) in [
        ("2026-11-20T07:59:59Z", false),
        ("2026-11-20T08:00:00Z", true),
        ("2026-11-20T18:59:59Z", true),
        ("2026-11-20T19:00:00Z", false),
        ("2026-11-21T10:00:00Z", true),
        ("2026-11-22T10:00:00Z", false),
        ("2026-11-11T10:00:00Z", false),
    ] {
        assert_eq!(hours.hold(here, instant(now)), allowed, "{now}");
    }
    assert!(hours.hold(territory("974"), instant("2026-11-20T05:00:00Z")));
    assert!(!hours.hold(territory("973"), instant("2026-11-20T11:00:00Z")));
    // 10 June is a holiday in Guyane alone, 26 December in Moselle, and Good Friday too.
    for (code, day) in [("973", "2026-06-10"), ("57", "2026-12-26"), ("57", "2026-04-03")] {
        let noon = instant(&format!("{day}T15:00:00Z"));
        assert!(hours.hold(here, noon) && !hours.hold(territory(code), noon), "{code} {day}");
    }
}

#[test]
fn the_next_hour_at_which_one_may_ring_is_the_opening_of_the_next_day_that_has_any() {
    let (here, hours) = (territory("77"), from_nine_to_eight());
    for (now, expected) in [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("2026-11-20T03:00:00Z", "2026-11-20T08:00:00Z"),
        ("2026-11-20T19:00:00Z", "2026-11-21T08:00:00Z"),
        ("2026-11-21T22:30:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-21T23:30:00Z", "2026-11-23T08:00:00Z"),
        // Over a change of hour, and over Easter.
        ("2026-03-28T20:00:00Z", "2026-03-30T07:00:00Z"),
        ("2026-04-04T18:00:00Z", "2026-04-07T07:00:00Z"),
    ] {
        assert_eq!(hours.next(here, instant(now)), instant(expected), "{now}");
    }
}

#[test]
fn the_next_hour_at_which_one_may_ring_is_one_and_never_in_the_past() {
    let hours = from_nine_to_eight();
    for one in Territory::all() {
        let mut now = instant("2026-01-01T00:30:00Z");
        while now < instant("2027-01-08T00:00:00Z") {
            let next = hours.next(one, now);
            assert!(next >= now && hours.hold(one, next), "{one} {now}");
            assert!(next == now || !hours.hold(one, next - TimeDelta::seconds(1)), "{one} {now}: the first");
            now += TimeDelta::hours(5);
        }
    }
}

#[test]
fn hours_follow_each_other_in_one_day() {
    for (opens, closes) in [(9, 9), (20, 9), (9, 24), (25, 26)] {
        assert_eq!(Hours::new(opens, closes), None, "{opens} {closes}");
    }
    let hours = from_nine_to_eight();
    assert_eq!(
        (hours.opens().to_string(), hours.closes().to_string()),
        ("09:00:00".into(), "20:00:00".into())
    );
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
    for wrong in ["2026-13", "2026-00", "2026-1", "26-12", "2026/12", "2026-12-01", "+026-12", "2026-+1", ""]
    {
        assert_eq!(wrong.parse::<Month>(), Err(NotAMonth), "{wrong:?}");
    }
}
