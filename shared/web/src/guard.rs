//! What surrounds every route: security headers, a panic that stays one answer's, refusals in our own shape, a log.

use std::panic::AssertUnwindSafe;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::problem::{Code, Problem};

/// Runs a request.
pub(crate) async fn around(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|it| it.as_str().to_owned());
    let outcome = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = outcome.unwrap_or_else(|_| Problem::internal().into_response());
    let ours = response.extensions().get::<Code>().is_some();
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED if !ours => {
            response = with_allow(response.headers().get(header::ALLOW).cloned());
        }
        // What the framework could not read of the address.
        StatusCode::BAD_REQUEST if !ours => {
            response = Problem::new(StatusCode::BAD_REQUEST, "requete_illisible").into_response();
        }
        _ => {}
    }
    protect(response.headers_mut());
    let status = response.status().as_u16();
    let code = response.extensions().get::<Code>().map_or("", |code| code.0);
    // The route is the pattern, never the address: an address may hold what somebody typed.
    let route = route.as_deref().unwrap_or("");
    if response.status().is_server_error() {
        tracing::error!(%method, route, status, code, "request failed");
    } else {
        tracing::info!(%method, route, status, code, "request answered");
    }
    response
}

fn with_allow(allow: Option<HeaderValue>) -> Response {
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "methode_non_permise").into_response();
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// `Referrer-Policy` keeps the origin for ourselves: without it browsers send `Origin: null` with our own forms.
const PROTECTIONS: [(HeaderName, HeaderValue); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    ),
];

fn protect(headers: &mut HeaderMap) {
    for (name, value) in PROTECTIONS {
        headers.entry(name).or_insert(value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
