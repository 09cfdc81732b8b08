//! The roster of référents.

use axum::extract::{Path, State as Use};
use contracts::api::{Liste, ReferentBody};
use engine::{World, requests};
use http::StatusCode;

use super::{Answer, json, named, tagged};
use crate::extract::{Caller, IfMatch, Json};
use crate::router::State;

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(caller): Caller) -> Answer {
    let roster = requests::referents(&*state.world, &caller).await?;
    json(StatusCode::OK, &Liste { elements: roster, suivant: None })
}

pub(crate) async fn one<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    let (referent, etag) = requests::referent(&*state.world, &caller, &named(&id)?).await?;
    tagged(StatusCode::OK, &referent, etag)
}

pub(crate) async fn write<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    IfMatch(if_match): IfMatch,
    json: Json,
) -> Answer {
    let id = named(&id)?;
    let body = ReferentBody::parse(&json.value, caller.territory)?;
    let (referent, created) = requests::put_referent(&*state.world, &caller, &id, if_match, body).await?;
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    tagged(status, &referent, referent.revision)
}
