//! The first page, and the rules in force, readable by anyone.

use askama::Template;
use axum::extract::State as Use;
use axum::response::Response;
use domain::frame::Frame;
use domain::rules::RuleSet;
use engine::World;
use http::StatusCode;

use super::{Site, page};
use crate::router::State;

#[derive(Template)]
#[template(path = "accueil.html")]
struct HomePage<'a> {
    site: Site<'a>,
}

pub(crate) async fn show<W: World>(Use(state): Use<State<W>>) -> Response {
    page(StatusCode::OK, &HomePage { site: Site::of(&state) })
}

#[derive(Template)]
#[template(path = "algorithme.html")]
struct AlgorithmPage<'a> {
    site: Site<'a>,
    rules: &'a RuleSet,
    frames: &'a [Frame],
}

/// CRPA, L. 312-1-3: the rules of the main algorithmic treatments are published.
pub(crate) async fn algorithm<W: World>(Use(state): Use<State<W>>) -> Response {
    let reference = state.world.reference();
    page(
        StatusCode::OK,
        &AlgorithmPage { site: Site::of(&state), rules: &reference.rules, frames: &reference.frames },
    )
}
