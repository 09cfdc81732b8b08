//! Durations as ISO 8601 writes them: `P30D`, `P1W`, `PT6H`, `P1DT12H30M`.

use chrono::Duration;

/// Longest move of the clock in one request: ten years.
const LONGEST: i64 = 3_653;

/// Units before the `T`, in seconds, the longest first.
const DATE: &[(char, i64)] = &[('W', 604_800), ('D', 86_400)];
/// Units after the `T`.
const TIME: &[(char, i64)] = &[('H', 3_600), ('M', 60), ('S', 1)];

/// Reads a duration in weeks, days, hours, minutes and seconds.
pub fn parse_duration(text: &str) -> Result<Duration, BadDuration> {
    let rest = text.strip_prefix('P').ok_or(BadDuration::Shape)?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return Err(BadDuration::Shape),
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    let total = read(date, DATE)? + read(time, TIME)?;
    if total <= Duration::zero() {
        return Err(BadDuration::Empty);
    }
    if total > Duration::days(LONGEST) {
        return Err(BadDuration::TooLong);
    }
    Ok(total)
}

/// Reads numbers followed by units, each at most once and from the longest to the shortest.
fn read(mut part: &str, mut units: &[(char, i64)]) -> Result<Duration, BadDuration> {
    let mut total = Duration::zero();
    while !part.is_empty() {
        let digits = part.find(|it: char| !it.is_ascii_digit()).ok_or(BadDuration::Shape)?;
        let (number, rest) = part.split_at(digits);
        let unit = rest.chars().next().ok_or(BadDuration::Shape)?;
        let at = units.iter().position(|(it, _)| *it == unit).ok_or(match unit {
            'M' | 'Y' => BadDuration::Calendar,
            _ => BadDuration::Shape,
        })?;
        let number: u32 = number.parse().map_err(|_| BadDuration::Shape)?;
        let seconds = i64::from(number).saturating_mul(units[at].1);
        total += Duration::try_seconds(seconds).ok_or(BadDuration::TooLong)?;
        units = &units[at + 1..];
        part = &rest[unit.len_utf8()..];
    }
    Ok(total)
}

/// Why a text is not a duration, as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDuration {
    /// Not ISO 8601.
    #[error("une durée s'écrit comme « P30D » (30 jours), « P1W » (une semaine) ou « PT6H » (6 heures)")]
    Shape,
    /// Months and years have no fixed length.
    #[error("un mois ou une année n'a pas toujours la même longueur : donnez des jours, comme « P30D »")]
    Calendar,
    /// Nothing, or zero.
    #[error("la durée doit être plus longue que zéro")]
    Empty,
    /// Beyond ten years.
    #[error("l'horloge avance de dix ans au plus en une fois")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_days_hours_minutes_and_seconds_add_up() {
        assert_eq!(parse_duration("P30D"), Ok(Duration::days(30)));
        assert_eq!(parse_duration("P2W"), Ok(Duration::days(14)));
        assert_eq!(parse_duration("PT6H"), Ok(Duration::hours(6)));
        assert_eq!(parse_duration("PT30M"), Ok(Duration::minutes(30)));
        assert_eq!(parse_duration("P1DT1H1M1S"), Ok(Duration::seconds(90_061)));
    }

    #[test]
    fn a_month_is_refused_because_its_length_varies() {
        assert_eq!(parse_duration("P1M"), Err(BadDuration::Calendar));
        assert_eq!(parse_duration("P1Y"), Err(BadDuration::Calendar));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "P", "30D", "PT", "P30", "PD", "P1DT", "PT1H1H", "P-1D", "P1D2W", "P1é", "PT99999999999H"]
        {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ten_years_is_the_longest_move() {
        assert_eq!(parse_duration("P4000D"), Err(BadDuration::TooLong));
        assert_eq!(parse_duration("P4294967295W"), Err(BadDuration::TooLong));
        assert_eq!(parse_duration("PT0S"), Err(BadDuration::Empty));
    }
}
