//! What the values of a flow are made of: days, times, yes or no.

use chrono::{NaiveDate, NaiveTime};

/// Why a value is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotADay {
    /// It is not written as a day.
    Form,
    /// It is, and no calendar has it.
    Impossible,
}

/// A day as XML writes it, `2026-01-31`; a time zone after it says nothing of a day that is a date of the law.
pub(super) fn day(text: &str) -> Result<NaiveDate, NotADay> {
    let (date, zone) = text.split_at_checked(10).ok_or(NotADay::Form)?;
    if !is_zone(zone) || !fits(date, "0000-00-00") {
        return Err(NotADay::Form);
    }
    date.parse().map_err(|_| NotADay::Impossible)
}

/// A time as XML writes it, `03:00:17.52`.
pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let (time, rest) = text.split_at_checked(8)?;
    let decimals =
        rest.strip_prefix('.').map_or(0, |it| 1 + it.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, zone) = rest.split_at(decimals);
    if !fits(time, "00:00:00") || fraction == "." || fraction.len() > 10 || !is_zone(zone) {
        return None;
    }
    NaiveTime::parse_from_str(time, "%H:%M:%S").ok()
}

/// Yes or no as XML writes it.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// A code or a name as it may be repeated: short and printable, otherwise nothing.
pub(super) fn shown(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && contracts::border::line(text, 40).is_ok()).then_some(text)
}

/// A code as it is quoted in a sentence.
pub(super) fn quoted(text: &str) -> String {
    shown(text).map_or_else(|| "(masqué)".to_owned(), |it| format!("« {it} »"))
}

/// Whether a text has the figures and the signs of a pattern, `0` standing for any figure.
fn fits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(it, wanted)| match wanted {
            b'0' => it.is_ascii_digit(),
            sign => it == sign,
        })
}

fn is_zone(text: &str) -> bool {
    text.is_empty() || text == "Z" || fits(text, "+00:00") || fits(text, "-00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_with_or_without_its_time_zone() {
        let expected = NaiveDate::from_ymd_opt(2024, 2, 29);
        for text in ["2024-02-29", "2024-02-29Z", "2024-02-29+02:00", "2024-02-29-04:00"] {
            assert_eq!(day(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_day_is_told_apart_from_a_day_that_never_was() {
        assert_eq!(day("2023-02-29"), Err(NotADay::Impossible));
        assert_eq!(day("0000-00-00"), Err(NotADay::Impossible));
        for text in
            ["", "29/02/2024", "2024-2-29", "2024-02-29T00:00:00", "20240229", "+2024-02-2", "2024-02-2é"]
        {
            assert_eq!(day(text), Err(NotADay::Form), "{text}");
        }
    }

    #[test]
    fn a_time_may_have_decimals() {
        assert_eq!(time("03:00:17.52"), NaiveTime::from_hms_opt(3, 0, 17));
        assert_eq!(time("23:59:59"), NaiveTime::from_hms_opt(23, 59, 59));
        assert_eq!(time("23:59:59Z"), NaiveTime::from_hms_opt(23, 59, 59));
        for text in ["", "24:00:01", "3:00:17", "03:00", "03:00:17.", "03:00:17,5", "03:00:17.1234567890"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_is_repeated_when_it_is_short_and_printable_and_otherwise_hidden() {
        assert_eq!(quoted("ZZ "), "« ZZ »");
        for text in ["", "   ", "a\u{0}b", "a\u{202e}b", &"x".repeat(41)] {
            assert_eq!(quoted(text), "(masqué)");
        }
    }
}
