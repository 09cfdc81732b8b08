//! Delegations of signature: who may sign, by which act, for what, until when.

use axum::extract::{Path, State as Use};
use contracts::api::{DelegationBody, Liste};
use engine::{World, requests};
use http::StatusCode;

use super::{Answer, json, named};
use crate::extract::{Caller, Json};
use crate::problem::Problem;
use crate::router::State;

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(caller): Caller) -> Answer {
    let delegations = requests::delegations(&*state.world, &caller).await?;
    json(StatusCode::OK, &Liste { elements: delegations, suivant: None })
}

pub(crate) async fn one<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(agent): Path<String>,
) -> Answer {
    let delegations = requests::delegations(&*state.world, &caller).await?;
    let found = delegations.iter().find(|it| it.agent == agent).ok_or_else(Problem::not_found)?;
    json(StatusCode::OK, found)
}

pub(crate) async fn write<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(agent): Path<String>,
    json: Json,
) -> Answer {
    let agent = named(&agent)?;
    let body = DelegationBody::parse(&json.value)?;
    let delegation = requests::put_delegation(&*state.world, &caller, &agent, body).await?;
    super::json(StatusCode::OK, &delegation)
}
