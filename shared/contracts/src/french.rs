//! Dates and delays as people read them, in letters and on pages.

use chrono::{Datelike, NaiveDate};
use domain::delay::Delay;

use crate::telephone::Number;

const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A date with its weekday, as in `mardi 3 mars 2026`.
pub fn long_date(date: NaiveDate) -> String {
    let weekday = DAYS[date.weekday().num_days_from_monday() as usize];
    format!("{weekday} {}", short_date(date))
}

/// A date, as in `3 mars 2026`, and `1er` for the first of a month.
pub fn short_date(date: NaiveDate) -> String {
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{day} {} {}", MONTHS[date.month0() as usize], date.year())
}

/// A delay, as in `42 jours` or `2 mois`.
pub fn delay(delay: Delay) -> String {
    match delay {
        Delay::Days(days @ 0..=1) => format!("{days} jour"),
        Delay::Days(days) => format!("{days} jours"),
        Delay::Months(months) => format!("{months} mois"),
    }
}

/// A stored telephone number as people dial it, as in `01 99 00 12 34`; what is not a French number stays as it is.
pub fn phone(stored: &str) -> String {
    Number::read(stored).map_or_else(|| stored.to_owned(), |number| number.dialled())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_with_its_weekday_and_the_first_is_premier() {
        let date = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        assert_eq!(long_date(date(3, 3)), "mardi 3 mars 2026");
        assert_eq!(long_date(date(8, 1)), "samedi 1er août 2026");
        assert_eq!(short_date(date(12, 31)), "31 décembre 2026");
    }

    #[test]
    fn a_delay_agrees_in_number() {
        let said = [Delay::Days(1), Delay::Days(42), Delay::Months(1), Delay::Months(2)].map(delay);
        assert_eq!(said, ["1 jour", "42 jours", "1 mois", "2 mois"]);
    }

    #[test]
    fn a_stored_number_is_read_as_it_is_dialled() {
        assert_eq!(phone("+33199001234"), "01 99 00 12 34");
        assert_eq!(phone("3949"), "3949");
        assert_eq!(phone(""), "");
    }
}
