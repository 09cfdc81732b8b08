//! The form: one theme per page, no script, nothing kept on the server until it is sent.
//!
//! What was typed on the other pages travels in hidden fields. Every page is read by the same reader as the API's
//! `POST /v1/demandes`: only the errors of the page at hand are shown, all of them at the end.

mod entry;
mod questions;
mod view;

use askama::Template;
use axum::extract::{Request, State as Use};
use axum::response::Response;
use domain::Territory;
use engine::World;
use engine::ports::Clock;
use engine::requests::{self, Asked, Receipt, RequestError};
use http::StatusCode;
use serde_json::Value;

use entry::{Entry, faults, summary};
use questions::{Question, Step};
use view::Row;

use super::origin::{self, Silent};
use super::shape::{Field, Shape};
use super::{ErrorLine, Fields, Site, french, fresh_key, page, problem_page, refused};
use crate::api::demandes::{PERSON, read};
use crate::extract::is_key;
use crate::problem::Problem;
use crate::router::State;

type Faults = Vec<(Option<&'static Question>, String)>;

pub(crate) async fn start<W: World>(Use(state): Use<State<W>>) -> Response {
    match fresh_key(&*state.world) {
        Ok(key) => {
            ask(&state, &Form { key, entry: Entry::default(), back_to_check: false }, Step::Place, &vec![])
        }
        Err(problem) => problem_page(&state, false, &problem),
    }
}

pub(crate) async fn go_on<W: World>(Use(state): Use<State<W>>, request: Request) -> Response {
    let checked = origin::check(request.headers(), Silent::Allowed);
    let outcome = match checked {
        Ok(()) => step(&state, request).await,
        Err(problem) => Err(problem),
    };
    outcome.unwrap_or_else(|problem| problem_page(&state, false, &problem))
}

/// The form as it stands between two pages.
struct Form {
    key: String,
    entry: Entry,
    /// The person came back from the last page to correct one answer.
    back_to_check: bool,
}

async fn step<W: World>(state: &State<W>, request: Request) -> Result<Response, Problem> {
    let fields = Fields::read(request).await?;
    let sent = fields.get("cle");
    let key = if is_key(sent) { sent.to_owned() } else { fresh_key(&*state.world)? };
    let mut form =
        Form { key, entry: Entry::read(&fields), back_to_check: fields.get("retour") == Step::Check.code() };
    let here = Step::from_code(fields.get("etape")).unwrap_or(Step::Place);
    if !fields.get(TRAP).is_empty() {
        let text = "Laissez vide le champ « Site internet ».".to_owned();
        return Ok(ask(state, &form, here, &vec![(None, text)]));
    }
    match fields.get("aller") {
        "retour" => return Ok(ask(state, &form, here.previous(), &vec![])),
        "envoyer" => return Ok(send(state, form).await),
        other => {
            if let Some(step) = other.strip_prefix("modifier-").and_then(Step::from_code) {
                form.back_to_check = true;
                return Ok(ask(state, &form, step, &vec![]));
            }
        }
    }
    let wrong = wrong_until(state, &form, here);
    if let Some((Some(first), _)) = wrong.first() {
        return Ok(ask(state, &form, first.step.min(here), &wrong));
    }
    // Another postcode needs another commune.
    let next = if form.back_to_check && here != Step::Place { Step::Check } else { here.next() };
    Ok(ask(state, &form, next, &vec![]))
}

/// A field that people do not see and that programs fill in.
const TRAP: &str = "site_internet";

/// What is wrong on this page, or on one before it.
fn wrong_until<W: World>(state: &State<W>, form: &Form, here: Step) -> Faults {
    let served = served(state);
    let mut wrong = everything_wrong(state, &form.entry.application(served));
    let elsewhere = form.entry.communes(served).is_empty();
    if elsewhere && !wrong.iter().any(|(it, _)| it.is_some_and(|it| it.step == Step::Place)) {
        let text = format!("Ce code postal n’est pas dans ce département. {NOT_HERE}");
        wrong.insert(0, (Step::Place.questions().next(), text));
    }
    wrong.retain(|(question, _)| question.is_some_and(|it| it.step <= here));
    // The earliest page first: what follows may depend on it.
    let Some(first) = wrong.iter().filter_map(|(it, _)| it.map(|it| it.step)).min() else { return wrong };
    wrong.retain(|(question, _)| question.is_some_and(|it| it.step == first));
    wrong
}

const NOT_HERE: &str = "Vérifiez-le, ou adressez-vous au département où vous habitez.";

fn everything_wrong<W: World>(state: &State<W>, application: &Value) -> Faults {
    match read(&*state.world, None, application) {
        Ok(_) => Vec::new(),
        Err(problem) => faults(&problem.errors),
    }
}

fn served<W: World>(state: &State<W>) -> &[Territory] {
    &state.world.reference().served
}

async fn send<W: World>(state: &State<W>, form: Form) -> Response {
    let application = form.entry.application(served(state));
    let demande = match read(&*state.world, None, &application) {
        Ok(demande) => demande,
        Err(problem) => {
            let wrong = wrong_until(state, &form, Step::Check);
            let step = wrong.first().and_then(|(it, _)| it.map(|it| it.step)).unwrap_or(Step::Check);
            let wrong = if wrong.is_empty() { faults(&problem.errors) } else { wrong };
            let form = Form { back_to_check: true, ..form };
            return ask(state, &form, step, &wrong);
        }
    };
    let territory = demande.territory;
    let asked = Asked { key: form.key.clone(), body: application.to_string().into_bytes(), if_match: None };
    match requests::submit(&*state.world, demande, &asked, PERSON).await {
        Ok(receipt) => thank(state, territory, &receipt),
        Err(RequestError::KeyReused) => {
            let detail = "Vous avez déjà envoyé cette demande. Pour la corriger, appelez-nous.".to_owned();
            let problem =
                Problem { detail, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "cle_reutilisee") };
            problem_page(state, false, &problem)
        }
        Err(error) => {
            let problem = Problem::from(error);
            let text = "Votre demande n’est pas encore partie. Envoyez-la à nouveau dans un instant.";
            check(
                state,
                &form,
                problem.status,
                vec![ErrorLine { field: String::new(), text: text.to_owned() }],
            )
        }
    }
}

#[derive(Template)]
#[template(path = "demande.html")]
struct StepPage<'a> {
    site: Site<'a>,
    step: Step,
    count: usize,
    errors: Vec<ErrorLine>,
    key: &'a str,
    carried: Vec<(String, String)>,
    fields: Vec<Field>,
    back_to_check: bool,
}

/// A page of the form, with what is wrong on it.
fn ask<W: World>(state: &State<W>, form: &Form, step: Step, wrong: &Faults) -> Response {
    if step == Step::Check {
        let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        return check(state, form, status, summary(wrong));
    }
    let template = StepPage {
        site: Site::of(state),
        step,
        count: Step::ALL.len(),
        errors: summary(wrong),
        key: &form.key,
        carried: form.entry.carried(step),
        fields: step.questions().map(|it| view::field(it, &form.entry, served(state), wrong)).collect(),
        back_to_check: form.back_to_check,
    };
    if wrong.is_empty() {
        page(StatusCode::OK, &template)
    } else {
        refused(StatusCode::UNPROCESSABLE_ENTITY, "contenu_invalide", &template)
    }
}

#[derive(Template)]
#[template(path = "verification.html")]
struct CheckPage<'a> {
    site: Site<'a>,
    step: Step,
    count: usize,
    errors: Vec<ErrorLine>,
    key: &'a str,
    carried: Vec<(String, String)>,
    parts: Vec<(Step, Vec<Row>)>,
}

/// The last page: every answer, once more.
fn check<W: World>(state: &State<W>, form: &Form, status: StatusCode, errors: Vec<ErrorLine>) -> Response {
    let template = CheckPage {
        site: Site::of(state),
        step: Step::Check,
        count: Step::ALL.len(),
        errors,
        key: &form.key,
        carried: form.entry.carried(Step::Check),
        parts: view::everything(&form.entry),
    };
    page(status, &template)
}

#[derive(Template)]
#[template(path = "accuse.html")]
struct ReceiptPage<'a> {
    site: Site<'a>,
    receipt: &'a Receipt,
    received: String,
    within: String,
    target: String,
    legal: String,
    urgent_help: &'static str,
}

/// The acknowledgement of receipt (CRPA, L. 112-11): when, by whom, and what happens next.
fn thank<W: World>(state: &State<W>, territory: Territory, receipt: &Receipt) -> Response {
    let now = state.world.clock().now();
    let today = territory.local_date(now);
    let frame = state.world.reference().frame_at(territory, now);
    let template = ReceiptPage {
        site: Site::of(state),
        receipt,
        received: french::moment(territory, now),
        within: french::delay(frame.orientation.target),
        target: french::long_date(frame.target(today)),
        legal: french::long_date(frame.legal(today)),
        urgent_help: "En cas de danger, appelez le 17 ou le 112. Pour dormir à l’abri ce soir, appelez le 115.",
    };
    page(StatusCode::OK, &template)
}
