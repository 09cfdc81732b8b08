//! "Fichiers reçus": the files of other administrations, and the form by which one is dropped.

mod one;
mod upload;

use askama::Template;
use axum::extract::{Request, State as Use};
use axum::response::Response;
use chrono::NaiveDate;
use contracts::api::{ImportEtat, ImportJson, ImportNature};
use engine::{Professional, World, imports};
use http::{StatusCode, Uri};

use super::session::Signed;
use super::shape::{Field, Shape};
use super::{ErrorLine, Fields, Site, french, fresh_key, page, problem_page, refused, see};
use crate::api::gestes::today;
use crate::extract::Query;
use crate::problem::Problem;
use crate::router::State;

pub(crate) use one::{annotated, apply, columns, show};

#[derive(Template)]
#[template(path = "fichiers.html")]
struct FilesPage<'a> {
    site: Site<'a>,
    errors: Vec<ErrorLine>,
    key: String,
    fields: Vec<Field>,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    kind: &'static str,
    source: String,
    received: String,
    given: String,
    code: &'static str,
    state: &'static str,
}

/// A form that was sent and refused: what was typed in it, and why.
struct Attempt {
    fields: Fields,
    problem: Problem,
}

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Signed(caller): Signed, uri: Uri) -> Response {
    let shown = match Query::read(&uri, &[]) {
        Ok(_) => look(&state, &caller, None).await,
        Err(problem) => Err(problem),
    };
    shown.unwrap_or_else(|problem| problem_page(&state, true, &problem))
}

pub(crate) async fn drop_one<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    request: Request,
) -> Response {
    let answer = match upload::receive(&state, &caller, request).await {
        Ok(import) => Ok(see(&format!("/pro/fichiers/{}?fait=depot", import.import))),
        Err(attempt) if attempt.problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            look(&state, &caller, Some(attempt)).await
        }
        Err(attempt) => Err(attempt.problem),
    };
    answer.unwrap_or_else(|problem| problem_page(&state, true, &problem))
}

async fn look<W: World>(
    state: &State<W>,
    caller: &Professional,
    attempt: Option<Attempt>,
) -> Result<Response, Problem> {
    let found = imports::imports(&*state.world, caller).await?;
    let errors = attempt.as_ref().map_or_else(Vec::new, lines);
    let template = FilesPage {
        site: Site::pro(state, caller),
        key: fresh_key(&*state.world)?,
        fields: fields(today(&*state.world, caller), attempt.as_ref().map(|it| &it.fields), &errors),
        errors,
        rows: found.elements.iter().map(|it| row(it, caller)).collect(),
    };
    Ok(match attempt {
        None => page(StatusCode::OK, &template),
        Some(Attempt { problem, .. }) => refused(problem.status, problem.code, &template),
    })
}

/// Of a list, the tool it comes from: its columns are remembered under this name.
const SOURCES: [&str; 6] = ["CAF", "MSA", "France Travail", "rdv-insertion", "Carnet de bord", "autre"];

/// The file comes last: a browser sends the fields in their order, and the file is kept as it comes.
fn fields(today: NaiveDate, typed: Option<&Fields>, errors: &[ErrorLine]) -> Vec<Field> {
    let error = |name: &str| errors.iter().find(|it| it.field == anchor(name)).map(|it| it.text.clone());
    let value = |name: &str| typed.map_or("", |it| it.get(name));
    let field = |name: &str, label: &str, kind: Shape| {
        Field::new(name, label, kind).error(error(name)).value(value(name))
    };
    let natures = [
        ("flux", "Un flux de la CAF ou de la MSA (XML)"),
        ("liste", "Une liste d’un autre outil (CSV ou classeur XLSX)"),
    ];
    let dry = typed.is_none_or(|it| it.get("a_blanc") == "oui");
    let day = typed.map_or_else(|| today.to_string(), |it| it.get("recu_le").to_owned());
    vec![
        field("nature", "Nature du fichier", Shape::Choices { many: false })
            .options(pairs(&natures), |it| it == value("nature")),
        field("source", "Source (facultatif)", Shape::Suggested)
            .hint("Pour une liste, vos choix de colonnes sont retenus pour la prochaine de même source.")
            .options(pairs(&SOURCES.map(|it| (it, it))), |_| false),
        field("recu_le", "Date de réception par le Département", Shape::Day)
            .hint("Le délai légal part de ce jour pour les personnes nouvelles.")
            .value(&day),
        field("a_blanc", "Essai à blanc", Shape::Choices { many: true })
            .hint("Rien n’est écrit. Vous voyez d’abord ce que le fichier changerait.")
            .options(pairs(&[("oui", "Faire d’abord un essai à blanc")]), |_| dry),
        field("fichier", "Fichier", Shape::File).hint("4 Go au plus. Il est chiffré dès sa réception."),
    ]
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
}

/// Where to go to repair a field.
fn anchor(name: &str) -> String {
    match name {
        "nature" | "a_blanc" => format!("{name}-1"),
        // The name is the file's own.
        "nom" => "fichier".to_owned(),
        other => other.to_owned(),
    }
}

fn lines(attempt: &Attempt) -> Vec<ErrorLine> {
    let problem = &attempt.problem;
    if problem.code == "cle_reutilisee" {
        // Somebody went back in their browser and chose another file in the same form.
        let text = "Ce formulaire avait déjà servi. Choisissez de nouveau le fichier, puis déposez-le.";
        return vec![ErrorLine { field: "fichier".to_owned(), text: text.to_owned() }];
    }
    if problem.errors.is_empty() {
        return vec![ErrorLine { field: String::new(), text: problem.detail.clone() }];
    }
    let line = |it: &contracts::FieldError| ErrorLine {
        field: anchor(it.pointer.trim_start_matches('/')),
        text: it.detail.clone(),
    };
    problem.errors.iter().map(line).collect()
}

fn row(it: &ImportJson, caller: &Professional) -> Row {
    Row {
        id: it.import.to_string(),
        name: it.nom.clone(),
        kind: kind(it.nature),
        source: it.source.clone().unwrap_or_else(|| "–".to_owned()),
        received: french::short_date(it.recu_le),
        given: french::short_date(caller.territory.local_date(it.le)),
        code: it.etat.code(),
        state: told(it),
    }
}

const fn kind(nature: ImportNature) -> &'static str {
    match nature {
        ImportNature::Flux => "Flux",
        ImportNature::Liste => "Liste",
    }
}

/// How far an import is, as people read it.
const fn told(it: &ImportJson) -> &'static str {
    match (it.etat, it.a_blanc) {
        (ImportEtat::Recu, _) => "En cours de lecture",
        (ImportEtat::APreciser, _) => "Colonnes à préciser",
        (ImportEtat::Refuse, _) => "Refusé",
        (ImportEtat::EnCours, true) => "Essai en cours",
        (ImportEtat::EnCours, false) => "En cours",
        (ImportEtat::Termine, true) => "Essai terminé",
        (ImportEtat::Termine, false) => "Appliqué",
    }
}
