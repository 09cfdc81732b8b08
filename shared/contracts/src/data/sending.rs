//! What a message may weigh and may not say, as its file writes it, read and checked.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::frame::Source;
use domain::matching::FoldedName;
use serde::Deserialize;

use super::DataError;
use super::frame::{SourceFile, day};

/// The rules of what is told to people, whatever its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Which rules these are, as in `envois-2026#1`.
    pub id: String,
    /// First day on which they hold.
    pub valid_from: NaiveDate,
    /// How many segments a text message may take.
    pub most_segments: usize,
    /// Words that reveal a benefit or a state of health, folded.
    revealing: BTreeSet<String>,
    /// Article and text behind each rule.
    pub sources: Vec<Source>,
}

impl Sending {
    /// Whether a word reveals a benefit or a state of health, whatever its case and its accents.
    pub fn reveals(&self, word: &str) -> bool {
        self.revealing.contains(&folded(word))
    }
}

fn folded(word: &str) -> String {
    FoldedName::of(word).joined().to_lowercase()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendingFile {
    id: String,
    version: u32,
    valid_from: toml::value::Datetime,
    sms: SmsFile,
    revealing: RevealingFile,
    sources: Vec<SourceFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsFile {
    segments: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevealingFile {
    words: BTreeSet<String>,
}

/// Reads the rules. No segment at all, no word or an empty one, rules without a source are wrong.
pub(super) fn read(file: &'static str, text: &str) -> Result<Sending, DataError> {
    let read: SendingFile =
        toml::from_str(text).map_err(|source| DataError::Unreadable { file, source: Box::new(source) })?;
    let wrong = |at: &str| DataError::Wrong { file, at: at.to_owned() };
    if read.sms.segments == 0 {
        return Err(wrong("sms.segments"));
    }
    let revealing: BTreeSet<String> = read.revealing.words.iter().map(|it| folded(it)).collect();
    if revealing.is_empty() || revealing.contains("") {
        return Err(wrong("revealing.words"));
    }
    if read.sources.is_empty() {
        return Err(wrong("sources"));
    }
    Ok(Sending {
        id: format!("{}#{}", read.id, read.version),
        valid_from: day(&read.valid_from).ok_or_else(|| wrong("valid_from"))?,
        most_segments: read.sms.segments,
        revealing,
        sources: read.sources.into_iter().map(Into::into).collect(),
    })
}
