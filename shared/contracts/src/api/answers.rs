//! DSP answers between JSON and the domain.

use domain::dsp::{Answer, AnswerError, Answers, Field, Kind, RawAnswer, field};
use serde_json::Value;

use crate::border::{Node, code};

/// Reads an object of answers, field by field. All errors are told; contradictions are looked for only between answers
/// that can be read.
pub(crate) fn read_answers(node: &Node<'_>) -> Option<Answers> {
    let mut answers = Answers::default();
    let mut whole = true;
    for (name, member) in node.members()? {
        whole &= read_one(name, &member, &mut answers).is_some();
    }
    for found in answers.contradictions() {
        whole = false;
        let detail =
            format!("Ces réponses ne vont pas ensemble : {} Gardez celle qui est juste.", found.sentence);
        node.at(found.fields[1]).refuse(code::CONTRADICTORY, detail);
    }
    whole.then_some(answers)
}

/// An answer as JSON: a list for a question of several codes, a text for any other.
pub(crate) fn json_of(answer: &Answer) -> Value {
    let values = || answer.values().into_iter().map(|it| Value::String(it.into_owned()));
    match answer {
        Answer::Codes(_) => Value::Array(values().collect()),
        Answer::Code(_)
        | Answer::Flag(_)
        | Answer::Yes
        | Answer::No
        | Answer::DoesNotKnow
        | Answer::Declined
        | Answer::Text(_)
        | Answer::Year(_) => values().next().unwrap_or(Value::Null),
    }
}

fn read_one(name: &str, node: &Node<'_>, answers: &mut Answers) -> Option<()> {
    if node.value().is_null() {
        return Some(());
    }
    let Some(field) = field(name) else {
        let detail =
            "Cette question n’existe pas dans les DSP : retirez-la ou corrigez son nom, en minuscules.";
        node.refuse(code::UNKNOWN_FIELD, detail);
        return None;
    };
    let year = node.value().as_u64().map(|it| it.to_string());
    let raw = match (node.value(), year.as_deref()) {
        (Value::String(text), _) => RawAnswer::One(text),
        (Value::Bool(flag), _) => RawAnswer::Flag(*flag),
        (Value::Number(_), Some(year)) if matches!(field.kind, Kind::Year) => RawAnswer::One(year),
        (Value::Array(_), _) if field.kind.is_list() => RawAnswer::Many(codes(field, node)?),
        (Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_), _) => {
            node.refuse(code::ANSWER_SHAPE, shape(field));
            return None;
        }
    };
    answers.insert(field.code, raw).map_err(|error| refuse(node, field, &error)).ok()
}

/// The codes of a list, each at its own pointer when it is wrong.
fn codes<'a>(field: &'static Field, node: &Node<'a>) -> Option<Vec<&'a str>> {
    let mut codes = Vec::new();
    let mut whole = true;
    for item in node.items(64)? {
        match item.value() {
            Value::String(text) if field.code(text.as_str()).is_none() => {
                let mut alone = Answers::default();
                if let Err(error) = alone.insert(field.code, RawAnswer::Many(vec![text.as_str()])) {
                    refuse(&item, field, &error);
                }
                whole = false;
            }
            Value::String(text) if codes.contains(&text.as_str()) => {
                refuse(&item, field, &AnswerError::Duplicate { field: field.code });
                whole = false;
            }
            Value::String(text) => codes.push(text.as_str()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                item.refuse(code::ANSWER_SHAPE, "Chaque code s’écrit entre guillemets, comme \"0401\".");
                whole = false;
            }
        }
    }
    whole.then_some(codes)
}

fn refuse(node: &Node<'_>, field: &'static Field, error: &AnswerError) {
    let detail = match error {
        AnswerError::WrongShape { .. } => shape(field),
        AnswerError::UnknownCode { .. } => match field.kind {
            Kind::One(_) | Kind::Many(_) => {
                format!("{} Choisissez dans la liste publiée de « {} ».", error.sentence(), field.label_fr)
            }
            Kind::Bool | Kind::OVN | Kind::ONS | Kind::Year | Kind::Rome | Kind::Text(_) => shape(field),
        },
        AnswerError::Duplicate { .. } => format!("{} Gardez-la une seule fois.", error.sentence()),
        AnswerError::TooLong { .. } => format!("{} Raccourcissez-la.", error.sentence()),
        AnswerError::UnknownField | AnswerError::ExclusiveWithOthers { .. } => error.sentence(),
    };
    node.refuse(error.code(), detail);
}

/// What an answer to the question looks like.
fn shape(field: &Field) -> String {
    let expected = match field.kind {
        Kind::One(_) => "un seul code de la liste publiée, entre guillemets".to_owned(),
        Kind::Many(_) => "une liste d’au moins un code, entre crochets".to_owned(),
        Kind::Bool => "\"1\" pour oui ou \"0\" pour non".to_owned(),
        Kind::OVN => "\"O\" pour oui, \"N\" pour non ou \"V\" pour ne pas répondre".to_owned(),
        Kind::ONS => "\"O\" pour oui, \"N\" pour non ou \"S\" si la personne ne sait pas".to_owned(),
        Kind::Year => "une année de quatre chiffres, de 1900 à 2099".to_owned(),
        Kind::Rome => {
            "un code ROME : une lettre de A à N, seule ou suivie de 2 ou 4 chiffres, comme K2204".to_owned()
        }
        Kind::Text(max) => format!("un texte de {max} caractères au plus"),
    };
    format!("Pour « {} », la réponse attendue est {expected}.", field.label_fr)
}

#[cfg(test)]
mod tests;
