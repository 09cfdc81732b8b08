//! Words as people type them, brought to one form: headings, communes and codes are compared in it.

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
    text.chars().flat_map(char::to_lowercase).flat_map(|it| {
        let written: &'static str = unaccented(it);
        let kept = written.is_empty().then_some(it).into_iter().filter(|it| !is_dropped(*it));
        let kept = kept.map(|it| if it.is_alphanumeric() { it } else { ' ' });
        written.chars().chain(kept)
    })
}

/// Marks that combine with the letter before them, and the small letters of `N°` and `1ère`.
fn is_dropped(it: char) -> bool {
    matches!(it, '\u{300}'..='\u{36f}' | 'º' | 'ª')
}

/// The letters under a letter with an accent; nothing for the others.
fn unaccented(it: char) -> &'static str {
    match it {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        _ => "",
    }
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
