//! The answers as a decision without a human hand may read them: without article 9.
//!
//! The view must not let a sensitive answer be guessed from what it leaves out, so what it says
//! depends on the ordinary codes alone:
//! - a field that is sensitive whatever the answer reads as not answered;
//! - a field of one value reads as not answered when its answer is sensitive;
//! - in a list, a sensitive code is unknown, and so is "none" when the list has sensitive codes,
//!   because *not none, and nothing else* would tell of one;
//! - for the same reason, a list that has no "none" and holds sensitive codes only reads as not
//!   answered.

use std::fmt;

use super::{Answer, Answers, Code, Field, ReadAnswers, Sensitivity, field};

/// The view of the answers from which health, and what comes close to it, is absent.
///
/// The answers behind it cannot be reached through it.
#[derive(Clone, Copy)]
pub struct OrdinaryAnswers<'a> {
    answers: &'a Answers,
}

impl<'a> OrdinaryAnswers<'a> {
    pub(super) fn of(answers: &'a Answers) -> Self {
        Self { answers }
    }
}

impl ReadAnswers for OrdinaryAnswers<'_> {
    fn code(&self, name: &str) -> Option<&str> {
        visible(name, self.answers)?;
        self.answers.code(name)
    }

    fn has(&self, name: &str, code: &str) -> Option<bool> {
        let known = visible(name, self.answers)?;
        if known.code(code).is_some_and(|code| tells_nothing(known, code)) {
            return None;
        }
        self.answers.has(name, code)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        visible(name, self.answers)?;
        self.answers.flag(name)
    }

    fn answered(&self, name: &str) -> bool {
        visible(name, self.answers).is_some()
    }
}

/// The field, if it is answered and the view may show that it is.
fn visible(name: &str, answers: &Answers) -> Option<&'static Field> {
    let known = field(name)?;
    let ordinary =
        |value: &str| known.code(value).is_some_and(|code| code.sensitivity == Sensitivity::Ordinary);
    let shown = known.sensitivity == Sensitivity::Ordinary
        && match answers.get(name)? {
            Answer::Code(value) => ordinary(value),
            Answer::Codes(values) => {
                known.codes().iter().any(|code| code.exclusive) || values.iter().any(|value| ordinary(value))
            }
            Answer::Flag(_)
            | Answer::Yes
            | Answer::No
            | Answer::DoesNotKnow
            | Answer::Declined
            | Answer::Text(_)
            | Answer::Year(_) => true,
        };
    shown.then_some(known)
}

/// Whether the view must not say if this code was answered.
fn tells_nothing(field: &Field, code: &Code) -> bool {
    code.sensitivity != Sensitivity::Ordinary || (code.exclusive && field.is_sensitive())
}

impl fmt::Debug for OrdinaryAnswers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrdinaryAnswers(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{FIELDS, RawAnswer};

    /// Everything that the view says of a field.
    type Said = (bool, Option<String>, Option<bool>, Vec<Option<bool>>);

    fn said(answers: &Answers, name: &str) -> Said {
        let view = answers.ordinary();
        let codes = field(name).unwrap().codes();
        let each = codes.iter().map(|code| view.has(name, code.value)).collect();
        (view.answered(name), view.code(name).map(str::to_owned), view.flag(name), each)
    }

    fn answered(name: &str, values: &[&str]) -> Answers {
        let mut answers = Answers::default();
        if !values.is_empty() {
            answers.insert(name, RawAnswer::Many(values.to_vec())).unwrap();
        }
        answers
    }

    fn alone(field: &Field, code: &Code) -> RawAnswer<'static> {
        if field.kind.is_list() { RawAnswer::Many(vec![code.value]) } else { RawAnswer::One(code.value) }
    }

    fn lists() -> impl Iterator<Item = (&'static Field, &'static [Code])> {
        FIELDS.iter().filter(|field| field.kind.is_list()).map(|field| (field, field.codes()))
    }

    #[test]
    fn no_sensitive_code_is_readable_in_any_field() {
        for one in FIELDS {
            for code in one.codes().iter().filter(|code| code.sensitivity != Sensitivity::Ordinary) {
                let mut answers = Answers::default();
                let raw = alone(one, code);
                answers.insert(one.code, raw).unwrap();
                assert_eq!(answers.has(one.code, code.value), Some(true), "the answer itself knows");
                let view = answers.ordinary();
                assert_eq!(view.has(one.code, code.value), None, "{} {}", one.code, code.value);
                assert_eq!(view.code(one.code), None, "{} {}", one.code, code.value);
                assert!(one.codes().iter().all(|other| view.has(one.code, other.value) != Some(true)));
            }
        }
    }

    #[test]
    fn a_sensitive_field_reads_as_not_answered_whatever_was_said() {
        let whole = FIELDS.iter().filter(|field| field.sensitivity != Sensitivity::Ordinary);
        for one in whole {
            let nothing = said(&Answers::default(), one.code);
            for raw in ["1", "0", "O", "N", "2001", "des mots"] {
                let mut answers = Answers::default();
                if answers.insert(one.code, RawAnswer::One(raw)).is_ok() {
                    assert_eq!(said(&answers, one.code), nothing, "{}", one.code);
                }
            }
        }
    }

    #[test]
    fn a_single_value_that_is_sensitive_reads_as_not_answered() {
        let mut answers = Answers::default();
        answers.insert("sitpersdemrsa", RawAnswer::One("0102")).unwrap();
        assert_eq!(said(&answers, "sitpersdemrsa"), said(&Answers::default(), "sitpersdemrsa"));
        let mut answers = Answers::default();
        answers.insert("sitpersdemrsa", RawAnswer::One("0107")).unwrap();
        assert_eq!(answers.ordinary().code("sitpersdemrsa"), Some("0107"));
        assert_eq!(answers.ordinary().has("sitpersdemrsa", "0101"), Some(false));
        assert_eq!(answers.ordinary().has("sitpersdemrsa", "0102"), None);
    }

    /// For every possible answer to every list: take the sensitive codes out, and the view says
    /// the same. Where nothing would remain, it says what it says of "none", or of no answer.
    #[test]
    fn what_the_view_says_of_a_list_does_not_depend_on_its_sensitive_codes() {
        let mut compared = 0;
        for (one, codes) in lists().filter(|(one, _)| one.is_sensitive()) {
            let plain: Vec<&Code> = codes.iter().filter(|code| !code.exclusive).collect();
            let none: Vec<&str> = codes.iter().filter(|code| code.exclusive).map(|code| code.value).collect();
            for mask in 1_u32..1 << plain.len() {
                let ticked = (0..).zip(&plain).filter(|(bit, _)| mask & (1 << bit) != 0);
                let ticked: Vec<&Code> = ticked.map(|(_, code)| *code).collect();
                let all: Vec<&str> = ticked.iter().map(|code| code.value).collect();
                let kept = ticked.iter().filter(|code| code.sensitivity == Sensitivity::Ordinary);
                let mut kept: Vec<&str> = kept.map(|code| code.value).collect();
                if kept.is_empty() {
                    kept.clone_from(&none);
                }
                assert_eq!(
                    said(&answered(one.code, &all), one.code),
                    said(&answered(one.code, &kept), one.code),
                    "{} {all:?}",
                    one.code
                );
                compared += 1;
            }
        }
        assert!(compared > 8_000, "{compared}");
    }

    #[test]
    fn ordinary_codes_of_a_list_read_beside_sensitive_ones() {
        let answers = answered("difdisp", &["0507", "0508"]);
        let view = answers.ordinary();
        assert_eq!(view.has("difdisp", "0507"), Some(true));
        assert_eq!(view.has("difdisp", "0509"), Some(false));
        assert_eq!(view.has("difdisp", "0508"), None);
        assert_eq!(view.has("difdisp", "0501"), None);
        assert!(view.answered("difdisp"));
    }

    #[test]
    fn a_field_without_anything_sensitive_reads_as_it_does_in_full() {
        for (one, codes) in lists().filter(|(one, _)| !one.is_sensitive()) {
            for code in codes {
                let answers = answered(one.code, &[code.value]);
                for other in codes {
                    let full = answers.has(one.code, other.value);
                    assert_eq!(answers.ordinary().has(one.code, other.value), full);
                }
            }
        }
        let mut answers = Answers::default();
        answers.insert("natlog", RawAnswer::One("0904")).unwrap();
        answers.insert("accosocfam", RawAnswer::One("V")).unwrap();
        answers.insert("topprojpro", RawAnswer::Flag(true)).unwrap();
        let view = answers.ordinary();
        assert_eq!(view.code("natlog"), Some("0904"));
        assert!(view.answered("accosocfam") && view.flag("accosocfam").is_none());
        assert_eq!(view.flag("topprojpro"), Some(true));
        assert_eq!(format!("{view:?}"), "OrdinaryAnswers(…)");
    }
}
