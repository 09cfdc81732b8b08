//! The Lambda Runtime API, for one process: gives it invocations, hears its answers.
//!
//! Any bootstrap can be served, in any language: it asks `GET /2018-06-01/runtime/invocation/next` and posts to
//! `/invocation/{id}/response` or `/invocation/{id}/error`, or to `/runtime/init/error` when it cannot start.
//! One server, on a port of its own, per process: what an earlier process still had to say is never heard.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::Request;
use hyper::body::Bytes;
use local::clock::real_now;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use crate::http::{Handler, Reply, Server, reply};

const VERSION: &str = "/2018-06-01/runtime/";

/// What a process answers to one invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its response.
    Response(Value),
    /// Its error: the invocation failed.
    Error(Value),
}

/// One process's Runtime API.
pub struct RuntimeApi {
    server: Server,
    invocations: mpsc::UnboundedSender<Invocation>,
    shared: Arc<Shared>,
    given: u64,
}

struct Invocation {
    id: String,
    event: Bytes,
    deadline_ms: i64,
}

struct Shared {
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    answers: Mutex<BTreeMap<String, oneshot::Sender<Answer>>>,
    ready: watch::Sender<bool>,
    arn: String,
}

impl RuntimeApi {
    /// Starts the server for a function of this name.
    pub async fn start(function: &str) -> std::io::Result<Self> {
        let (invocations, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: tokio::sync::Mutex::new(waiting),
            answers: Mutex::default(),
            ready: watch::Sender::new(false),
            arn: format!("arn:aws:lambda:eu-west-3:000000000000:function:{function}"),
        });
        let server = Server::start(Routes(Arc::clone(&shared))).await?;
        Ok(Self { server, invocations, shared, given: 0 })
    }

    /// What the process finds in `AWS_LAMBDA_RUNTIME_API`.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Gives the process an event; what is received is its answer, or nothing if it never answers.
    pub fn invoke(&mut self, event: &Value, time_out: Duration) -> oneshot::Receiver<Answer> {
        self.given += 1;
        let id = format!("00000000-0000-4000-8000-{:012x}", self.given);
        let (answered, answer) = oneshot::channel();
        self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), answered);
        let budget = i64::try_from(time_out.as_millis()).unwrap_or(i64::MAX);
        let deadline_ms = real_now().timestamp_millis().saturating_add(budget);
        let event = Bytes::from(event.to_string());
        // Fails only after the server has stopped; the answer then never comes.
        let _ = self.invocations.send(Invocation { id, event, deadline_ms });
        answer
    }

    /// Waits until the process has asked for its first invocation: it has started.
    pub async fn ready(&self) {
        // Fails only when the sender is dropped, and we hold it.
        let _ = self.shared.ready.subscribe().wait_for(|ready| *ready).await;
    }
}

struct Routes(Arc<Shared>);

impl Handler for Routes {
    async fn handle(&self, request: Request<Bytes>) -> Option<Reply> {
        let path = request.uri().path().strip_prefix(VERSION).unwrap_or_default().to_owned();
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["invocation", "next"] => self.next().await,
            ["invocation", id, "response"] => Some(self.hear(id, Answer::Response, request.body())),
            ["invocation", id, "error"] => Some(self.hear(id, Answer::Error, request.body())),
            ["init", "error"] => Some(accepted()),
            _ => Some(reply(404, "application/json", "{}")),
        }
    }
}

impl Routes {
    async fn next(&self) -> Option<Reply> {
        self.0.ready.send_replace(true);
        let given = self.0.waiting.lock().await.recv().await?;
        let mut answer = reply(200, "application/json", given.event);
        let trace = format!("Root=1-00000000-{:024x};Sampled=0", given.deadline_ms);
        for (name, value) in [
            ("lambda-runtime-aws-request-id", given.id),
            ("lambda-runtime-deadline-ms", given.deadline_ms.to_string()),
            ("lambda-runtime-invoked-function-arn", self.0.arn.clone()),
            ("lambda-runtime-trace-id", trace),
        ] {
            answer.headers_mut().insert(name, value.parse().ok()?);
        }
        Some(answer)
    }

    fn hear(&self, id: &str, kind: impl Fn(Value) -> Answer, body: &Bytes) -> Reply {
        let waiting = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if let Some(waiting) = waiting {
            // Nobody may be waiting any more: the invocation was given up.
            let _ = waiting.send(kind(serde_json::from_slice(body).unwrap_or_default()));
        }
        accepted()
    }
}

fn accepted() -> Reply {
    reply(202, "application/json", r#"{"status":"OK"}"#)
}
