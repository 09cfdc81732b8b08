//! The JSON routes: read, ask the engine, show.

pub(crate) mod cadres;
pub(crate) mod carnet;
pub(crate) mod delegations;
pub(crate) mod demandes;
pub(crate) mod dossiers;
pub(crate) mod gestes;
pub(crate) mod imports;
pub(crate) mod indicators;
pub(crate) mod referents;
pub(crate) mod site;
pub(crate) mod sweeps;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::problem::Problem;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// A JSON answer.
fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let text = serde_json::to_string(body).map_err(|_| Problem::internal())?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((status, headers, text).into_response())
}

/// The same, with the tag of the revision shown.
fn tagged(status: StatusCode, body: &impl Serialize, etag: u64) -> Answer {
    let mut response = json(status, body)?;
    let value = HeaderValue::from_str(&format!("\"{etag}\"")).map_err(|_| Problem::internal())?;
    response.headers_mut().insert(header::ETAG, value);
    Ok(response)
}

/// The same, with where to look for it.
fn located(status: StatusCode, body: &impl Serialize, location: &str) -> Answer {
    let mut response = json(status, body)?;
    let value = HeaderValue::from_str(location).map_err(|_| Problem::internal())?;
    response.headers_mut().insert(header::LOCATION, value);
    Ok(response)
}

/// A text of which every byte that could mean something in an address or a header is escaped.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => drop(write!(out, "%{other:02X}")),
        }
        out
    })
}

/// Reads a name in the path. A text that can be nobody's name leads nowhere.
pub(crate) fn named<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
