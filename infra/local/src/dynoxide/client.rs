//! The SDK's HTTP client whose server is the embedded engine: one thread writes, another reads.
//!
//! The engine has one writer at a time, and readers who never wait for it. A thread for each keeps the requests of the
//! journey from fighting over a lock, and lets people read while others are written. What was acknowledged is seen by
//! every read that starts afterwards.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::Database;
use tokio::sync::oneshot;

use super::{Engine, respond};

/// What the SDK writes before the name of an operation.
const TARGET_PREFIX: &str = "DynamoDB_20120810.";
/// The operations that only read items.
const READS: [&str; 4] = ["BatchGetItem", "GetItem", "Query", "Scan"];

/// Looks on while the engine answers: what a measure counts and records. Nobody does in the local mode.
pub trait Watch: Send + Sync + 'static {
    /// The engine answered this operation's request, in this time. Writes are told in the order of their commits.
    fn answered(&self, operation: &str, request: &[u8], status: u16, took: Duration);
}

impl Watch for () {
    fn answered(&self, _: &str, _: &[u8], _: u16, _: Duration) {}
}

/// An HTTP client for the SDK whose server is this engine.
pub fn http_client(engine: impl Into<Engine>) -> SharedHttpClient {
    watched_http_client(engine, ())
}

/// The same, under the eyes of a watch.
pub fn watched_http_client(engine: impl Into<Engine>, watch: impl Watch) -> SharedHttpClient {
    let (engine, watch) = (engine.into(), Arc::new(watch));
    let connector = Connector {
        writer: Desk::open("base-ecrit", engine.writer, Arc::clone(&watch)),
        reader: Desk::open("base-lit", engine.reader, watch),
    };
    SharedHttpClient::new(InProcess { connector: SharedHttpConnector::new(connector) })
}

#[derive(Debug)]
struct InProcess {
    connector: SharedHttpConnector,
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.connector.clone()
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("dynoxide", None))
    }
}

#[derive(Debug)]
struct Connector {
    writer: Desk,
    reader: Desk,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.strip_prefix(TARGET_PREFIX).unwrap_or_default().to_owned();
        let desk = if READS.contains(&operation.as_str()) { &self.reader } else { &self.writer };
        let answer = desk.ask(operation, request);
        HttpConnectorFuture::new(async move {
            // The thread lost the request to a panic of the engine: one request's failure, and the SDK tries again.
            let (status, body) = answer.await.map_err(|it| ConnectorError::other(it.into(), None))?;
            let status = StatusCode::try_from(status).map_err(|it| ConnectorError::other(it.into(), None))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        })
    }
}

/// A thread that answers one request at a time on its own connection. It ends when nobody can ask any more.
#[derive(Debug)]
struct Desk(mpsc::Sender<Job>);

#[derive(Debug)]
struct Job {
    operation: String,
    request: HttpRequest,
    answer: oneshot::Sender<(u16, String)>,
}

impl Desk {
    fn open(name: &str, database: Database, watch: Arc<impl Watch>) -> Self {
        let (sender, jobs) = mpsc::channel::<Job>();
        let treating = move || {
            for Job { operation, request, answer } in jobs {
                let treated = || treat(&database, &*watch, &operation, &request);
                if let Ok(treated) = catch_unwind(AssertUnwindSafe(treated)) {
                    // Whoever asked may have gone: what was written stays written.
                    let _ = answer.send(treated);
                }
            }
        };
        // A thread that does not start drops the desk's receiver: whoever asks is told.
        let _ = std::thread::Builder::new().name(name.to_owned()).spawn(treating);
        Self(sender)
    }

    fn ask(&self, operation: String, request: HttpRequest) -> oneshot::Receiver<(u16, String)> {
        let (answer, received) = oneshot::channel();
        // A thread that is gone drops the job, and with it the answer: the receiver tells.
        let _ = self.0.send(Job { operation, request, answer });
        received
    }
}

fn treat(database: &Database, watch: &impl Watch, operation: &str, request: &HttpRequest) -> (u16, String) {
    let body = request.body().bytes().unwrap_or_default();
    let began = Instant::now();
    let (status, text) = respond(database, operation, body);
    watch.answered(operation, body, status, began.elapsed());
    (status, text)
}
