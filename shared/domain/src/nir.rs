//! The NIR, or social security number: a value that is either right, key included, or not there.
//!
//! It never prints itself: neither `Debug` nor an error shows a digit of it. Only `as_str` gives
//! it away, and whoever calls that knows what is being done.

use std::fmt;

/// A NIR of fifteen characters whose key is right, without spaces, the Corsican letter in capital.
///
/// Numbers under way of registration (first figure 3, 4, 7 or 8) are accepted like the others.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nir(String);

/// What is wrong with a NIR, without a digit of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NirError {
    /// There are thirteen characters: the key of two figures is missing.
    #[error("a nir needs its key of two figures")]
    KeyMissing,
    /// There are too few or too many characters.
    #[error("a nir has fifteen characters, not {found}")]
    Length {
        /// How many characters there are, spaces aside.
        found: usize,
    },
    /// A character cannot be where it is.
    #[error("character {position} of the nir cannot be there")]
    Character {
        /// Its place, from 1, spaces aside.
        position: usize,
    },
    /// The key does not match the number: a figure was mistyped.
    #[error("the key of the nir does not match the number")]
    Key,
}

impl NirError {
    /// What to tell the person who typed it, in French.
    pub fn sentence(self) -> String {
        match self {
            Self::KeyMissing => "Ajoutez la clé : les deux derniers chiffres du numéro.".to_owned(),
            Self::Length { found } => {
                format!("Le numéro comporte 15 caractères, clé comprise ; vous en avez saisi {found}.")
            }
            Self::Character { position } => {
                format!("Le caractère n° {position} du numéro n’est pas possible à cette place.")
            }
            Self::Key => "La clé ne correspond pas au numéro : vérifiez chaque chiffre.".to_owned(),
        }
    }
}

impl Nir {
    /// Reads the thirteen characters and the key, with or without spaces.
    pub fn parse(text: &str) -> Result<Self, NirError> {
        let compact = compact(text);
        match compact.chars().count() {
            15 => {}
            13 => return Err(NirError::KeyMissing),
            found => return Err(NirError::Length { found }),
        }
        if let Some((position, _)) = (1..).zip(compact.chars()).find(|(_, character)| !character.is_ascii()) {
            return Err(NirError::Character { position });
        }
        let (number, key) = compact.split_at(13);
        let expected = key_of(number)?;
        for (position, character) in (14..).zip(key.chars()) {
            if !character.is_ascii_digit() {
                return Err(NirError::Character { position });
            }
        }
        if key != format!("{expected:02}") {
            return Err(NirError::Key);
        }
        Ok(Self(compact))
    }

    /// Reads a number that may lack its key, as files of thirteen characters do: the key is then worked out.
    pub fn complete(text: &str) -> Result<Self, NirError> {
        match Self::parse(text) {
            Err(NirError::KeyMissing) => {
                let number = compact(text);
                let key = key_of(&number)?;
                Self::parse(&format!("{number}{key:02}"))
            }
            read => read,
        }
    }

    /// The fifteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key of the thirteen characters of a number: 97 less the remainder of its division by 97.
///
/// Corsica: `2A` counts as 19 and `2B` as 18.
pub fn key_of(number: &str) -> Result<u8, NirError> {
    let found = number.chars().count();
    if found != 13 {
        return Err(NirError::Length { found });
    }
    let mut digits = String::with_capacity(13);
    for (position, character) in (1..).zip(number.chars()) {
        let corsican = position == 7 && digits.ends_with('2');
        match character {
            '1' | '2' | '3' | '4' | '7' | '8' if position == 1 => digits.push(character),
            '0'..='9' if position > 1 => digits.push(character),
            'A' if corsican => digits.replace_range(5.., "19"),
            'B' if corsican => digits.replace_range(5.., "18"),
            _ => return Err(NirError::Character { position }),
        }
    }
    let remainder = digits.bytes().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0')) % 97;
    u8::try_from(97 - remainder).map_err(|_| NirError::Key)
}

/// Without the spaces people put between the groups, ordinary or no-break.
fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

impl fmt::Debug for Nir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nir(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number printed on the specimen card of the Assurance maladie.
    const SPECIMEN: &str = "255081416802538";

    #[test]
    fn a_number_with_its_key_is_accepted_with_or_without_spaces() {
        assert_eq!(Nir::parse(SPECIMEN).unwrap().as_str(), SPECIMEN);
        assert_eq!(Nir::parse(" 2 55 08 14 168 025 38 ").unwrap().as_str(), SPECIMEN);
        assert_eq!(
            Nir::parse("2\u{a0}55\u{202f}08\u{a0}14\u{a0}168\u{a0}025\u{a0}38").unwrap().as_str(),
            SPECIMEN
        );
    }

    #[test]
    fn corsica_counts_as_19_and_18() {
        assert_eq!(key_of("155082A168025"), key_of("1550819168025"));
        assert_eq!(key_of("155082B168025"), key_of("1550818168025"));
        let key = key_of("155082A168025").unwrap();
        let spaced = format!("1 55 08 2a 168 025 {key:02}");
        assert_eq!(Nir::parse(&spaced).unwrap().as_str(), format!("155082A168025{key:02}"));
    }

    #[test]
    fn numbers_under_way_of_registration_are_accepted_with_a_right_key() {
        for first in ['1', '2', '3', '4', '7', '8'] {
            let number = format!("{first}990599123456");
            let full = format!("{number}{:02}", key_of(&number).unwrap());
            assert!(Nir::parse(&full).is_ok(), "{first}");
        }
        for first in ['0', '5', '6', '9', 'A'] {
            let number = format!("{first}990599123456");
            assert_eq!(key_of(&number), Err(NirError::Character { position: 1 }), "{first}");
        }
    }

    #[test]
    fn thirteen_figures_are_not_enough() {
        assert_eq!(Nir::parse(&SPECIMEN[..13]), Err(NirError::KeyMissing));
        assert_eq!(Nir::parse(&SPECIMEN[..14]), Err(NirError::Length { found: 14 }));
        assert_eq!(Nir::parse(""), Err(NirError::Length { found: 0 }));
        assert_eq!(Nir::parse(&format!("{SPECIMEN}1")), Err(NirError::Length { found: 16 }));
    }

    #[test]
    fn a_number_without_its_key_is_completed_and_a_wrong_key_stays_wrong() {
        assert_eq!(Nir::complete(&SPECIMEN[..13]), Nir::parse(SPECIMEN));
        assert_eq!(Nir::complete(SPECIMEN), Nir::parse(SPECIMEN));
        assert_eq!(Nir::complete("255081416802539"), Err(NirError::Key));
        assert_eq!(Nir::complete("2550A14168025"), Err(NirError::Character { position: 5 }));
    }

    #[test]
    fn a_character_out_of_place_is_named_by_its_place() {
        assert_eq!(Nir::parse("25508141680253X"), Err(NirError::Character { position: 15 }));
        assert_eq!(Nir::parse("2550A1416802538"), Err(NirError::Character { position: 5 }));
        assert_eq!(Nir::parse("255081A16802538"), Err(NirError::Character { position: 7 }));
        assert_eq!(Nir::parse("255082C16802538"), Err(NirError::Character { position: 7 }));
        assert_eq!(Nir::parse("2-5508141680253"), Err(NirError::Character { position: 2 }));
        assert_eq!(Nir::parse("255081416802é38"), Err(NirError::Character { position: 13 }));
        assert_eq!(Nir::parse("25508141680253é"), Err(NirError::Character { position: 15 }));
        assert_eq!(Nir::parse("²55081416802538"), Err(NirError::Character { position: 1 }));
    }

    #[test]
    fn one_mistyped_figure_or_two_swapped_are_always_seen() {
        for place in 1..15 {
            for other in '0'..='9' {
                let mut typed: Vec<char> = SPECIMEN.chars().collect();
                if typed[place] == other {
                    continue;
                }
                typed[place] = other;
                let typed: String = typed.into_iter().collect();
                assert_eq!(Nir::parse(&typed), Err(NirError::Key), "place {place}");
            }
        }
        for place in 1..12 {
            let mut typed: Vec<char> = SPECIMEN.chars().collect();
            if typed[place] == typed[place + 1] {
                continue;
            }
            typed.swap(place, place + 1);
            let typed: String = typed.into_iter().collect();
            assert_eq!(Nir::parse(&typed), Err(NirError::Key), "place {place}");
        }
    }

    #[test]
    fn neither_debug_nor_an_error_shows_a_figure_of_the_number() {
        assert_eq!(format!("{:?}", Nir::parse(SPECIMEN).unwrap()), "Nir(…)");
        for wrong in ["255081416802539", "25508141680253", "25508141680253X", "2550814168025"] {
            let error = Nir::parse(wrong).unwrap_err();
            let shown = format!("{error} {error:?} {}", error.sentence());
            assert!(!shown.contains("2550") && !shown.contains("1416"), "{shown}");
        }
    }
}
