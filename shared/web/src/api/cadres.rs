//! The legal frames.

use axum::extract::State as Use;
use contracts::api::{CadreJson, Liste};
use engine::World;
use http::StatusCode;

use super::{Answer, json};
use crate::extract::Caller;
use crate::router::State;

/// The law is the same for every professional: who asks does not matter, as long as somebody does.
pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(_): Caller) -> Answer {
    let frames = state.world.reference().frames.iter().map(CadreJson::from).collect();
    json(StatusCode::OK, &Liste { elements: frames, suivant: None })
}
