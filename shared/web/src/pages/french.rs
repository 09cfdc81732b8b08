//! Dates and words as people read them.

use chrono::{DateTime, Timelike, Utc};
use domain::Territory;

pub(super) use contracts::french::{long_date, short_date};

/// `mardi 3 mars 2026 à 9 h 30`, on the wall of the territory.
pub(super) fn moment(territory: Territory, at: DateTime<Utc>) -> String {
    let local = territory.local(at);
    format!("{} à {} h {:02}", long_date(local.date()), local.hour(), local.minute())
}

/// The same words, with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `01 64 14 77 77` from `+33164147777`.
pub(super) fn phone(e164: &str) -> String {
    match e164.strip_prefix("+33") {
        Some(national) if national.len() == 9 && national.is_ascii() => {
            let digits = format!("0{national}");
            [0, 2, 4, 6, 8].map(|at| &digits[at..at + 2]).join(" ")
        }
        _ => e164.to_owned(),
    }
}

/// What a professional reads of a state.
pub(super) fn state(code: &str) -> &str {
    match code {
        "depose" => "Reçu",
        "urgence" => "Urgence",
        "a_orienter" => "À orienter",
        "oriente" => "Orienté",
        "en_attente_de_place" => "En attente de place",
        "affecte" => "Affecté",
        "attente_france_travail" => "Attend France Travail",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn a_moment_is_told_on_the_wall_of_the_territory() {
        let at = "2026-03-03T08:30:00Z".parse().unwrap();
        assert_eq!(moment("77".parse().unwrap(), at), "mardi 3 mars 2026 à 9 h 30");
        assert_eq!(short_date(NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()), "1er mai 2026");
    }

    #[test]
    fn a_phone_number_is_read_in_pairs() {
        assert_eq!(phone("+33164147777"), "01 64 14 77 77");
        assert_eq!(phone("3949"), "3949");
    }

    #[test]
    fn every_state_has_words() {
        for code in domain::State::CODES {
            assert_ne!(state(code), code);
        }
    }
}
