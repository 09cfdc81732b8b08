//! One dossier, as a professional works on it: what is proposed and why, who the person is, what can be done.

mod acts;
mod forms;
mod view;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Request, State as Use};
use axum::response::Response;
use contracts::api::{EtatCode, PropositionJson};
use domain::DossierId;
use engine::requests::{self, RequestError, Shown};
use engine::{Professional, Role, World};
use http::{StatusCode, Uri};

use acts::Act;
use forms::Form;
use view::{Alike, Clock, Entry, Proposal};

use super::origin::{self, Silent};
use super::session::Signed;
use super::shape::{Field, Shape};
use super::{ErrorLine, Fields, Site, french, page, problem_page, refused, see};
use crate::extract::Query;
use crate::problem::Problem;
use crate::router::State;

/// A label and what it says.
type Pair = (&'static str, String);

#[derive(Template)]
#[template(path = "dossier.html")]
struct FilePage<'a> {
    site: Site<'a>,
    id: String,
    reference: String,
    name: String,
    state: String,
    state_code: &'static str,
    revision: u64,
    done: Option<&'static str>,
    errors: Vec<ErrorLine>,
    proposal: Option<Proposal>,
    no_proposal: &'static str,
    prepared: Option<String>,
    decision: Option<Vec<Pair>>,
    facts: Vec<Pair>,
    person: Vec<Pair>,
    clocks: Vec<Clock>,
    alike: Vec<Alike>,
    forms: Vec<Form>,
    carnet: Vec<Entry>,
}

/// What went wrong with a form, and what was typed in it.
struct Attempt {
    act: Act,
    fields: Fields,
    problem: Problem,
    errors: Vec<ErrorLine>,
}

pub(crate) async fn show<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    uri: Uri,
) -> Response {
    let done = Query::read(&uri, &["fait"])
        .ok()
        .and_then(|it| it.get("fait").and_then(Act::from_code))
        .map(Act::done);
    let shown = match id.parse() {
        Ok(id) => look(&state, &caller, id, done, None).await,
        Err(_) => Err(Problem::not_found()),
    };
    shown.unwrap_or_else(|problem| problem_page(&state, true, &problem))
}

pub(crate) async fn act<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    Path((id, act)): Path<(String, String)>,
    request: Request,
) -> Response {
    let done = do_it(&state, &caller, &id, &act, request).await;
    done.unwrap_or_else(|problem| problem_page(&state, true, &problem))
}

async fn do_it<W: World>(
    state: &State<W>,
    caller: &Professional,
    id: &str,
    act: &str,
    request: Request,
) -> Result<Response, Problem> {
    origin::check(request.headers(), Silent::Refused)?;
    let id: DossierId = id.parse().map_err(|_| Problem::not_found())?;
    let act = Act::from_code(act).ok_or_else(Problem::not_found)?;
    let fields = Fields::read(request).await?;
    match acts::perform(state, caller, id, act, &fields).await {
        Ok(()) => Ok(see(&format!("/pro/dossiers/{id}?fait={}", act.code()))),
        Err(problem) if worth_another_try(&problem) => {
            let errors = acts::lines(act, &problem);
            look(state, caller, id, None, Some(Attempt { act, fields, problem, errors })).await
        }
        Err(problem) => Err(problem),
    }
}

/// Whether the professional can do something about it on the same page.
fn worth_another_try(problem: &Problem) -> bool {
    [
        StatusCode::CONFLICT,
        StatusCode::PRECONDITION_FAILED,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ]
    .contains(&problem.status)
}

/// The page, as the dossier is now: after a conflict the professional sees what changed, and keeps what they typed.
async fn look<W: World>(
    state: &State<W>,
    caller: &Professional,
    id: DossierId,
    done: Option<&'static str>,
    attempt: Option<Attempt>,
) -> Result<Response, Problem> {
    let world = &*state.world;
    let Shown { json, etag } = requests::dossier(world, caller, id).await?;
    let person = requests::person(world, caller, id).await?;
    let explained = explanation(state, caller, id).await?;
    let orients = caller.role.orients();
    let alike = if orients { Some(requests::resemblances(world, caller, id).await?) } else { None };
    let carnet = requests::carnet(world, caller, id).await?;
    let names: BTreeMap<String, String> =
        requests::referents(world, caller).await?.into_iter().map(|it| (it.id, it.nom)).collect();
    let template = FilePage {
        site: Site::pro(state, caller),
        id: id.to_string(),
        reference: json.reference.clone(),
        name: format!("{} {}", person.identite.prenom, person.identite.nom),
        state: french::state(json.etat.code()).to_owned(),
        state_code: json.etat.code(),
        revision: etag,
        done,
        errors: attempt.as_ref().map_or_else(Vec::new, |it| it.errors.clone()),
        no_proposal: no_proposal(json.etat, caller.role),
        proposal: explained.as_ref().map(view::proposal),
        prepared: json.defaut.as_ref().map(view::prepared),
        decision: json.decision.as_ref().map(|it| view::decision(it, &json, caller.territory)),
        facts: view::facts(&json, caller.territory),
        person: view::person(&person),
        clocks: json.horloges.iter().map(view::clock).collect(),
        alike: view::alike(&json, alike.as_ref(), caller.territory),
        forms: {
            let others = alike.as_ref().map_or(&[][..], |it| &it.elements);
            forms::all(state, caller, &json, (explained.as_ref(), others), attempt.as_ref()).await?
        },
        carnet: carnet.iter().map(|it| view::entry(it, caller.territory, &names)).collect(),
    };
    Ok(match attempt {
        None => page(StatusCode::OK, &template),
        Some(attempt) => refused(attempt.problem.status, attempt.problem.code, &template),
    })
}

/// The explanation, when there is one and the professional may read it.
async fn explanation<W: World>(
    state: &State<W>,
    caller: &Professional,
    id: DossierId,
) -> Result<Option<PropositionJson>, Problem> {
    match requests::proposal(&*state.world, caller, id).await {
        Ok(proposal) => Ok(Some(proposal)),
        Err(RequestError::Refused(_) | RequestError::Forbidden) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

const fn no_proposal(etat: EtatCode, role: Role) -> &'static str {
    match (etat, role) {
        (_, Role::Referent) => "L’explication de la proposition est réservée aux agents d’orientation.",
        (EtatCode::Urgence, _) => "L’analyse attend que l’urgence soit traitée.",
        _ => "L’analyse n’a pas encore eu lieu. Rechargez la page dans un instant.",
    }
}
