//! The legal frames, and the targets that a territory sets in them.

use axum::extract::{Path, State as Use};
use contracts::api::{CadreJson, CiblesBody, Liste};
use engine::{World, requests};
use http::StatusCode;

use super::{Answer, json};
use crate::extract::{Caller, Json};
use crate::problem::Problem;
use crate::router::State;

/// The law is the same for every professional: who asks does not matter, as long as somebody does.
pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(_): Caller) -> Answer {
    let frames = state.world.reference().frames.iter().map(CadreJson::from).collect();
    json(StatusCode::OK, &Liste { elements: frames, suivant: None })
}

/// Every version of the targets of the caller's territory, for one kind of frame.
pub(crate) async fn versions<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(kind): Path<String>,
) -> Answer {
    let versions = requests::target_versions(&*state.world, &caller, &kind).await?;
    json(StatusCode::OK, &Liste { elements: versions, suivant: None })
}

/// One version, and what it would change.
pub(crate) async fn version<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(place): Path<(String, String)>,
) -> Answer {
    let (kind, number) = of(&place)?;
    json(StatusCode::OK, &requests::target_version(&*state.world, &caller, kind, number).await?)
}

/// Writes a draft.
pub(crate) async fn write<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(place): Path<(String, String)>,
    body: Json,
) -> Answer {
    let (kind, number) = of(&place)?;
    let body = CiblesBody::parse(&body.value)?;
    json(StatusCode::OK, &requests::put_targets(&*state.world, &caller, kind, number, body).await?)
}

/// Wants a version published; the second person who does publishes it.
pub(crate) async fn publish<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(place): Path<(String, String)>,
) -> Answer {
    let (kind, number) = of(&place)?;
    json(StatusCode::OK, &requests::publish_targets(&*state.world, &caller, kind, number).await?)
}

/// Retires a version for the rights to come.
pub(crate) async fn retire<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(place): Path<(String, String)>,
) -> Answer {
    let (kind, number) = of(&place)?;
    json(StatusCode::OK, &requests::retire_targets(&*state.world, &caller, kind, number).await?)
}

/// The kind of frame and the number of the version that a path names.
fn of((kind, number): &(String, String)) -> Result<(&str, u32), Problem> {
    let number = number.parse().ok().filter(|it| *it > 0).ok_or_else(Problem::not_found)?;
    Ok((kind, number))
}
