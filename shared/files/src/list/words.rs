//! Words as people type them, brought to one form: headings, communes and codes are compared in it.

use domain::letters;

/// The letters and figures alone, in lower case and without accents: `N° Allocataire` and `n°allocataire` are one.
pub(super) fn key(text: &str) -> String {
    folded(text).filter(|it| *it != ' ').collect()
}

/// The same, its words kept apart by one space.
pub(super) fn plain(text: &str) -> String {
    let folded: String = folded(text).collect();
    folded.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without the blanks at its ends, those that do not show included.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|it: char| it.is_whitespace() || matches!(it, '\u{200b}' | '\u{feff}' | '\0'))
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    // The small letters of `nº` and `1ª` are signs here.
    let typed = text.chars().filter(|it| !matches!(it, 'º' | 'ª'));
    letters::bare(typed).map(|it| if it.is_alphanumeric() { it } else { ' ' })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_has_one_form_however_it_is_typed() {
        for text in ["Prénom*", "PRÉNOM", " prenom\t", "Pre\u{301}nom", "pré nom", "Pré\nnom :"] {
            assert_eq!(key(text), "prenom", "{text:?}");
        }
        assert_eq!(key("N° Allocataire"), key("nº_allocataire"));
        assert_eq!(key("Date de\nNaissance"), "datedenaissance");
    }

    #[test]
    fn words_keep_one_space_between_them() {
        assert_eq!(plain("  Sainte-Œuvre  (L’Île)\u{a0}"), "sainte oeuvre l ile");
    }

    #[test]
    fn blanks_that_do_not_show_are_trimmed() {
        assert_eq!(trimmed("\u{feff}\u{a0} Zoé \t\r\n\u{200b}"), "Zoé");
    }
}
