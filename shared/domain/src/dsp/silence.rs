//! Why a field tells nothing: four silences that must not be taken for each other, nor for a no.

use super::{Answer, Answers, ReadAnswers, field};

/// Why nothing is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// The question was not asked, or was left blank.
    NotAsked,
    /// Another answer leaves the question without object.
    NoObject,
    /// The person does not know (`S`).
    DoesNotKnow,
    /// The person would rather not say (`V`).
    Declined,
}

impl Silence {
    /// What people read, in French.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotAsked => "Sans réponse",
            Self::NoObject => "Sans objet",
            Self::DoesNotKnow => "Ne sait pas",
            Self::Declined => "Ne veut pas répondre",
        }
    }
}

/// A question, and the answer to another one that leaves it without object.
const WITHOUT_OBJECT: [(&str, &str, &str); 12] = [
    ("drorsarmianta2", "topdrorsarmiant", "0"),
    ("nataccosocfam", "accosocfam", "N"),
    ("nataccosocindi", "accosocindi", "N"),
    ("annobtnivdipmax", "nivdipmaxobt", "2606"),
    ("libderact", "hispro", "1904"),
    ("libsecactderact", "hispro", "1904"),
    ("cessderact", "hispro", "1904"),
    ("topdomideract", "hispro", "1904"),
    ("libactdomi", "hispro", "1904"),
    ("duractdomi", "hispro", "1904"),
    ("projpro", "topprojpro", "0"),
    ("moytrans", "topmoyloco", "0"),
];

/// Why the field tells nothing; `None` when it does tell something, or does not exist.
pub(super) fn of(answers: &Answers, name: &str) -> Option<Silence> {
    field(name)?;
    match answers.get(name) {
        Some(Answer::DoesNotKnow) => Some(Silence::DoesNotKnow),
        Some(Answer::Declined) => Some(Silence::Declined),
        None => {
            let without_object = WITHOUT_OBJECT
                .iter()
                .any(|(field, other, said)| *field == name && answers.code(other) == Some(said));
            Some(if without_object { Silence::NoObject } else { Silence::NotAsked })
        }
        Some(
            Answer::Code(_)
            | Answer::Codes(_)
            | Answer::Flag(_)
            | Answer::Yes
            | Answer::No
            | Answer::Text(_)
            | Answer::Year(_),
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::RawAnswer;

    #[test]
    fn the_four_silences_are_told_apart() {
        let mut answers = Answers::default();
        answers.insert("accosocfam", RawAnswer::One("N")).unwrap();
        answers.insert("concoformqualiemploi", RawAnswer::One("S")).unwrap();
        answers.insert("soutdemarsoc", RawAnswer::One("V")).unwrap();
        assert_eq!(answers.silence("accosocfam"), None);
        assert_eq!(answers.silence("nataccosocfam"), Some(Silence::NoObject));
        assert_eq!(answers.silence("nataccosocindi"), Some(Silence::NotAsked));
        assert_eq!(answers.silence("concoformqualiemploi"), Some(Silence::DoesNotKnow));
        assert_eq!(answers.silence("soutdemarsoc"), Some(Silence::Declined));
        assert_eq!(answers.silence("inconnu"), None);
    }

    #[test]
    fn every_question_without_object_depends_on_an_answer_that_exists() {
        for (name, other, said) in WITHOUT_OBJECT {
            let mut answers = Answers::default();
            answers.insert(other, RawAnswer::One(said)).unwrap();
            assert_eq!(answers.silence(name), Some(Silence::NoObject), "{name}");
            assert_eq!(Answers::default().silence(name), Some(Silence::NotAsked), "{name}");
        }
    }
}
