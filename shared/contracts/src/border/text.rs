//! Texts that people write: names in any script, one line of words, several lines of words.

use super::{Fault, code};

/// How many characters a person's name may have.
pub(crate) const LONGEST_NAME: usize = 100;

/// A person's name: letters of any script, their marks, apostrophes, hyphens, spaces; 100 characters at most.
pub fn name(text: &str) -> Result<String, Fault> {
    too_long(text, LONGEST_NAME)?;
    if !text.chars().all(is_of_a_name) || !text.chars().any(char::is_alphabetic) {
        let detail = "Écrivez ce nom avec des lettres, des espaces, des traits d’union ou des apostrophes, sans chiffre.";
        return Err(Fault::new(code::CHARACTERS, detail));
    }
    Ok(text.to_owned())
}

/// Words on one line.
pub fn line(text: &str, max: usize) -> Result<String, Fault> {
    too_long(text, max)?;
    if !text.chars().all(is_printable) {
        let detail = "Ce texte doit tenir sur une ligne, sans tabulation ni caractère invisible.";
        return Err(Fault::new(code::CHARACTERS, detail));
    }
    Ok(text.to_owned())
}

/// Words on one line or several.
pub(crate) fn words(text: &str, max: usize) -> Result<String, Fault> {
    let text = text.replace("\r\n", "\n");
    too_long(&text, max)?;
    if !text.chars().all(|it| is_printable(it) || matches!(it, '\n' | '\t')) {
        let detail = "Ce texte contient des caractères invisibles : saisissez-le de nouveau.";
        return Err(Fault::new(code::CHARACTERS, detail));
    }
    Ok(text)
}

/// Whether a character shows, in the order in which it is written: neither a control nor a mark that reorders the line.
pub(super) fn is_printable(it: char) -> bool {
    let reorders = matches!(it, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let noncharacter = u32::from(it) & 0xfffe == 0xfffe || matches!(it, '\u{fdd0}'..='\u{fdef}');
    !it.is_control() && !reorders && !noncharacter
}

fn too_long(text: &str, max: usize) -> Result<(), Fault> {
    if text.chars().count() > max {
        return Err(Fault::new(code::TOO_LONG, format!("Ce texte ne peut pas dépasser {max} caractères.")));
    }
    Ok(())
}

fn is_of_a_name(it: char) -> bool {
    it.is_alphabetic()
        || is_mark(it)
        || matches!(it, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '‘' | '-' | '‐' | '‑' | '.' | '·')
}

/// Marks that scripts write on or between letters and that are not letters themselves (viramas, vowel points,
/// accents, joiners).
fn is_mark(it: char) -> bool {
    let indic = matches!(it, '\u{900}'..='\u{dff}')
        && !it.is_numeric()
        && !matches!(it, '\u{964}' | '\u{965}' | '\u{970}');
    indic
        || matches!(it,
            '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}' | '\u{6d6}'..='\u{6ed}' | '\u{730}'..='\u{74a}' | '\u{7a6}'..='\u{7b0}'
            | '\u{e31}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}' | '\u{f71}'..='\u{f84}'
            | '\u{102b}'..='\u{103e}' | '\u{135d}'..='\u{135f}' | '\u{17b4}'..='\u{17d3}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_any_script() {
        for text in [
            "Zoé",
            "Jean-Pierre",
            "N’Golo",
            "D'Arc",
            "Gal·la",
            "O Ŋ",
            "महेन्द्र",
            "أَحمد",
            "Нина",
            "สมชาย",
            "李",
            "e\u{301}",
        ] {
            assert_eq!(name(text).as_deref(), Ok(text));
        }
        assert!(name(&"é".repeat(100)).is_ok());
    }

    #[test]
    fn a_name_has_no_digit_no_sign_no_control_and_an_end() {
        for text in
            ["12", "Zoé2", "-", "' '", "a\nb", "a\tb", "a\u{0}", "<b>", "🙂", "a;b", "a\u{202e}b", "٣", "a@b"]
        {
            assert_eq!(name(text).unwrap_err().code, code::CHARACTERS, "{text:?}");
        }
        assert_eq!(name(&"é".repeat(101)).unwrap_err().code, code::TOO_LONG);
    }

    #[test]
    fn words_may_have_lines_and_a_line_may_not() {
        assert_eq!(words("a\r\nb\tc 🙂", 10).as_deref(), Ok("a\nb\tc 🙂"));
        assert!(line("a\nb", 10).is_err());
        for text in ["a\u{0}b", "a\u{1b}[31m", "a\u{202e}b", "a\rb", "\u{ffff}"] {
            assert_eq!(words(text, 10).unwrap_err().code, code::CHARACTERS, "{text:?}");
        }
        assert_eq!(words("éàù", 2).unwrap_err().code, code::TOO_LONG);
    }
}
