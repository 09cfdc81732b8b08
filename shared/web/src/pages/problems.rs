//! What a code of the API means: the page that the `type` of a problem leads to.

use askama::Template;
use axum::extract::{Path, State as Use};
use axum::response::Response;
use engine::World;
use http::StatusCode;

use super::{Site, page, problem_page};
use crate::problem::{CODES, Problem};
use crate::router::State;

#[derive(Template)]
#[template(path = "problemes.html")]
struct ProblemPage<'a> {
    site: Site<'a>,
    code: &'a str,
    text: &'a str,
}

pub(crate) async fn show<W: World>(Use(state): Use<State<W>>, Path(code): Path<String>) -> Response {
    match CODES.iter().find(|(known, _)| *known == code) {
        Some((code, text)) => page(StatusCode::OK, &ProblemPage { site: Site::of(&state), code, text }),
        None => problem_page(&state, false, &Problem::not_found()),
    }
}
