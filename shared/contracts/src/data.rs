//! The files of law and of rules that ship with the suite, read and checked.

mod frame;
mod indicators;
mod published;
mod sending;

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use domain::dossier::Right;
use domain::frame::{Frame, FrameId};
use domain::indicators::Definitions;
use domain::rules::{Condition, Rule, RuleSet};
use domain::{Dossier, Territory, dsp};
use serde::Deserialize;

use crate::codes::{OrganismeCode, ParcoursCode};
use crate::letters::Letters;

pub use published::Published;
pub use sending::Sending;

/// What every step reads and none writes: law, rules, and the territories served.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The départements that this installation serves.
    pub served: Vec<Territory>,
    /// The legal frames, oldest first; never empty.
    pub frames: Vec<Frame>,
    /// The rule set in force.
    pub rules: RuleSet,
    /// Who people can call.
    pub service: Service,
    /// What a message may weigh and may not say.
    pub sending: Sending,
    /// What people are told.
    pub letters: Letters,
    /// What is counted.
    pub indicators: Definitions,
    /// What was published of what is counted.
    pub published: Published,
    /// How many days a file that was received is kept once it was read; a month unless the installation says otherwise.
    pub files_kept_days: u16,
}

/// The département's service, as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub nom: String,
    /// Its telephone number.
    pub telephone: String,
    /// When it answers.
    pub horaires: String,
    /// Where it is.
    pub adresse: String,
}

impl Service {
    /// A service that can be called, for tests.
    pub fn for_testing() -> Self {
        Self { telephone: "01 99 00 77 00".to_owned(), ..Self::default() }
    }
}

/// A file that ships with the suite cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Not readable as its schema says.
    #[error("the file `{file}` cannot be read")]
    Unreadable {
        /// Which file.
        file: &'static str,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Readable, and wrong.
    #[error("the file `{file}` is wrong at `{at}`")]
    Wrong {
        /// Which file.
        file: &'static str,
        /// Where.
        at: String,
    },
}

impl Reference {
    /// The law and the rules that ship with the suite, for these territories.
    pub fn embedded(served: Vec<Territory>, service: Service) -> Result<Self, DataError> {
        let sending = sending::read("envois-2026.toml", include_str!("../data/envois-2026.toml"))?;
        let indicators = indicators::read("indicateurs-1.toml", include_str!("../data/indicateurs-1.toml"))?;
        Ok(Self {
            frames: vec![
                frame::read("cadre-2020.toml", include_str!("../data/cadre-2020.toml"))?,
                frame::read("cadre-2025.toml", include_str!("../data/cadre-2025.toml"))?,
            ],
            rules: rule_set(
                "seine-saint-denis-2010.toml",
                include_str!("../data/seine-saint-denis-2010.toml"),
            )?,
            letters: Letters::read(
                "messages-fr.toml",
                include_str!("../data/messages-fr.toml"),
                &sending,
                (&served, service.clone()),
            )?,
            published: published::read(
                "oarsa-2018.csv",
                include_str!("../data/oarsa-2018.csv"),
                &indicators,
            )?,
            indicators,
            sending,
            served,
            service,
            files_kept_days: 30,
        })
    }

    /// The frame of the law of this name and version, whatever a territory had changed in it.
    pub fn frame(&self, id: &FrameId) -> Option<&Frame> {
        self.frames.iter().find(|it| it.id.national == id.national)
    }

    /// The frame of an event that happens on `date`: the last one in force by then, or the first there is.
    pub fn frame_on(&self, date: NaiveDate) -> &Frame {
        let in_force = self.frames.iter().rev().find(|it| it.valid_from <= date);
        in_force.unwrap_or(&self.frames[0])
    }

    /// The frame of a dossier: the one frozen when its right was confirmed, else the one in force at its deposit.
    pub fn frame_of(&self, dossier: &Dossier) -> Cow<'_, Frame> {
        let frozen = match &dossier.right {
            Right::Confirmed(right) => self.frame_named(&right.frame),
            Right::Declared { .. } => None,
        };
        frozen.unwrap_or_else(|| {
            Cow::Borrowed(self.frame_on(dossier.territory.local_date(dossier.submitted_at)))
        })
    }

    /// The frame of this name, with what the territory had changed in it.
    fn frame_named(&self, id: &FrameId) -> Option<Cow<'_, Frame>> {
        let national = self.frame(id)?;
        Some(id.local.as_ref().map_or(Cow::Borrowed(national), |local| Cow::Owned(national.with(local))))
    }

    /// The frame in force at an instant, in a territory.
    pub fn frame_at(&self, territory: Territory, now: DateTime<Utc>) -> &Frame {
        self.frame_on(territory.local_date(now))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSetFile {
    id: String,
    version: u32,
    title: String,
    source: String,
    rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    sentence: String,
    when: ConditionFile,
    parcours: ParcoursCode,
    organismes: Vec<OrganismeCode>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum ConditionFile {
    All { all: Vec<ConditionFile> },
    Any { any: Vec<ConditionFile> },
    Code { field: String, any_of: Vec<String> },
    Flag { field: String, is: bool },
    YoungerThan { younger_than: u8 },
    AtLeast { at_least: u8 },
}

/// Reads a rule set. An unknown field or code, an empty target, a rule named twice are wrong.
fn rule_set(file: &'static str, text: &str) -> Result<RuleSet, DataError> {
    let read: RuleSetFile =
        toml::from_str(text).map_err(|source| DataError::Unreadable { file, source: Box::new(source) })?;
    let mut rules: Vec<Rule> = Vec::new();
    for rule in read.rules {
        let wrong = || DataError::Wrong { file, at: rule.id.clone() };
        if rule.organismes.is_empty() || rules.iter().any(|it| it.id == rule.id) {
            return Err(wrong());
        }
        let when = condition(&rule.when).ok_or_else(wrong)?;
        rules.push(Rule {
            id: rule.id,
            sentence: rule.sentence,
            when,
            parcours: rule.parcours.into(),
            organismes: rule.organismes.into_iter().map(Into::into).collect(),
        });
    }
    Ok(RuleSet { id: read.id, version: read.version, title: read.title, source: read.source, rules })
}

/// `None` when the condition reads a field or a code that does not exist.
fn condition(read: &ConditionFile) -> Option<Condition> {
    let all = |parts: &[ConditionFile]| parts.iter().map(condition).collect::<Option<Vec<_>>>();
    Some(match read {
        ConditionFile::All { all: parts } => Condition::All(all(parts)?),
        ConditionFile::Any { any: parts } => Condition::Any(all(parts)?),
        ConditionFile::Code { field, any_of } => {
            let known = dsp::field(field)?;
            if any_of.is_empty() || !any_of.iter().all(|code| known.code(code).is_some()) {
                return None;
            }
            Condition::Code { field: field.clone(), any_of: any_of.clone() }
        }
        ConditionFile::Flag { field, is } => {
            dsp::field(field)?;
            Condition::Flag { field: field.clone(), value: *is }
        }
        ConditionFile::YoungerThan { younger_than } => Condition::YoungerThan(*younger_than),
        ConditionFile::AtLeast { at_least } => Condition::AtLeast(*at_least),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_that_ship_are_right() {
        let reference = Reference::embedded(vec!["77".parse().unwrap()], Service::for_testing()).unwrap();
        let ids: Vec<&str> = reference.frames.iter().map(|it| it.id.national.as_str()).collect();
        assert_eq!(ids, ["cadre-2020#1", "cadre-2025#1"]);
        assert!(reference.frames.is_sorted_by_key(|it| it.valid_from));
        assert_eq!(reference.rules.rules.len(), 11);
    }

    #[test]
    fn a_rule_on_a_code_that_does_not_exist_is_wrong() {
        let text = include_str!("../data/seine-saint-denis-2010.toml").replace("\"0904\"", "\"9999\"");
        assert!(matches!(rule_set("t", &text), Err(DataError::Wrong { at, .. }) if at == "R01"));
    }
}
