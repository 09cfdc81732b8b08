//! The pages: plain HTML, no script, one style sheet.

pub(crate) mod desk;
pub(crate) mod figures;
pub(crate) mod file;
pub(crate) mod files;
pub(crate) mod follow_up;
pub(crate) mod form;
mod french;
pub(crate) mod home;
mod origin;
pub(crate) mod problems;
pub(crate) mod session;
mod shape;

use askama::Template;
use axum::extract::{FromRequest, Request, State as Use};
use axum::response::{IntoResponse, Response};
use engine::{Professional, World};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use crate::config::SiteConfig;
use crate::extract::unread;
use crate::problem::{Code, Problem};
use crate::router::State;
use crate::typo;

/// What every page shows around its own content.
pub(crate) struct Site<'a> {
    config: &'a SiteConfig,
    css: String,
    /// Whether the files of other administrations are for this reader.
    files: bool,
    /// Whether the indicators are for this reader.
    figures: bool,
}

impl<'a> Site<'a> {
    fn of<W: World>(state: &'a State<W>) -> Self {
        Self {
            config: &state.config,
            css: format!("/style.css?v={STYLE_VERSION:016x}"),
            files: false,
            figures: false,
        }
    }

    /// The same, for a professional.
    fn pro<W: World>(state: &'a State<W>, caller: &Professional) -> Self {
        Self { files: caller.role.orients(), figures: caller.role.governs(), ..Self::of(state) }
    }
}

/// One line of the summary of errors: what is wrong, and where to go to repair it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorLine {
    pub(crate) field: String,
    pub(crate) text: String,
}

/// A page, with French typography.
fn page(status: StatusCode, template: &impl Template) -> Response {
    let Ok(html) = template.render() else { return Problem::internal().into_response() };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    (status, headers, typo::page(&html)).into_response()
}

/// A page that says no; the log gets its code.
fn refused(status: StatusCode, code: &'static str, template: &impl Template) -> Response {
    let mut response = page(status, template);
    response.extensions_mut().insert(Code(code));
    response
}

/// Goes to another page after a form was sent.
fn see(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}

#[derive(Template)]
#[template(path = "erreur.html")]
struct ErrorPage<'a> {
    site: Site<'a>,
    pro: bool,
    title: &'a str,
    detail: &'a str,
}

/// A problem as a page: for those who came with a browser.
fn problem_page<W: World>(state: &State<W>, pro: bool, problem: &Problem) -> Response {
    let template = ErrorPage { site: Site::of(state), pro, title: problem.title(), detail: &problem.detail };
    refused(problem.status, problem.code, &template)
}

/// The answer to an address that leads nowhere: a page for people, a problem for programs.
pub(crate) async fn nowhere<W: World>(Use(state): Use<State<W>>, uri: Uri, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.contains("text/html") && !uri.path().starts_with("/v1") {
        return problem_page(&state, uri.path().starts_with("/pro"), &Problem::not_found());
    }
    Problem::not_found().into_response()
}

/// The fields of a form that was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    async fn read(request: Request) -> Result<Self, Problem> {
        axum::Form::<Vec<(String, String)>>::from_request(request, &())
            .await
            .map(|axum::Form(pairs)| Self(pairs))
            .map_err(|rejection| unread(rejection.into_response().status()))
    }

    /// The field, without the spaces around it; empty when it is not there.
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of the field.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The date written as three fields, in ISO; `None` when all three are empty.
    fn date(&self, name: &str) -> Option<String> {
        let part = |suffix| self.get(&format!("{name}_{suffix}")).to_owned();
        let (day, month, year) = (part("jour"), part("mois"), part("annee"));
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return None;
        }
        Some(format!("{year:0>4}-{month:0>2}-{day:0>2}"))
    }
}

/// A key for a form: a second sending of the same form does nothing more.
fn fresh_key<W: World>(world: &W) -> Result<String, Problem> {
    use engine::ports::Chance;
    let mut bytes = [0; 16];
    world
        .chance()
        .fill(&mut bytes)
        .map_err(|error| Problem::from(engine::requests::RequestError::Busy(error)))?;
    Ok(bytes.iter().fold(String::from("page-"), |text, byte| text + &format!("{byte:02x}")))
}

static STYLE: &str = include_str!("../templates/style.css");

/// Changes with the style sheet, so that browsers may keep each version for a year.
const STYLE_VERSION: u64 = fnv(STYLE.as_bytes());

const fn fnv(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

pub(crate) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, STYLE).into_response()
}
