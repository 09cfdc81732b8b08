//! Letters as they are compared: tools and people write the same word in many ways.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in lower case and without accents, its other characters as they are.
pub fn bare(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    text.nfkd().filter(|it| !is_combining_mark(*it)).flat_map(char::to_lowercase).flat_map(spelled_out)
}

/// Letters that French writes as one and keyboards as two.
fn spelled_out(letter: char) -> impl Iterator<Item = char> {
    let written = match letter {
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        _ => "",
    };
    written.chars().chain(written.is_empty().then_some(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_go_and_signs_stay() {
        let text: String = bare("L’Haÿ-les-ROSES, Cœur e\u{301}lu nº 2".chars()).collect();
        assert_eq!(text, "l’hay-les-roses, coeur elu no 2");
    }
}
