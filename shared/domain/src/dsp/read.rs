//! How rules read answers: known, or unknown, and never a guess.

use super::{Answer, Answers, Kind, field};

/// Answers as rules read them, in full or through a view.
///
/// `None` always means *unknown*: not asked, not known to the person, not said, or kept away from
/// whoever reads. A rule that meets it is unknown too, never false.
pub trait ReadAnswers {
    /// The code answered to a field of one value; `1` or `0`, `O` or `N` for a yes or a no.
    fn code(&self, field: &str) -> Option<&str>;

    /// Whether the field was answered with this code, alone or among others; unknown too when the
    /// field has no such code.
    fn has(&self, field: &str, code: &str) -> Option<bool>;

    /// Whether the field was answered with a yes.
    fn flag(&self, field: &str) -> Option<bool>;

    /// Whether the person replied to the field, even to say that they do not know or would rather
    /// not say: such a question is not to be asked again.
    fn answered(&self, field: &str) -> bool;
}

impl ReadAnswers for Answers {
    fn code(&self, field: &str) -> Option<&str> {
        match self.get(field)? {
            Answer::Code(code) => Some(code),
            Answer::Flag(true) => Some("1"),
            Answer::Flag(false) => Some("0"),
            Answer::Yes => Some("O"),
            Answer::No => Some("N"),
            Answer::Codes(_) | Answer::DoesNotKnow | Answer::Declined | Answer::Text(_) | Answer::Year(_) => {
                None
            }
        }
    }

    fn has(&self, name: &str, code: &str) -> Option<bool> {
        let exists = match field(name)?.kind {
            Kind::One(codes) | Kind::Many(codes) => codes.iter().any(|known| known.value == code),
            Kind::Bool => ["1", "0"].contains(&code),
            Kind::OVN | Kind::ONS => ["O", "N"].contains(&code),
            Kind::Year | Kind::Rome | Kind::Text(_) => false,
        };
        match self.get(name)? {
            _ if !exists => None,
            Answer::Codes(codes) => Some(codes.contains(code)),
            Answer::Code(_) | Answer::Flag(_) | Answer::Yes | Answer::No => Some(self.code(name)? == code),
            Answer::DoesNotKnow | Answer::Declined | Answer::Text(_) | Answer::Year(_) => None,
        }
    }

    fn flag(&self, field: &str) -> Option<bool> {
        match self.get(field)? {
            Answer::Flag(flag) => Some(*flag),
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::Code(_)
            | Answer::Codes(_)
            | Answer::DoesNotKnow
            | Answer::Declined
            | Answer::Text(_)
            | Answer::Year(_) => None,
        }
    }

    fn answered(&self, field: &str) -> bool {
        self.get(field).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{FIELDS, RawAnswer};

    #[test]
    fn a_yes_or_no_reads_as_a_flag_and_as_a_code() {
        let mut answers = Answers::default();
        answers.insert("topmoyloco", RawAnswer::Flag(false)).unwrap();
        answers.insert("accosocfam", RawAnswer::One("O")).unwrap();
        assert_eq!((answers.flag("topmoyloco"), answers.code("topmoyloco")), (Some(false), Some("0")));
        assert_eq!((answers.flag("accosocfam"), answers.code("accosocfam")), (Some(true), Some("O")));
        assert_eq!(answers.has("accosocfam", "O"), Some(true));
        assert_eq!(answers.has("accosocfam", "N"), Some(false));
    }

    #[test]
    fn a_list_tells_of_each_of_its_codes() {
        let mut answers = Answers::default();
        answers.insert("difdisp", RawAnswer::Many(vec!["0507", "0508"])).unwrap();
        assert_eq!(answers.has("difdisp", "0508"), Some(true));
        assert_eq!(answers.has("difdisp", "0509"), Some(false));
        assert_eq!(answers.has("difdisp", "1001"), None, "a code of another field");
        assert_eq!(answers.code("difdisp"), None);
    }

    #[test]
    fn whoever_does_not_know_or_will_not_say_has_replied_and_is_unknown() {
        let mut answers = Answers::default();
        answers.insert("drorsarmianta2", RawAnswer::One("S")).unwrap();
        answers.insert("soutdemarsoc", RawAnswer::One("V")).unwrap();
        for name in ["drorsarmianta2", "soutdemarsoc"] {
            assert!(answers.answered(name));
            assert_eq!(answers.flag(name), None);
            assert_eq!(answers.code(name), None);
            assert_eq!(answers.has(name, "O"), None);
        }
    }

    #[test]
    fn what_was_not_asked_is_unknown_in_every_field() {
        let answers = Answers::default();
        for one in FIELDS {
            assert!(!answers.answered(one.code));
            assert_eq!(answers.code(one.code), None);
            assert_eq!(answers.flag(one.code), None);
            assert!(one.codes().iter().all(|code| answers.has(one.code, code.value).is_none()));
        }
    }

    #[test]
    fn a_code_that_the_field_does_not_have_is_unknown_and_not_false() {
        let mut answers = Answers::default();
        answers.insert("natlog", RawAnswer::One("0901")).unwrap();
        answers.insert("topmoyloco", RawAnswer::Flag(true)).unwrap();
        answers.insert("libderact", RawAnswer::One("K2204")).unwrap();
        for (name, code) in
            [("natlog", "1006"), ("topmoyloco", "O"), ("libderact", "K2204"), ("logement", "0901")]
        {
            assert_eq!(answers.has(name, code), None, "{name}");
        }
    }

    #[test]
    fn every_code_of_the_table_reads_back() {
        for one in FIELDS {
            for code in one.codes() {
                let mut answers = Answers::default();
                let (raw, alone) = if one.kind.is_list() {
                    (RawAnswer::Many(vec![code.value]), None)
                } else {
                    (RawAnswer::One(code.value), Some(code.value))
                };
                answers.insert(one.code, raw).unwrap();
                assert_eq!(answers.code(one.code), alone);
                for other in one.codes() {
                    assert_eq!(answers.has(one.code, other.value), Some(other == code));
                }
            }
        }
    }
}
