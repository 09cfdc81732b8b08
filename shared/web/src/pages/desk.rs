//! "À faire": the dossiers that wait for a professional, the most urgent first.

use askama::Template;
use axum::extract::State as Use;
use axum::response::Response;
use chrono::NaiveDate;
use contracts::api::{DossierResume, EtatCode, Liste};
use domain::commune;
use engine::requests::{self, Filter, RequestError};
use engine::{Professional, Role, World};
use http::{StatusCode, Uri};

use super::session::Signed;
use super::{Site, french, page, problem_page};
use crate::api::escaped;
use crate::api::gestes::today;
use crate::extract::Query;
use crate::problem::Problem;
use crate::router::State;

#[derive(Template)]
#[template(path = "bureau.html")]
struct DeskPage<'a> {
    site: Site<'a>,
    title: String,
    filters: Vec<Link>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Link {
    href: String,
    label: String,
    current: bool,
}

struct Row {
    id: String,
    name: String,
    code: &'static str,
    state: String,
    commune: String,
    received: String,
    target: String,
    legal: String,
    late: bool,
    provisional: bool,
}

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Signed(caller): Signed, uri: Uri) -> Response {
    match look(&state, &caller, &uri).await {
        Ok(response) => response,
        Err(problem) => problem_page(&state, true, &problem),
    }
}

async fn look<W: World>(state: &State<W>, caller: &Professional, uri: &Uri) -> Result<Response, Problem> {
    let query = Query::read(uri, &["etat", "apres"])?;
    let asked = query.get("etat");
    let etat = asked.and_then(EtatCode::from_code);
    let found = read(state, caller, etat, query.after()).await?;
    let today = today(&*state.world, caller);
    let template = DeskPage {
        site: Site::pro(state, caller),
        title: etat.map_or_else(|| "À faire".to_owned(), |it| french::state(it.code()).to_owned()),
        filters: filters(etat),
        next: found.suivant.as_deref().map(|cursor| next(etat, cursor)),
        rows: found.elements.iter().map(|it| row(it, caller, today)).collect(),
    };
    Ok(page(StatusCode::OK, &template))
}

async fn read<W: World>(
    state: &State<W>,
    caller: &Professional,
    etat: Option<EtatCode>,
    apres: Option<String>,
) -> Result<Liste<DossierResume>, RequestError> {
    // A référent's own list holds everybody whose référent they are.
    if etat.is_none() && caller.role != Role::Referent {
        return requests::not_oriented(&*state.world, caller, PAGE, apres).await;
    }
    let etat = etat.map(|it| it.code().to_owned());
    let filter = Filter { etat, referent: None, commune: None, limite: PAGE, apres };
    requests::dossiers(&*state.world, caller, filter).await
}

/// A page of the list.
const PAGE: u32 = 50;

fn filters(current: Option<EtatCode>) -> Vec<Link> {
    let all = Link { href: "/pro".to_owned(), label: "À faire".to_owned(), current: current.is_none() };
    let states = domain::State::CODES.into_iter().map(|code| Link {
        href: format!("/pro?etat={code}"),
        label: french::state(code).to_owned(),
        current: current.is_some_and(|it| it.code() == code),
    });
    std::iter::once(all).chain(states).collect()
}

fn next(etat: Option<EtatCode>, cursor: &str) -> String {
    let cursor = escaped(cursor);
    match etat {
        Some(etat) => format!("/pro?etat={}&apres={cursor}", etat.code()),
        None => format!("/pro?apres={cursor}"),
    }
}

fn row(it: &DossierResume, caller: &Professional, today: NaiveDate) -> Row {
    let date = |date: Option<NaiveDate>| date.map_or_else(|| "–".to_owned(), french::short_date);
    let name = [it.prenom.as_deref(), it.nom.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Row {
        id: it.dossier.to_string(),
        name: if name.is_empty() { it.reference.clone() } else { name },
        code: it.etat.code(),
        state: french::state(it.etat.code()).to_owned(),
        commune: place(&it.commune),
        received: french::short_date(caller.territory.local_date(it.depose_le)),
        target: date(it.cible),
        legal: date(it.legale),
        late: it.legale.is_some_and(|last| last < today),
        provisional: it.provisoire,
    }
}

/// The name of a commune, or its code when the list does not know it.
pub(super) fn place(code: &str) -> String {
    code.parse().ok().and_then(commune::find).map_or_else(|| code.to_owned(), |it| it.name.to_owned())
}
