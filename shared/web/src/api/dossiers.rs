//! Reading dossiers: the file active, one dossier, its explanation.

use axum::extract::{Path, State as Use};
use contracts::api::EtatCode;
use engine::World;
use engine::requests::{self, Filter};
use http::{StatusCode, Uri};

use super::{Answer, json, named, tagged};
use crate::extract::{Caller, Query, parameter};
use crate::problem::Problem;
use crate::router::State;

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(caller): Caller, uri: Uri) -> Answer {
    let query = Query::read(&uri, &["etat", "referent", "commune", "limite", "apres"])?;
    let etat = query.get("etat").map(str::to_owned);
    if etat.as_deref().is_some_and(|code| EtatCode::from_code(code).is_none()) {
        return Err(Problem::invalid(vec![parameter("etat", "code_inconnu", "Cet état n’existe pas.")]));
    }
    let filter = Filter {
        etat,
        referent: query.parse("referent", "Ce n’est pas l’identifiant d’un référent.")?,
        commune: query.parse("commune", "Un code INSEE de commune a cinq caractères.")?,
        limite: query.limit()?,
        apres: query.after(),
    };
    json(StatusCode::OK, &requests::dossiers(&*state.world, &caller, filter).await?)
}

pub(crate) async fn not_oriented<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    uri: Uri,
) -> Answer {
    let query = Query::read(&uri, &["limite", "apres"])?;
    let page = requests::not_oriented(&*state.world, &caller, query.limit()?, query.after()).await?;
    json(StatusCode::OK, &page)
}

pub(crate) async fn one<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    let shown = requests::dossier(&*state.world, &caller, named(&id)?).await?;
    tagged(StatusCode::OK, &shown.json, shown.etag)
}

pub(crate) async fn resemblances<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    json(StatusCode::OK, &requests::resemblances(&*state.world, &caller, named(&id)?).await?)
}

pub(crate) async fn proposal<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    json(StatusCode::OK, &requests::proposal(&*state.world, &caller, named(&id)?).await?)
}
