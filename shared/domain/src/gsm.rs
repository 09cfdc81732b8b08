//! What a text message weighs: the seven-bit alphabet of telephones, its septets and its segments.
//!
//! Source: 3GPP TS 23.038, 6.2.1 (basic table) and 6.2.1.1 (extension table); 3GPP TS 23.040, 9.2.3.24.1 (a text in
//! several segments carries a header of six octets in each). One letter outside the alphabet, and the whole text is
//! sent in sixteen bits: less than half as many letters in a segment.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The basic table in the order of its codes, `0x00` to `0x7F`. At `0x1B` stands the escape to the extension table,
/// which is no letter.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ESCAPE, 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

const ESCAPE: char = '\u{1b}';

/// The extension table: code after the escape, letter. Each weighs two septets.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// How a text travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Every letter is in the seven-bit alphabet: 160 septets in one segment, 153 in each of several.
    Gsm7,
    /// At least one is not: 70 units of sixteen bits in one segment, 67 in each of several.
    Ucs2,
}

impl Alphabet {
    /// How many units one segment holds when it is alone.
    const fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// How many units each segment holds when there are several.
    const fn among_others(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// What a letter weighs. What it weighs is never cut between two segments.
    fn weight(self, letter: char) -> usize {
        match self {
            Self::Gsm7 => septets(letter).unwrap_or(0),
            Self::Ucs2 => letter.len_utf16(),
        }
    }
}

/// What a text weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How it travels.
    pub alphabet: Alphabet,
    /// Septets in the seven-bit alphabet, units of sixteen bits otherwise; headers aside.
    pub units: usize,
    /// How many segments are sent, and paid for. An empty text is sent too: one.
    pub segments: usize,
}

/// Weighs a text.
pub fn size(text: &str) -> Size {
    let alphabet = if outside(text).is_none() { Alphabet::Gsm7 } else { Alphabet::Ucs2 };
    let units = text.chars().map(|it| alphabet.weight(it)).sum();
    if units <= alphabet.alone() {
        return Size { alphabet, units, segments: 1 };
    }
    let (mut segments, mut filled) = (1, 0);
    for weight in text.chars().map(|it| alphabet.weight(it)) {
        if filled + weight > alphabet.among_others() {
            (segments, filled) = (segments + 1, 0);
        }
        filled += weight;
    }
    Size { alphabet, units, segments }
}

/// The first letter that is not in the seven-bit alphabet.
pub fn outside(text: &str) -> Option<char> {
    text.chars().find(|it| septets(*it).is_none())
}

/// How many septets a letter of the alphabet weighs; `None` outside it.
fn septets(letter: char) -> Option<usize> {
    if letter != ESCAPE && BASIC.contains(&letter) {
        return Some(1);
    }
    EXTENSION.iter().any(|(_, it)| *it == letter).then_some(2)
}

/// The text in letters of the alphabet: a letter that telephones do not have gives way to the one people would type in
/// its place, and to a question mark when there is none. A text already in the alphabet stays as it is.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if septets(letter).is_some() => folded.push(letter),
            '’' | '‘' | 'ʼ' | '´' => folded.push('\''),
            '«' | '»' | '“' | '”' | '„' => folded.push('"'),
            '\u{2010}'..='\u{2015}' | '−' => folded.push('-'),
            '…' => folded.push_str("..."),
            'œ' => folded.push_str("oe"),
            'Œ' => folded.push_str("OE"),
            'ł' => folded.push('l'),
            'Ł' => folded.push('L'),
            'đ' | 'ð' => folded.push('d'),
            'Đ' | 'Ð' => folded.push('D'),
            'ı' => folded.push('i'),
            letter if letter.is_whitespace() => folded.push(' '),
            letter => folded.extend(bare(letter)),
        }
    }
    folded
}

/// The letter without its marks; nothing for a mark alone, which belongs to the letter before it.
fn bare(letter: char) -> Option<char> {
    if is_combining_mark(letter) {
        return None;
    }
    let base = std::iter::once(letter).nfd().next().filter(|it| septets(*it).is_some());
    Some(base.unwrap_or('?'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn gsm7(units: usize, segments: usize) -> Size {
        Size { alphabet: Alphabet::Gsm7, units, segments }
    }

    fn ucs2(units: usize, segments: usize) -> Size {
        Size { alphabet: Alphabet::Ucs2, units, segments }
    }

    #[test]
    fn the_letters_stand_where_the_standard_puts_them() {
        let known = [
            (0x00, '@'),
            (0x05, 'é'),
            (0x09, 'Ç'),
            (0x0A, '\n'),
            (0x0D, '\r'),
            (0x10, 'Δ'),
            (0x16, 'Π'),
            (0x1B, ESCAPE),
            (0x1F, 'É'),
            (0x24, '¤'),
            (0x40, '¡'),
            (0x5F, '§'),
            (0x60, '¿'),
            (0x7E, 'ü'),
            (0x7F, 'à'),
        ];
        for (code, letter) in known {
            assert_eq!(BASIC[code], letter, "{code:#04x}");
        }
        // Where the table is ASCII: codes and letters are the same.
        for code in (0x20..0x24).chain(0x25..0x40).chain(0x41..0x5B).chain(0x61..0x7B) {
            assert_eq!(BASIC[usize::from(code)], char::from(code), "{code:#04x}");
        }
        assert_eq!(BASIC.iter().collect::<BTreeSet<_>>().len(), 128, "no letter twice");
        assert!(EXTENSION.iter().all(|(_, it)| !BASIC.contains(it)));
        // An extension code whose letter a telephone does not know shows as the basic letter of the same code.
        assert_eq!(
            EXTENSION.map(|(code, _)| BASIC[usize::from(code)]),
            ['\n', 'Λ', '(', ')', '/', '<', '=', '>', '¡', 'e']
        );
    }

    #[test]
    fn the_french_letters_that_telephones_have_and_those_that_they_have_not() {
        for letter in "àéèùÉÇ'\"-€".chars() {
            assert_eq!(outside(&letter.to_string()), None, "{letter}");
        }
        for letter in "âêîôûçëïœÀÈÊÔŒ’«»…–\u{a0}\u{202f}\u{1b}".chars() {
            assert_eq!(outside(&letter.to_string()), Some(letter), "{letter}");
        }
    }

    #[test]
    fn a_text_of_160_septets_is_one_segment_and_one_more_makes_two_of_153() {
        assert_eq!(size(""), gsm7(0, 1));
        assert_eq!(size(&"a".repeat(160)), gsm7(160, 1));
        assert_eq!(size(&"a".repeat(161)), gsm7(161, 2));
        assert_eq!(size(&"a".repeat(306)), gsm7(306, 2));
        assert_eq!(size(&"a".repeat(307)), gsm7(307, 3));
    }

    #[test]
    fn a_letter_of_the_extension_weighs_two_and_is_never_cut() {
        assert_eq!(size(&"€".repeat(80)), gsm7(160, 1));
        assert_eq!(size(&"€".repeat(81)), gsm7(162, 2));
        // 76 fit in 153 septets, and one septet is lost at the end of each segment.
        assert_eq!(size(&"€".repeat(152)), gsm7(304, 2));
        assert_eq!(size(&"€".repeat(153)), gsm7(306, 3));
    }

    #[test]
    fn one_letter_outside_the_alphabet_makes_segments_of_70_then_67() {
        assert_eq!(size(&format!("{}ê", "a".repeat(69))), ucs2(70, 1));
        assert_eq!(size(&format!("{}ê", "a".repeat(70))), ucs2(71, 2));
        assert_eq!(size(&"ê".repeat(134)), ucs2(134, 2));
        assert_eq!(size(&"ê".repeat(135)), ucs2(135, 3));
        // A letter in two units is not cut: 33 of them fill 66 units of 67.
        assert_eq!(size(&"🙂".repeat(35)), ucs2(70, 1));
        assert_eq!(size(&"🙂".repeat(67)), ucs2(134, 3));
    }

    #[test]
    fn a_name_is_written_with_the_letters_that_telephones_have() {
        assert_eq!(folded("Côtes-d’Armor"), "Cotes-d'Armor");
        assert_eq!(folded("Hélène Lefrançois"), "Hélène Lefrancois");
        assert_eq!(folded("« sœur »\u{202f}…"), "\" soeur \" ...");
        assert_eq!(folded("Łukasz Şahin"), "Lukasz Sahin");
        assert_eq!(folded("e\u{302}"), "e", "a mark alone belongs to the letter before it");
        assert_eq!(folded("Ольга"), "?????");
    }

    proptest! {
        #[test]
        fn a_folded_text_is_in_the_alphabet_and_folding_again_changes_nothing(text in "\\PC*") {
            let once = folded(&text);
            prop_assert_eq!(outside(&once), None);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn a_text_in_the_alphabet_is_folded_into_itself(text in "[a-zA-Z0-9àéèùìò€{}^@ \n]*") {
            prop_assert_eq!(folded(&text), text);
        }

        #[test]
        fn segments_hold_all_the_units_and_no_segment_is_sent_for_nothing(text in "[a-z€ê🙂]{0,700}") {
            let Size { alphabet, units, segments } = size(&text);
            if segments == 1 {
                prop_assert!(units <= alphabet.alone());
            } else {
                // At most one unit is lost at the end of each, where a letter of two would have been cut.
                prop_assert!(units > alphabet.alone());
                prop_assert!(units <= segments * alphabet.among_others());
                prop_assert!(units > (segments - 1) * (alphabet.among_others() - 1));
            }
        }

        #[test]
        fn a_longer_text_never_weighs_less(text in "[a-z€ê]{0,400}", more in "[a-z€ê]") {
            let longer = format!("{text}{more}");
            prop_assert!(size(&longer).segments >= size(&text).segments);
        }
    }
}
