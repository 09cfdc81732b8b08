//! French typography: no line starts with a `?` or a `»`, and no number is cut in two.
//!
//! It works on a whole page rather than on each string, so that no string can be forgotten: text between tags is
//! changed; tags, attributes and what people are typing (`textarea`, `option`) are not.

/// A narrow space that does not break.
const NARROW: char = '\u{202f}';
/// A space that does not break.
const NO_BREAK: char = '\u{a0}';

/// Applies the rules to the text of a page.
pub(crate) fn page(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 32);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text(&rest[..open], &mut out);
        rest = &rest[open..];
        let end = verbatim_end(rest);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    text(rest, &mut out);
    out
}

/// Where what is copied as it is ends: after the tag, or after the element for those that hold what people type.
fn verbatim_end(rest: &str) -> usize {
    for (open, close) in [("<textarea", "</textarea>"), ("<style", "</style>"), ("<pre", "</pre>")] {
        if rest.starts_with(open) {
            return rest.find(close).map_or(rest.len(), |at| at + close.len());
        }
    }
    rest.find('>').map_or(rest.len(), |at| at + 1)
}

fn text(text: &str, out: &mut String) {
    let chars: Vec<char> = text.chars().collect();
    for (index, &current) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(index + 1).copied();
        out.push(if current == ' ' { space(before, after, &chars[index + 1..]) } else { current });
    }
}

fn space(before: Option<char>, after: Option<char>, following: &[char]) -> char {
    let digit = |it: Option<char>| it.is_some_and(|c| c.is_ascii_digit());
    match (before, after) {
        (_, Some('?' | '!' | ';')) => NARROW,
        (_, Some(':' | '»' | '%' | '€')) | (Some('«' | '°'), _) => NO_BREAK,
        // Telephone numbers, amounts, "9 h 30", "6 semaines" but not "3 mars 2026": a date may be cut.
        _ if digit(before) && digit(after) => NO_BREAK,
        _ if digit(before)
            && following.first() == Some(&'h')
            && !following.get(1).is_some_and(|c| c.is_alphabetic()) =>
        {
            NO_BREAK
        }
        (Some('h'), _) if digit(after) => NO_BREAK,
        _ => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_never_parted_from_its_word() {
        assert_eq!(
            page("<p>Où ? « Ici » : oui !</p>"),
            "<p>Où\u{202f}? «\u{a0}Ici\u{a0}»\u{a0}: oui\u{202f}!</p>"
        );
    }

    #[test]
    fn a_number_is_never_cut() {
        assert_eq!(page("01 64 14"), "01\u{a0}64\u{a0}14");
        assert_eq!(page("à 9 h 30"), "à 9\u{a0}h\u{a0}30");
        assert_eq!(page("6 heures"), "6 heures");
        assert_eq!(page("n° 12"), "n°\u{a0}12");
    }

    #[test]
    fn attributes_and_what_people_type_stay_as_they_are() {
        let html = r#"<input value="a ? b"><textarea rows="2">a ? b</textarea>"#;
        assert_eq!(page(html), html);
        assert_eq!(page("a < b"), "a < b");
    }
}
