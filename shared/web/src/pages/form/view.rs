//! Questions and answers as the templates draw them.

use chrono::NaiveDate;
use domain::Territory;
use domain::dsp::Kind;

use super::entry::Entry;
use super::questions::{DECLINES, DOES_NOT_KNOW, Input, Question, Step};
use super::{Faults, Field, Shape, french};

/// A question and what was answered, in words.
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) answer: String,
}

/// A question, with what was typed and what is wrong with it.
pub(super) fn field(question: &Question, entry: &Entry, served: &[Territory], wrong: &Faults) -> Field {
    let error = wrong
        .iter()
        .find(|(it, _)| it.is_some_and(|it| it.name == question.name))
        .map(|(_, text)| text.clone());
    let given: Vec<&str> = entry.all(question.name).collect();
    let field = Field::new(question.name, question.label, shape(question)).hint(question.hint).error(error);
    match question.input {
        Input::Date => field.parts(true, |name| entry.get(name).to_owned()),
        Input::Line { .. } | Input::Words => field.value(entry.get(question.name)),
        Input::Commune => {
            let communes = entry.communes(served);
            let only = communes.len() == 1;
            let options = communes.iter().map(|it| (it.insee.to_string(), it.name.to_owned()));
            field.options(options.collect::<Vec<_>>(), |code| only || given.contains(&code))
        }
        Input::One(_) | Input::Any(_) | Input::Dsp | Input::DspList => {
            field.options(choices(question), |code| given.contains(&code))
        }
    }
}

fn shape(question: &Question) -> Shape {
    match question.input {
        Input::Line { autocomplete, inputmode, width } => Shape::Text { autocomplete, inputmode, width },
        Input::Date => Shape::Date,
        Input::Words => Shape::Words,
        Input::Commune | Input::DspList => Shape::Select,
        Input::One(_) => Shape::Choices { many: false },
        Input::Any(_) => Shape::Choices { many: true },
        Input::Dsp => Shape::Choices { many: question.dsp().is_some_and(|it| it.kind.is_list()) },
    }
}

/// The choices of a question, with their words. A question of the DSP can always be left without an answer.
fn choices(question: &Question) -> Vec<(String, String)> {
    let own = |(value, label): &(&str, &str)| ((*value).to_owned(), (*label).to_owned());
    match question.input {
        Input::One(options) | Input::Any(options) => options.iter().map(own).collect(),
        Input::Dsp | Input::DspList => {
            let silences = [(DOES_NOT_KNOW, "Je ne sais pas"), (DECLINES, "Je préfère ne pas répondre")];
            codes(question).into_iter().chain(silences.iter().map(own)).collect()
        }
        Input::Line { .. } | Input::Date | Input::Commune | Input::Words => Vec::new(),
    }
}

fn codes(question: &Question) -> Vec<(String, String)> {
    let own = |(value, label): &(&str, &str)| ((*value).to_owned(), (*label).to_owned());
    let Some(field) = question.dsp() else { return Vec::new() };
    match field.kind {
        Kind::One(codes) | Kind::Many(codes) => {
            codes.iter().map(|it| (it.value.to_owned(), it.label.to_owned())).collect()
        }
        Kind::Bool => [("1", "Oui"), ("0", "Non")].iter().map(own).collect(),
        Kind::OVN | Kind::ONS => [("O", "Oui"), ("N", "Non")].iter().map(own).collect(),
        Kind::Year | Kind::Rome | Kind::Text(_) => Vec::new(),
    }
}

/// Every page of the form, with every answer.
pub(super) fn everything(entry: &Entry) -> Vec<(Step, Vec<Row>)> {
    Step::ALL
        .into_iter()
        .filter(|step| *step != Step::Check)
        .map(|step| (step, step.questions().map(|it| row(it, entry)).collect()))
        .collect()
}

fn row(question: &'static Question, entry: &Entry) -> Row {
    let said = |value: &str| {
        let known = choices(question).into_iter().find(|(code, _)| code == value);
        known.map_or_else(|| value.to_owned(), |(_, label)| label)
    };
    let answer = match question.input {
        Input::Date => date(question, entry).map_or_else(String::new, french::short_date),
        Input::Commune => entry
            .get(question.name)
            .parse()
            .ok()
            .and_then(domain::commune::find)
            .map_or_else(String::new, |it| it.name.to_owned()),
        Input::Line { .. } | Input::Words | Input::One(_) | Input::Any(_) | Input::Dsp | Input::DspList => {
            entry.all(question.name).map(said).collect::<Vec<_>>().join(", ")
        }
    };
    let answer = if answer.is_empty() { "Sans réponse".to_owned() } else { answer };
    Row { label: question.label, answer }
}

fn date(question: &Question, entry: &Entry) -> Option<NaiveDate> {
    let part = |suffix: &str| entry.get(&format!("{}_{suffix}", question.name)).parse::<u32>().ok();
    NaiveDate::from_ymd_opt(i32::try_from(part("annee")?).ok()?, part("mois")?, part("jour")?)
}
