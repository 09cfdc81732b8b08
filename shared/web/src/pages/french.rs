//! Dates and words as people read them.

use chrono::{DateTime, Timelike, Utc};
use domain::Territory;

pub(super) use contracts::french::{delay, long_date, phone, short_date};

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

/// `12 345`
pub(super) fn number(number: u64) -> String {
    let figures = number.to_string();
    let mut text = String::new();
    for (index, figure) in figures.chars().enumerate() {
        if index > 0 && (figures.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(figure);
    }
    text
}

/// A name without its article, with a capital: `la date de naissance` is `Date de naissance`.
pub(super) fn bare(label: &str) -> String {
    let bare = ["le ", "la ", "l’"].into_iter().find_map(|article| label.strip_prefix(article));
    capital(bare.unwrap_or(label))
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
        "clos" => "Terminé",
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
    fn a_number_is_read_by_thousands_and_a_label_without_its_article() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1 000", "1 234 567"]);
        assert_eq!(["le NIR", "la ville", "l’adresse"].map(bare), ["NIR", "Ville", "Adresse"]);
    }

    #[test]
    fn every_state_has_words() {
        for code in domain::State::CODES {
            assert_ne!(state(code), code);
        }
    }
}
