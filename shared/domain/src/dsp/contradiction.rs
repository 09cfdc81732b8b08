//! Answers that cannot be true together, field against field.
//!
//! Inside one list, "none" beside something else never gets in: `Answers::insert` refuses it.

use super::ReadAnswers;

/// Answers to several fields that cannot be true together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The fields in conflict, the one that states most first.
    pub fields: [&'static str; 2],
    /// What does not fit, in French; it names the questions, not the person.
    pub sentence: &'static str,
}

/// Every contradiction between the fields, in the order of the table below.
///
/// What is unknown contradicts nothing.
pub fn contradictions(answers: &impl ReadAnswers) -> Vec<Contradiction> {
    if answers.has("hispro", "1904") != Some(true) {
        return Vec::new();
    }
    let recent = answers.has("cessderact", "2701") == Some(true);
    let dominant = answers.flag("topdomideract") == Some(true);
    [
        (
            "cessderact",
            recent,
            "« N’a jamais travaillé » et « encore en activité, ou arrêt depuis moins d’un an ».",
        ),
        ("libderact", answers.answered("libderact"), "« N’a jamais travaillé » et une dernière activité."),
        (
            "libsecactderact",
            answers.answered("libsecactderact"),
            "« N’a jamais travaillé » et le secteur d’une dernière activité.",
        ),
        ("topdomideract", dominant, "« N’a jamais travaillé » et une activité principale."),
        (
            "libactdomi",
            answers.answered("libactdomi"),
            "« N’a jamais travaillé » et une activité principale.",
        ),
        (
            "duractdomi",
            answers.answered("duractdomi"),
            "« N’a jamais travaillé » et la durée d’une activité principale.",
        ),
    ]
    .into_iter()
    .filter(|(_, conflicts, _)| *conflicts)
    .map(|(field, _, sentence)| Contradiction { fields: ["hispro", field], sentence })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{Answers, RawAnswer};

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (field, value) in pairs {
            answers.insert(field, RawAnswer::One(value)).unwrap();
        }
        answers
    }

    #[test]
    fn whoever_never_worked_has_no_activity_of_any_kind() {
        for (field, value) in [
            ("cessderact", "2701"),
            ("libderact", "K2204"),
            ("libsecactderact", "K22"),
            ("topdomideract", "1"),
            ("libactdomi", "K2204"),
            ("duractdomi", "2104"),
        ] {
            let found = answers(&[("hispro", "1904"), (field, value)]).contradictions();
            assert_eq!(found.len(), 1, "{field}");
            assert_eq!(found[0].fields, ["hispro", field]);
            assert!(found[0].sentence.ends_with('.'));
            for past in ["1901", "1902", "1903"] {
                assert!(answers(&[("hispro", past), (field, value)]).contradictions().is_empty(), "{past}");
            }
            assert!(answers(&[(field, value)]).contradictions().is_empty());
        }
    }

    #[test]
    fn an_activity_that_ended_long_ago_or_is_not_dominant_is_no_contradiction() {
        let quiet = answers(&[("hispro", "1904"), ("cessderact", "2702"), ("topdomideract", "0")]);
        assert!(quiet.contradictions().is_empty());
    }

    #[test]
    fn all_contradictions_are_told_at_once_and_through_the_view_too() {
        let many = answers(&[("hispro", "1904"), ("cessderact", "2701"), ("libderact", "K2204")]);
        assert_eq!(many.contradictions().len(), 2);
        assert_eq!(contradictions(&many.ordinary()), many.contradictions());
    }
}
