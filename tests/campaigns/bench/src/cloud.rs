//! AWS on the loopback: DynamoDB, SQS, KMS and S3 behind one address, and faults on the way.
//!
//! A function finds it in `AWS_ENDPOINT_URL`. Each request bears the number of the process that signed it, so that a
//! fault of the plan can strike one process at one of its requests. What is not signed is served as it is: the public
//! documents, such as an issuer's keys.

mod kms;
mod s3;
mod sqs;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dynoxide::Database;
use hyper::body::Bytes;
use hyper::{Method, Request};
use tokio::sync::watch;

use crate::faults::{At, Calm, Fault, Kind, SharedPlan, Tally};
use crate::http::{Handler, Reply, Server, header, reply};
use crate::instance::{Life, signer};
use crate::queues::Queues;

pub use s3::Documents;

/// What the names of the tables start with.
pub const PREFIX: &str = "spie-essai-";

/// The bucket of documents.
pub const BUCKET: &str = "documents";

/// One request to AWS.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which service.
    pub service: Service,
    /// The operation's name, as in `PutItem`.
    pub operation: String,
    /// The path, for S3.
    pub path: String,
    /// The body.
    pub body: Bytes,
    /// Whether the write is only wanted if nothing is there, for S3.
    pub if_absent: bool,
}

const INDEX_NAME: &[u8] = b"\"IndexName\"";

/// The services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// DynamoDB.
    Store,
    /// SQS.
    Queues,
    /// KMS.
    Keys,
    /// S3.
    Documents,
}

impl Call {
    /// A call to DynamoDB.
    pub fn of(operation: &str, body: &str) -> Self {
        Self {
            service: Service::Store,
            operation: operation.to_owned(),
            path: "/".to_owned(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            if_absent: false,
        }
    }

    /// Whether it is this operation.
    pub fn is(&self, operation: &str) -> bool {
        self.operation == operation
    }

    /// Whether it writes an item.
    pub fn writes_store(&self) -> bool {
        ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"]
            .contains(&self.operation.as_str())
    }

    /// Whether it reads a page of an index.
    pub fn reads_index(&self) -> bool {
        self.is("Query") && self.body.windows(INDEX_NAME.len()).any(|it| it == INDEX_NAME)
    }

    /// Whether it has an effect that lasts.
    pub fn writes(&self) -> bool {
        self.writes_store()
            || ["SendMessage", "SendMessageBatch", "PutObject", "DeleteObject"]
                .contains(&self.operation.as_str())
    }

    fn read(request: &Request<Bytes>) -> Self {
        let target = header(request, "x-amz-target");
        let (service, operation) = match target.split_once('.') {
            Some(("AmazonSQS", operation)) => (Service::Queues, operation),
            Some(("TrentService", operation)) => (Service::Keys, operation),
            Some((_, operation)) => (Service::Store, operation),
            None => (Service::Documents, s3::operation(request.method())),
        };
        let chunked = header(request, "x-amz-content-sha256").starts_with("STREAMING-");
        let body = request.body();
        Self {
            service,
            operation: operation.to_owned(),
            path: request.uri().path().to_owned(),
            body: if chunked { s3::unchunk(body) } else { body.clone() },
            if_absent: header(request, "if-none-match") == "*",
        }
    }
}

/// What a service answers.
pub(crate) struct Answer {
    status: u16,
    body: String,
}

impl Answer {
    fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, body: body.into() }
    }

    fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The cloud of one world. Clones are the same cloud.
#[derive(Clone)]
pub struct Cloud(Arc<Inner>);

struct Inner {
    database: Database,
    queues: Queues,
    documents: Documents,
    public: BTreeMap<String, String>,
    plan: Mutex<SharedPlan>,
    tally: Arc<Tally>,
    processes: Mutex<BTreeMap<u32, Process>>,
    sent: Mutex<u64>,
    functions: Mutex<u32>,
    changed: watch::Sender<u64>,
}

struct Process {
    life: Life,
    requests: u32,
}

/// A cloud being served; it stops when this is dropped.
pub struct Served {
    server: Server,
    /// The cloud.
    pub cloud: Cloud,
}

impl Served {
    /// The value of `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }
}

impl Cloud {
    /// Serves this database. `public` are documents by path, for anybody.
    pub async fn serve(
        database: Database,
        public: BTreeMap<String, String>,
        tally: Arc<Tally>,
    ) -> std::io::Result<Served> {
        let cloud = Self(Arc::new(Inner {
            database,
            queues: Queues::default(),
            documents: Documents::default(),
            public,
            plan: Mutex::new(Arc::new(Calm)),
            tally,
            processes: Mutex::default(),
            sent: Mutex::default(),
            functions: Mutex::default(),
            changed: watch::Sender::new(0),
        }));
        let server = Server::start(cloud.clone()).await?;
        Ok(Served { server, cloud })
    }

    /// The queues.
    pub fn queues(&self) -> &Queues {
        &self.0.queues
    }

    /// The documents.
    pub fn documents(&self) -> &Documents {
        &self.0.documents
    }

    /// The store.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// What was injected.
    pub fn tally(&self) -> &Tally {
        &self.0.tally
    }

    /// Changes the weather.
    pub fn set_plan(&self, plan: SharedPlan) {
        *lock(&self.0.plan) = plan;
    }

    /// Tells of each write to the store.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Numbers the functions that run over this cloud.
    pub(crate) fn next_function(&self) -> u32 {
        let mut functions = lock(&self.0.functions);
        *functions += 1;
        *functions
    }

    /// Makes a process known, so that faults can strike it.
    pub fn know(&self, number: u32, life: Life) {
        lock(&self.0.processes).insert(number, Process { life, requests: 0 });
    }

    /// Forgets a process that is no more; returns how many requests it had made.
    pub fn forget(&self, number: u32) -> u32 {
        lock(&self.0.processes).remove(&number).map_or(0, |it| it.requests)
    }

    /// A call without fault, as the campaign itself makes them; returns the status and the body.
    pub fn ask(&self, call: &Call) -> (u16, String) {
        let answer = self.answer(call);
        (answer.status, answer.body)
    }

    fn answer(&self, call: &Call) -> Answer {
        let answer = match call.service {
            Service::Store => store::answer(&self.0.database, call),
            Service::Queues => sqs::answer(self, call),
            Service::Keys => kms::answer(call),
            Service::Documents => self.0.documents.answer(call),
        };
        if call.writes_store() && answer.succeeded() {
            self.0.changed.send_modify(|it| *it += 1);
        }
        answer
    }

    /// How many copies the next message gets.
    fn copies(&self) -> (u64, u64) {
        let mut sent = lock(&self.0.sent);
        *sent += 1;
        lock(&self.0.plan).copies(*sent)
    }

    /// The fault that strikes the signer's next request, and the signer's life.
    fn strike(&self, signer: u32, call: &Call) -> Option<(Fault, Life)> {
        let (at, life) = {
            let mut processes = lock(&self.0.processes);
            let process = processes.get_mut(&signer)?;
            let at = At { instance: signer, request: process.requests };
            process.requests += 1;
            (at, process.life.clone())
        };
        let plan = Arc::clone(&lock(&self.0.plan));
        Some((plan.fault(at, call)?, life))
    }

    /// Does what the fault says. `None` closes the connection.
    async fn suffer(&self, fault: Fault, life: &Life, call: &Call) -> Option<Answer> {
        let tally = &self.0.tally;
        match fault {
            Fault::KillBefore => {
                tally.add(Kind::KillBefore, 1);
                life.kill().await;
                None
            }
            Fault::KillAfter => {
                self.answer(call);
                tally.add(Kind::KillAfter, 1);
                life.kill().await;
                None
            }
            Fault::LoseAnswer => {
                // Only what had an effect is counted.
                tally.add(Kind::LostAnswer, u64::from(self.answer(call).succeeded()));
                None
            }
            Fault::Silence { done } => {
                if done {
                    self.answer(call);
                }
                tally.add(Kind::Silence, 1);
                life.ended().await;
                None
            }
            Fault::Error { done } => {
                if done {
                    self.answer(call);
                }
                tally.add(Kind::Error, 1);
                Some(failure(call.service, 500))
            }
            Fault::Unavailable => {
                tally.add(Kind::Unavailable, 1);
                Some(failure(call.service, 503))
            }
            Fault::Throttle => {
                tally.add(Kind::Throttled, 1);
                Some(failure(call.service, 429))
            }
            Fault::Conflict => {
                tally.add(Kind::Conflict, 1);
                Some(store::conflict(call))
            }
            Fault::PartlySend => Some(self.counted(Kind::PartlySent, sqs::partly(self, call))),
            Fault::LeaveAside => {
                Some(self.counted(Kind::LeftAside, store::leave_aside(&self.0.database, call)))
            }
            Fault::CutPage => Some(self.counted(Kind::CutPage, store::cut_page(&self.0.database, call))),
            Fault::StaleIndex => Some(self.counted(Kind::StaleIndex, store::stale(&self.0.database, call))),
        }
    }

    /// Counts a fault if it changed the answer.
    fn counted(&self, kind: Kind, (answer, changed): (Answer, bool)) -> Answer {
        self.0.tally.add(kind, u64::from(changed));
        answer
    }
}

impl Handler for Cloud {
    async fn handle(&self, request: Request<Bytes>) -> Option<Reply> {
        let Some(signer) = signer(header(&request, "authorization")) else {
            return Some(self.public(&request));
        };
        let call = Call::read(&request);
        let answer = match self.strike(signer, &call) {
            None => self.answer(&call),
            Some((fault, life)) => self.suffer(fault, &life, &call).await?,
        };
        let kind =
            if call.service == Service::Documents { "application/xml" } else { "application/x-amz-json-1.0" };
        Some(reply(answer.status, kind, answer.body))
    }
}

impl Cloud {
    fn public(&self, request: &Request<Bytes>) -> Reply {
        match self.0.public.get(request.uri().path()) {
            Some(document) if request.method() == Method::GET => {
                reply(200, "application/json", document.clone())
            }
            _ => reply(403, "application/json", "{}"),
        }
    }
}

/// How each service says that it failed: 500, 503, or 429 for throttling.
fn failure(service: Service, how: u16) -> Answer {
    let (status, code) = match (service, how) {
        (Service::Store, 500) => (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
        (Service::Store, 429) => {
            (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")
        }
        (Service::Queues, 429) => (403, "com.amazonaws.sqs#RequestThrottled"),
        (Service::Keys, 500) => (500, "KMSInternalException"),
        (Service::Keys, 429) => (400, "ThrottlingException"),
        (Service::Documents, 429) => (503, "SlowDown"),
        (_, 500) => (500, "InternalError"),
        _ => (503, "ServiceUnavailable"),
    };
    if service == Service::Documents {
        return Answer { status, body: format!("<Error><Code>{code}</Code><Message>x</Message></Error>") };
    }
    Answer { status, body: format!(r#"{{"__type":"{code}","message":"x"}}"#) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
