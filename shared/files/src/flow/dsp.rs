//! The answers to the DSP in a flow: elements that bear the name of a question, however deep, in any order.

use std::collections::BTreeMap;

use domain::dsp::{self, AnswerError, Answers, Field, Kind, RawAnswer};

use super::error::Findings;
use super::tree::Cursor;
use super::values::{day, flag};

/// Reads the answers of one person. One that the table does not have is left out: the others are still there.
pub(super) fn read<'a>(blocks: impl Iterator<Item = Cursor<'a>>, findings: &mut Findings) -> Answers {
    let mut told: BTreeMap<&'static str, Vec<Cursor<'a>>> = BTreeMap::new();
    for leaf in blocks.flat_map(Cursor::descendants).filter(|it| it.is_leaf() && !it.words().is_empty()) {
        if let Some(field) = dsp::field(&leaf.name().to_ascii_lowercase()) {
            told.entry(field.code).or_default().push(leaf);
        }
    }
    let mut answers = Answers::default();
    for (name, leaves) in told {
        if let (Some(field), Some(first)) = (dsp::field(name), leaves.first())
            && let Err(error) = insert(&mut answers, field, &leaves)
        {
            let detail = format!("Cette réponse est laissée de côté. {}", error.sentence());
            findings.warn(first.path(), error.code(), detail);
        }
    }
    answers
}

fn insert(answers: &mut Answers, field: &Field, leaves: &[Cursor<'_>]) -> Result<(), AnswerError> {
    let words: Vec<&str> = leaves.iter().map(|it| it.words()).collect();
    if field.kind.is_list() {
        return answers.insert(field.code, RawAnswer::Many(words));
    }
    match (field.kind, words.as_slice()) {
        (Kind::Bool, [one]) => match flag(one) {
            Some(flag) => answers.insert(field.code, RawAnswer::Flag(flag)),
            None => answers.insert(field.code, RawAnswer::One(one)),
        },
        // A year comes as a day of it.
        (Kind::Year, [one]) => {
            answers.insert(field.code, RawAnswer::One(day(one).map_or(one, |_| &one[..4])))
        }
        (_, [one]) => answers.insert(field.code, RawAnswer::One(one)),
        (_, several) => answers.insert(field.code, RawAnswer::Many(several.to_vec())),
    }
}
