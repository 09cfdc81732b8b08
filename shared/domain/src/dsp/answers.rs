//! The answers a person gave, checked against the table as they come in.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Contradiction, Field, Kind, OrdinaryAnswers, Silence, contradictions, field, silence};

/// The answers of one person, by field.
///
/// What is in here exists in the table, and no list holds "none" beside something else. `Debug`
/// shows which fields are answered and not what was said.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<&'static str, Answer>);

/// What was answered to one field.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// The one code.
    Code(&'static str),
    /// The codes, at least one.
    Codes(BTreeSet<&'static str>),
    /// Yes or no, to a field that leaves no other choice.
    Flag(bool),
    /// Yes, to a field that lets one say nothing.
    Yes,
    /// No, to a field that lets one say nothing.
    No,
    /// `S`: the person does not know.
    DoesNotKnow,
    /// `V`: the person would rather not say.
    Declined,
    /// Free words, or a code of the ROME.
    Text(String),
    /// A year.
    Year(i32),
}

/// An answer as it comes in, before anything is known of it.
#[derive(Clone, PartialEq, Eq)]
pub enum RawAnswer<'a> {
    /// One value: a code, `0`, `1`, `O`, `N`, `S`, `V`, a year or words.
    One(&'a str),
    /// Several codes.
    Many(Vec<&'a str>),
    /// True or false.
    Flag(bool),
}

/// Why an answer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No field bears the name.
    #[error("there is no such dsp field")]
    UnknownField,
    /// The field has no such code.
    #[error("dsp field {field} has no code {value}")]
    UnknownCode {
        /// The field.
        field: &'static str,
        /// The code, or `(masqué)` when it does not look like one: it could be anything.
        value: String,
    },
    /// One value where a list is expected, or a list where one is, or an empty one.
    #[error("dsp field {field} expects an answer of another shape")]
    WrongShape {
        /// The field.
        field: &'static str,
    },
    /// More words than the field holds.
    #[error("dsp field {field} holds at most {max} characters")]
    TooLong {
        /// The field.
        field: &'static str,
        /// How many characters it holds.
        max: usize,
    },
    /// "None" and something else in the same list.
    #[error("dsp field {field} says none and something else")]
    ExclusiveWithOthers {
        /// The field.
        field: &'static str,
        /// The code that says none.
        code: &'static str,
    },
    /// The field was answered twice, or a code is twice in its list.
    #[error("dsp field {field} is answered twice")]
    Duplicate {
        /// The field.
        field: &'static str,
    },
}

impl AnswerError {
    /// The field at fault, when it exists.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::UnknownField => None,
            Self::UnknownCode { field, .. }
            | Self::WrongShape { field }
            | Self::TooLong { field, .. }
            | Self::ExclusiveWithOthers { field, .. }
            | Self::Duplicate { field } => Some(field),
        }
    }

    /// What is wrong, in one stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownField => "champ_inconnu",
            Self::UnknownCode { .. } => "code_inconnu",
            Self::WrongShape { .. } => "forme_invalide",
            Self::TooLong { .. } => "trop_long",
            Self::ExclusiveWithOthers { .. } => "reponses_contradictoires",
            Self::Duplicate { .. } => "reponse_en_double",
        }
    }

    /// What to tell whoever sent it, in French.
    pub fn sentence(&self) -> String {
        match self {
            Self::UnknownField => "Cette question n’existe pas dans les DSP.".to_owned(),
            Self::UnknownCode { value, .. } => format!("Le code {value} n’existe pas pour cette question."),
            Self::WrongShape { .. } => "La réponse n’a pas la forme attendue pour cette question.".to_owned(),
            Self::TooLong { max, .. } => format!("La réponse dépasse {max} caractères."),
            Self::ExclusiveWithOthers { .. } => {
                "La réponse dit « aucun » et autre chose à la fois : gardez l’un ou l’autre.".to_owned()
            }
            Self::Duplicate { .. } => "La même réponse est donnée deux fois.".to_owned(),
        }
    }
}

impl Answers {
    /// Adds the answer to a field, if the table allows it and the field has none yet.
    pub fn insert(&mut self, name: &str, raw: RawAnswer<'_>) -> Result<(), AnswerError> {
        let known = field(name).ok_or(AnswerError::UnknownField)?;
        if self.0.contains_key(known.code) {
            return Err(AnswerError::Duplicate { field: known.code });
        }
        self.0.insert(known.code, read(known, raw)?);
        Ok(())
    }

    /// The answer to a field, whatever it is.
    pub fn get(&self, field: &str) -> Option<&Answer> {
        self.0.get(field)
    }

    /// The fields answered, in alphabetical order, with their answers.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Answer)> {
        self.0.iter().map(|(field, answer)| (*field, answer))
    }

    /// How many fields are answered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Why a field tells nothing; `None` when it does tell something, or does not exist.
    pub fn silence(&self, name: &str) -> Option<Silence> {
        silence::of(self, name)
    }

    /// What was said in one field and cannot be true with what was said in another.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        contradictions(self)
    }

    /// The view from which health, and what comes close to it, is absent.
    pub fn ordinary(&self) -> OrdinaryAnswers<'_> {
        OrdinaryAnswers::of(self)
    }
}

impl Answer {
    /// What was answered as the CNAF writes it, in order: inserted again, it gives the same answer.
    pub fn values(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Code(code) => vec![Cow::Borrowed(*code)],
            Self::Codes(codes) => codes.iter().map(|code| Cow::Borrowed(*code)).collect(),
            Self::Flag(true) => vec![Cow::Borrowed("1")],
            Self::Flag(false) => vec![Cow::Borrowed("0")],
            Self::Yes => vec![Cow::Borrowed("O")],
            Self::No => vec![Cow::Borrowed("N")],
            Self::DoesNotKnow => vec![Cow::Borrowed("S")],
            Self::Declined => vec![Cow::Borrowed("V")],
            Self::Text(words) => vec![Cow::Borrowed(words.as_str())],
            Self::Year(year) => vec![Cow::Owned(year.to_string())],
        }
    }

    /// What was answered as people read it, in French.
    pub fn labels(&self, field: &Field) -> Vec<Cow<'_, str>> {
        match self {
            Self::Code(_) | Self::Codes(_) => {
                let label = |value: Cow<'_, str>| field.code(&value).map(|code| Cow::Borrowed(code.label));
                self.values().into_iter().filter_map(label).collect()
            }
            Self::Flag(true) | Self::Yes => vec![Cow::Borrowed("Oui")],
            Self::Flag(false) | Self::No => vec![Cow::Borrowed("Non")],
            Self::DoesNotKnow => vec![Cow::Borrowed("Ne sait pas")],
            Self::Declined => vec![Cow::Borrowed("Ne veut pas répondre")],
            Self::Text(_) | Self::Year(_) => self.values(),
        }
    }
}

fn read(field: &'static Field, raw: RawAnswer<'_>) -> Result<Answer, AnswerError> {
    let wrong_shape = AnswerError::WrongShape { field: field.code };
    let unknown = |value: &str| AnswerError::UnknownCode { field: field.code, value: shown(value) };
    match (field.kind, raw) {
        (Kind::One(_), RawAnswer::One(value)) => {
            field.code(value).map(|code| Answer::Code(code.value)).ok_or_else(|| unknown(value))
        }
        (Kind::Many(_), RawAnswer::Many(values)) => several(field, &values),
        (Kind::Bool, RawAnswer::Flag(flag)) => Ok(Answer::Flag(flag)),
        (Kind::Bool, RawAnswer::One("1")) => Ok(Answer::Flag(true)),
        (Kind::Bool, RawAnswer::One("0")) => Ok(Answer::Flag(false)),
        (Kind::OVN | Kind::ONS, RawAnswer::One("O")) => Ok(Answer::Yes),
        (Kind::OVN | Kind::ONS, RawAnswer::One("N")) => Ok(Answer::No),
        (Kind::OVN, RawAnswer::One("V")) => Ok(Answer::Declined),
        (Kind::ONS, RawAnswer::One("S")) => Ok(Answer::DoesNotKnow),
        (Kind::Year, RawAnswer::One(value)) => year(value).map(Answer::Year).ok_or(wrong_shape),
        (Kind::Rome, RawAnswer::One(value)) if is_rome(value) => Ok(Answer::Text(value.to_owned())),
        (Kind::Bool | Kind::OVN | Kind::ONS | Kind::Rome, RawAnswer::One(value)) => Err(unknown(value)),
        (Kind::Text(max), RawAnswer::One(value)) => {
            let words = value.trim();
            if words.chars().count() > max {
                Err(AnswerError::TooLong { field: field.code, max })
            } else if words.is_empty() || words.chars().any(|c| c.is_control() && !c.is_whitespace()) {
                Err(wrong_shape)
            } else {
                Ok(Answer::Text(words.to_owned()))
            }
        }
        (_, RawAnswer::One(_) | RawAnswer::Many(_) | RawAnswer::Flag(_)) => Err(wrong_shape),
    }
}

fn several(field: &'static Field, values: &[&str]) -> Result<Answer, AnswerError> {
    let mut codes = BTreeSet::new();
    let mut none = None;
    for value in values {
        let Some(code) = field.code(value) else {
            return Err(AnswerError::UnknownCode { field: field.code, value: shown(value) });
        };
        if !codes.insert(code.value) {
            return Err(AnswerError::Duplicate { field: field.code });
        }
        if code.exclusive {
            none = Some(code.value);
        }
    }
    match none {
        Some(code) if codes.len() > 1 => Err(AnswerError::ExclusiveWithOthers { field: field.code, code }),
        Some(_) | None if codes.is_empty() => Err(AnswerError::WrongShape { field: field.code }),
        Some(_) | None => Ok(Answer::Codes(codes)),
    }
}

fn year(value: &str) -> Option<i32> {
    let four_figures = value.len() == 4 && value.bytes().all(|b| b.is_ascii_digit());
    value.parse().ok().filter(|year| four_figures && (1900..2100).contains(year))
}

fn is_rome(value: &str) -> bool {
    let figures = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    match value.as_bytes() {
        [b'A'..=b'N', rest @ ..] => matches!(rest.len(), 0 | 2 | 4) && figures(rest),
        _ => false,
    }
}

/// A code may be repeated in an error; anything else could be a name or a phone number.
fn shown(value: &str) -> String {
    let like_a_code = (1..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    if like_a_code { value.to_owned() } else { "(masqué)".to_owned() }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}

impl fmt::Debug for RawAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawAnswer(…)")
    }
}

#[cfg(test)]
mod tests;
