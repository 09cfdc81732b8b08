//! The proposition and its explanation: what every rule became, on which answers, and what is missing.

use chrono::{DateTime, NaiveDate, Utc};
use domain::dsp::{self, Answers};
use domain::rules::{Outcome, Rule, RuleSet, Truth};
use domain::triage::Explained;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::redacted;
use crate::codes::{OrganismeCode, ParcoursCode, code_enum};

/// A proposition, as it is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropositionJson {
    /// The parcours; null when the rules do not conclude.
    #[serde(default)]
    pub parcours: Option<ParcoursCode>,
    /// The organism.
    #[serde(default)]
    pub organisme: Option<OrganismeCode>,
    /// The rule that proposes.
    #[serde(default)]
    pub regle: Option<String>,
    /// What became of every rule, in order.
    pub regles: Vec<RegleJson>,
    /// What the rules read.
    pub faits: Vec<FaitJson>,
    /// The fields that some rule needed and did not find.
    pub manquants: Vec<String>,
    /// Answers that contradict each other: then the rules are not followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<ContradictionJson>,
    /// The rule set.
    pub jeu: JeuJson,
    /// What the law requires to be said beside it.
    pub mention: String,
}

/// The explanation of a proposition as it is sealed: what is answered, without the mention, and when the rules ran.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceV1 {
    /// The parcours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcours: Option<ParcoursCode>,
    /// The organism.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisme: Option<OrganismeCode>,
    /// The rule that proposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regle: Option<String>,
    /// What became of every rule, in order.
    pub regles: Vec<RegleJson>,
    /// What the rules read.
    pub faits: Vec<FaitJson>,
    /// The fields that some rule needed and did not find.
    pub manquants: Vec<String>,
    /// Answers that contradict each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<ContradictionJson>,
    /// The rule set.
    pub jeu: JeuJson,
    /// When the rules ran.
    pub le: DateTime<Utc>,
}

/// What became of a rule.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegleJson {
    /// Its name in the set.
    pub id: String,
    /// Its value.
    pub resultat: ResultatCode,
    /// Why, in French.
    pub motif: String,
}

/// Something that the rules read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaitJson {
    /// The field of the DSP, or `age`.
    pub champ: String,
    /// The code answered.
    pub code: String,
    /// What it means, in French.
    pub libelle: String,
    /// Where it comes from.
    pub source: SourceCode,
    /// Since when it is known.
    pub date: NaiveDate,
}

/// Two answers that cannot be true together.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContradictionJson {
    /// The fields.
    pub champs: Vec<String>,
    /// What does not fit, in French.
    pub phrase: String,
}

redacted!(PropositionJson, TraceV1, RegleJson, FaitJson, ContradictionJson);

/// A rule set, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JeuJson {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: u32,
}

code_enum! {
    /// The value of a rule.
    pub ResultatCode = Truth { True = "vraie", False = "fausse", Unknown = "inconnue" }
}

/// Where a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceCode {
    /// The person.
    Personne,
    /// A professional who noted what the person said.
    Agent,
    /// A file of the CAF or of the MSA.
    Flux,
    /// Derived from something else, as the age is from the birth date.
    Calcul,
}

/// Who gave the answers, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Who.
    pub source: SourceCode,
    /// When, on the territory's calendar.
    pub on: NaiveDate,
}

impl TraceV1 {
    /// The trace of an explanation.
    pub fn of(
        (set, explained): (&RuleSet, &Explained),
        (answers, age): (&Answers, Option<u8>),
        given: Given,
        at: DateTime<Utc>,
    ) -> Self {
        let evaluation = &explained.evaluation;
        let read: std::collections::BTreeSet<&str> =
            evaluation.outcomes.iter().flat_map(|it| it.read.iter().map(String::as_str)).collect();
        let contradiction = |it: &dsp::Contradiction| ContradictionJson {
            champs: it.fields.map(str::to_owned).into(),
            phrase: it.sentence.to_owned(),
        };
        Self {
            parcours: explained.target.map(|it| it.parcours.into()),
            organisme: explained.target.map(|it| it.organisme.into()),
            regle: explained.rule.clone(),
            regles: set
                .rules
                .iter()
                .zip(&evaluation.outcomes)
                .map(|(rule, it)| RegleJson::of(rule, it))
                .collect(),
            faits: read.into_iter().flat_map(|field| facts(field, answers, age, given)).collect(),
            manquants: evaluation.missing().into_iter().map(str::to_owned).collect(),
            contradictions: explained.contradictions.iter().map(contradiction).collect(),
            jeu: JeuJson { id: set.id.clone(), version: set.version },
            le: at,
        }
    }

    /// What is answered of it, with the mention that the law requires.
    pub fn with_mention(self, mention: String) -> PropositionJson {
        PropositionJson {
            parcours: self.parcours,
            organisme: self.organisme,
            regle: self.regle,
            regles: self.regles,
            faits: self.faits,
            manquants: self.manquants,
            contradictions: self.contradictions,
            jeu: self.jeu,
            mention,
        }
    }
}

impl RegleJson {
    fn of(rule: &Rule, outcome: &Outcome) -> Self {
        let sentence = &rule.sentence;
        let motif = match outcome.truth {
            Truth::True => sentence.clone(),
            Truth::False => format!("Ne s’applique pas : {sentence}"),
            Truth::Unknown => {
                let missing: Vec<&str> = outcome.missing.iter().map(|it| label(it)).collect();
                format!("Il manque : {}. {sentence}", missing.join(", "))
            }
        };
        Self { id: outcome.rule.clone(), resultat: outcome.truth.into(), motif }
    }
}

fn label(name: &str) -> &str {
    if name == "age" { "âge" } else { dsp::field(name).map_or(name, |it| it.label_fr) }
}

fn facts(name: &str, answers: &Answers, age: Option<u8>, given: Given) -> Vec<FaitJson> {
    let fact = |code: String, libelle: String, source| FaitJson {
        champ: name.to_owned(),
        code,
        libelle,
        source,
        date: given.on,
    };
    if let (true, Some(age)) = (name == "age", age) {
        return vec![fact(age.to_string(), format!("{age} ans"), SourceCode::Calcul)];
    }
    let Some((field, answer)) = dsp::field(name).zip(answers.get(name)) else { return Vec::new() };
    let codes = answer.values().into_iter().map(std::borrow::Cow::into_owned);
    let labels = answer.labels(field).into_iter().map(std::borrow::Cow::into_owned);
    codes
        .zip(labels)
        .map(|(code, label)| fact(code, format!("{} : {label}", field.label_fr), given.source))
        .collect()
}

#[cfg(test)]
mod tests;
