//! The monthly sweep: asked for here, run elsewhere, looked at here.

use axum::extract::{Path, State as Use};
use contracts::api::BalayageBody;
use engine::{World, requests};
use http::StatusCode;

use super::{Answer, json, located};
use crate::extract::{Caller, Json, Key};
use crate::router::State;

pub(crate) async fn start<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    key: Key,
    json: Json,
) -> Answer {
    let body = BalayageBody::parse(&json.value)?;
    let asked = json.asked(key, None);
    let run = requests::start_sweep(&*state.world, &caller, &asked, body).await?;
    located(StatusCode::ACCEPTED, &run, &format!("/v1/balayages/{}", run.id))
}

pub(crate) async fn one<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    json(StatusCode::OK, &requests::sweep_run(&*state.world, &caller, &id).await?)
}
