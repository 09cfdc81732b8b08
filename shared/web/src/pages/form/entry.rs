//! What the person has typed so far: carried from page to page in the form itself, kept nowhere else.

use contracts::FieldError;
use contracts::api::form_to_json;
use domain::Territory;
use domain::commune::{self, CodeInsee, Commune};
use domain::dsp::Kind;
use serde_json::{Value, json};

use super::Faults;
use super::questions::{DECLINES, DOES_NOT_KNOW, QUESTIONS, Question, Step, at};
use crate::pages::{ErrorLine, Fields};

/// Answers, in the order of the questions. Only the fields that the form knows are kept.
#[derive(Default)]
pub(super) struct Entry(Vec<(String, String)>);

/// More than anybody types in one field; what is longer is told as too long by the reader.
const MAX_FIELD: usize = 4_000;

const POSTCODE: &str = "personne.adresse.code_postal";
const COMMUNE: &str = "personne.adresse.commune";

impl Entry {
    pub(super) fn read(fields: &Fields) -> Self {
        let mut answers = Vec::new();
        for name in QUESTIONS.iter().flat_map(Question::fields) {
            for value in fields.all(&name).map(str::trim).filter(|it| !it.is_empty()) {
                answers.push((name.clone(), value.chars().take(MAX_FIELD).collect()));
            }
        }
        Self(answers)
    }

    /// The first value of a field; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The fields to carry through a page that asks about `step`: those of the other pages.
    pub(super) fn carried(&self, step: Step) -> Vec<(String, String)> {
        let asked: Vec<String> = step.questions().flat_map(Question::fields).collect();
        self.0.iter().filter(|(name, _)| !asked.contains(name)).cloned().collect()
    }

    /// The communes of the postcode, in the territories served.
    pub(super) fn communes(&self, served: &[Territory]) -> Vec<Commune> {
        let postcode = self.get(POSTCODE);
        let mut communes: Vec<Commune> =
            served.iter().flat_map(|territory| commune::by_postcode(*territory, postcode)).collect();
        communes.sort_by_key(|it| it.name);
        communes
    }

    /// The commune where the person lives; one left over from another postcode is no answer.
    pub(super) fn commune(&self, served: &[Territory]) -> Option<Commune> {
        let code: CodeInsee = self.get(COMMUNE).parse().ok()?;
        self.communes(served).into_iter().find(|it| it.insee == code)
    }

    /// The application that these answers make, as the API would receive it.
    pub(super) fn application(&self, served: &[Territory]) -> Value {
        let commune = self.commune(served);
        let pairs: Vec<(String, String)> = self
            .0
            .iter()
            .filter(|(name, _)| name != COMMUNE || commune.is_some())
            .filter_map(|(name, value)| Some((name.clone(), spoken(name, value)?)))
            .collect();
        let mut application = form_to_json(&pairs);
        let territory = commune.map(|it| it.territory).or_else(|| served.first().copied());
        application["territoire"] = json!(territory.map(Territory::as_str));
        application["canal"] = json!("web");
        // A missing part would hide what is missing in it.
        for part in ["personne", "foyer"] {
            if application[part].is_null() {
                application[part] = json!({});
            }
        }
        if application["personne"]["adresse"].is_null() {
            application["personne"]["adresse"] = json!({});
        }
        application
    }
}

/// "Je ne sais pas" and "Je préfère ne pas répondre" leave a question without answer, save where the national table
/// has a code for them.
fn spoken(name: &str, value: &str) -> Option<String> {
    let kind = name.strip_prefix("dsp.").and_then(domain::dsp::field).map(|it| it.kind);
    match (kind, value) {
        (Some(Kind::ONS), DOES_NOT_KNOW) => Some("S".to_owned()),
        (Some(Kind::OVN), DECLINES) => Some("V".to_owned()),
        (Some(_), DOES_NOT_KNOW | DECLINES) => None,
        (_, other) => Some(other.to_owned()),
    }
}

/// The errors of an application, each with its question; those of no question come last.
pub(super) fn faults(errors: &[FieldError]) -> Faults {
    let mut faults: Faults = Vec::new();
    for error in errors {
        let question = at(&error.pointer);
        let told = |(known, _): &(Option<&Question>, String)| {
            known.zip(question).is_some_and(|(a, b)| a.name == b.name)
        };
        if faults.iter().any(told) {
            continue;
        }
        let text = match question {
            Some(question) if error.code == "champ_absent" && !question.missing.is_empty() => {
                question.missing
            }
            Some(_) | None => &error.detail,
        };
        faults.push((question, text.to_owned()));
    }
    faults.sort_by_key(|(question, _)| question.map_or(usize::MAX, place));
    faults
}

fn place(question: &Question) -> usize {
    QUESTIONS.iter().position(|known| known.name == question.name).unwrap_or(usize::MAX)
}

/// The summary of those errors.
pub(super) fn summary(faults: &Faults) -> Vec<ErrorLine> {
    faults
        .iter()
        .map(|(question, text)| ErrorLine {
            field: question.map_or_else(String::new, Question::first_id),
            text: text.clone(),
        })
        .collect()
}
