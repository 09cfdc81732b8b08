//! The indicators.

use axum::extract::State as Use;
use contracts::api::IndicateursAsk;
use engine::{Professional, World, requests};
use http::{StatusCode, Uri};

use super::gestes::today;
use super::{Answer, json};
use crate::extract::{Caller, Query};
use crate::problem::Problem;
use crate::router::State;

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(caller): Caller, uri: Uri) -> Answer {
    let ask = asked(&*state.world, &caller, &uri)?;
    json(StatusCode::OK, &requests::indicators(&*state.world, &caller, ask).await?)
}

/// What the address asks for. Every parameter that is wrong is told at once.
pub(crate) fn asked<W: World>(
    world: &W,
    caller: &Professional,
    uri: &Uri,
) -> Result<IndicateursAsk, Problem> {
    let (query, mut errors) = Query::gather(uri, IndicateursAsk::FIELDS)?;
    match IndicateursAsk::parse(&query.json(), today(world, caller)) {
        Ok(ask) if errors.is_empty() => Ok(ask),
        Ok(_) => Err(Problem::invalid(errors)),
        Err(rejected) => {
            errors.extend(rejected.errors);
            Err(Problem::invalid(errors))
        }
    }
}
