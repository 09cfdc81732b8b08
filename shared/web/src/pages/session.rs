//! Signing in and out of the pages of professionals.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State as Use};
use axum::response::{IntoResponse, Response};
use engine::{Professional, World};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::origin::{self, Silent};
use super::{Fields, Site, page, problem_page, refused, see};
use crate::auth::{AuthError, cookie, end_cookie, token_of};
use crate::extract::professional;
use crate::problem::{Problem, sentence};
use crate::router::State;

const SIGN_IN: &str = "/pro/connexion";

/// The professional whose session this is. Without one, a page leads to the door; a form is refused.
pub(crate) struct Signed(pub(crate) Professional);

impl<W: World> FromRequestParts<State<W>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State<W>) -> Result<Self, Response> {
        let token = token_of(&parts.headers);
        let found = match token {
            Some(token) => professional(state, token).await,
            None => Err(AuthError::Absent),
        };
        match found {
            Ok(professional) => Ok(Self(professional)),
            Err(AuthError::Absent) if parts.method == Method::GET => Err(see(SIGN_IN)),
            Err(error) => Err(door(state, Some(error))),
        }
    }
}

#[derive(Template)]
#[template(path = "connexion.html")]
struct DoorPage<'a> {
    site: Site<'a>,
    error: Option<&'a str>,
}

fn door<W: World>(state: &State<W>, error: Option<AuthError>) -> Response {
    let Some(error) = error else {
        return page(StatusCode::OK, &DoorPage { site: Site::of(state), error: None });
    };
    let status = Problem::from(error).status;
    refused(status, error.code(), &DoorPage { site: Site::of(state), error: Some(sentence(error.code())) })
}

pub(crate) async fn ask<W: World>(Use(state): Use<State<W>>) -> Response {
    door(&state, None)
}

/// Opens a session with a token that the person already has.
pub(crate) async fn open<W: World>(Use(state): Use<State<W>>, request: Request) -> Response {
    if let Err(problem) = origin::check(request.headers(), Silent::Refused) {
        return problem_page(&state, true, &problem);
    }
    let fields = match Fields::read(request).await {
        Ok(fields) => fields,
        Err(problem) => return problem_page(&state, true, &problem),
    };
    let token = fields.get("jeton");
    match professional(&state, token).await {
        Ok(_) => match cookie(token) {
            Some(cookie) => with_cookie(see("/pro"), &cookie),
            None => door(&state, Some(AuthError::Unreadable)),
        },
        Err(error) => door(&state, Some(error)),
    }
}

pub(crate) async fn close<W: World>(Use(state): Use<State<W>>, headers: HeaderMap) -> Response {
    match origin::check(&headers, Silent::Refused) {
        Ok(()) => with_cookie(see(SIGN_IN), &end_cookie()),
        Err(problem) => problem_page(&state, true, &problem),
    }
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    match HeaderValue::from_str(cookie) {
        Ok(value) => {
            response.headers_mut().insert(header::SET_COOKIE, value);
            response
        }
        Err(_) => Problem::internal().into_response(),
    }
}
