//! The one way in which a cohort speaks with the running process: HTTP, patient, and always safe to say again.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest wait for one answer: moving the clock over many days takes its time.
const LONGEST: Duration = Duration::from_mins(2);
/// Attempts on an answer that says "later": a server error, a conflict of writes.
const ATTEMPTS: u32 = 25;

/// What to ask.
#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) token: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) if_match: Option<&'a str>,
    pub(super) body: Option<&'a Value>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, token: None, key: None, if_match: None, body: None }
    }

    pub(super) fn post(path: &'a str, body: &'a Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(path) }
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) etag: Option<String>,
    pub(super) body: Value,
}

/// Why there is no answer, as people read it.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is wrong.
    #[error("cette adresse ne convient pas")]
    Address(#[source] ureq::http::Error),
    /// The process stayed silent for longer than the patience.
    #[error("rien ne répond à cette adresse ; infra/local/up démarre le parcours")]
    Silent(#[source] ureq::Error),
    /// An answer that no retry changes.
    #[error("{path} a répondu {status} ({code})")]
    Refused {
        /// Where.
        path: String,
        /// The status.
        status: u16,
        /// The problem's code, when there is one.
        code: String,
    },
    /// An answer of another shape.
    #[error("la réponse n'a pas la forme attendue en {0}")]
    Shape(String),
}

/// A patient client.
#[derive(Clone)]
pub(super) struct Client {
    agent: Agent,
    address: String,
    patience: Duration,
}

impl Client {
    pub(super) fn new(address: &str, patience: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(LONGEST))
            .max_idle_connections_per_host(16)
            .build();
        Self { agent: config.into(), address: address.trim_end_matches('/').to_owned(), patience }
    }

    /// Asks until there is an answer that is not "later". Only for what can be said again: every gesture has its key.
    pub(super) fn ask(&self, ask: &Ask<'_>) -> Result<Reply, ClientError> {
        let mut silent_since = None;
        let mut attempts = 0;
        loop {
            match self.once(ask) {
                Ok(reply) if reply.status >= 500 || reply.status == 429 => {
                    attempts += 1;
                    if attempts >= ATTEMPTS {
                        return Ok(reply);
                    }
                }
                Ok(reply) => return Ok(reply),
                Err(ClientError::Silent(cause)) => {
                    let since = *silent_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > self.patience {
                        return Err(ClientError::Silent(cause));
                    }
                }
                Err(error) => return Err(error),
            }
            sleep(PAUSE);
        }
    }

    /// Asks, and accepts only a success.
    pub(super) fn expect(&self, ask: &Ask<'_>) -> Result<Reply, ClientError> {
        let reply = self.ask(ask)?;
        if (200..300).contains(&reply.status) {
            return Ok(reply);
        }
        let code = reply.body.get("code").and_then(Value::as_str).unwrap_or("sans code").to_owned();
        Err(ClientError::Refused { path: ask.path.to_owned(), status: reply.status, code })
    }

    fn once(&self, ask: &Ask<'_>) -> Result<Reply, ClientError> {
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(format!("{}{}", self.address, ask.path))
            .header("accept", "application/json");
        let bearer = ask.token.map(|it| format!("Bearer {it}"));
        let headers = [
            ("authorization", bearer.as_deref()),
            ("idempotency-key", ask.key),
            ("if-match", ask.if_match),
            ("content-type", ask.body.map(|_| "application/json")),
        ];
        for (name, value) in headers.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            request = request.header(name, value);
        }
        let body = ask.body.map(Value::to_string).unwrap_or_default();
        let request = request.body(body).map_err(ClientError::Address)?;
        let mut response = self.agent.run(request).map_err(ClientError::Silent)?;
        let etag = response.headers().get("etag").and_then(|it| it.to_str().ok()).map(str::to_owned);
        let text = response.body_mut().read_to_string().map_err(ClientError::Silent)?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply { status: response.status().as_u16(), etag, body })
    }
}

impl Reply {
    /// A text of the answer.
    pub(super) fn text(&self, pointer: &str) -> Result<&str, ClientError> {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .ok_or_else(|| ClientError::Shape(pointer.to_owned()))
    }
}
