//! Between the SDK and the services of this process: everything that passes is counted, and passes unchanged.
//!
//! DynamoDB is the embedded store. Writes pass one at a time, so that the item before and the item after each of them
//! can be read. The store is asked for its own count of what it did: where it differs, the measure is spoiled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
use serde_json::{Value, json};

use super::request::{self, Ending, Tables, Target};
use super::sqs::Queues;
use super::table::Table;
use super::{Bill, Item, Line};

/// An item that a request names, before it and after it.
type Image = (Target, Option<Item>, Option<Item>);

/// What is not part of any journey: making tables, looking at pages, idle polls.
pub(super) const ASIDE: &str = "hors parcours";

/// Counts what passes. Clones are the same meter.
#[derive(Clone)]
pub(super) struct Meter(Arc<Inner>);

struct Inner {
    database: Database,
    store: SharedHttpClient,
    queues: Queues,
    /// Held during a write, from the look at the item before to the look at the item after.
    writing: tokio::sync::Mutex<()>,
    tables: Mutex<Tables>,
    book: Mutex<Book>,
}

struct Book {
    function: &'static str,
    bill: Bill,
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}

impl Meter {
    /// A meter on this store and on queues of its own.
    pub(super) fn new(database: Database) -> Self {
        Self(Arc::new(Inner {
            store: local::dynoxide::http_client(database.clone()),
            database,
            queues: Queues::default(),
            writing: tokio::sync::Mutex::default(),
            tables: Mutex::default(),
            book: Mutex::new(Book { function: ASIDE, bill: Bill::default() }),
        }))
    }

    /// The HTTP client to give to the SDK.
    pub(super) fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The embedded store, beside the count.
    pub(super) fn database(&self) -> &Database {
        &self.0.database
    }

    /// From now on, what passes is an invocation of this function.
    pub(super) fn invoke(&self, function: &'static str) {
        let mut book = self.book();
        book.function = function;
        *book.bill.invocations.entry(function).or_default() += 1;
    }

    /// From now on, what passes is part of no journey.
    pub(super) fn set_aside(&self) {
        self.book().function = ASIDE;
    }

    /// What was counted since the last bill, and starts a new one. What was set aside is in none.
    pub(super) fn bill(&self) -> Bill {
        let mut bill = std::mem::take(&mut self.book().bill);
        bill.lines.retain(|(function, _), _| *function != ASIDE);
        bill.invocations.remove(ASIDE);
        bill
    }

    /// At most ten messages of a queue, as an event source takes them: one request.
    pub(super) fn receive(&self, queue: &str) -> Vec<String> {
        let bodies = self.0.queues.receive(queue);
        if !bodies.is_empty() {
            self.sqs(queue, bodies.iter().map(String::len).sum());
        }
        bodies
    }

    /// The event source deletes the messages of a batch: one request.
    pub(super) fn delete_batch(&self, queue: &str) {
        self.sqs(queue, 0);
    }

    /// How many messages wait, per queue.
    pub(super) fn waiting(&self) -> BTreeMap<String, usize> {
        self.0.queues.waiting()
    }

    fn sqs(&self, queue: &str, bytes: usize) {
        let line = Line { requests: Queues::requests(bytes), bytes: bytes as u64, ..Line::default() };
        self.note(&format!("sqs/{queue}"), line);
    }

    fn note(&self, resource: &str, line: Line) {
        let mut book = self.book();
        let function = book.function;
        book.bill.add(function, resource, line);
    }

    fn fault(&self, fault: String) {
        self.book().bill.faults.push(fault);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass(
        &self,
        request: HttpRequest,
        store: SharedHttpConnector,
    ) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body: Value = parse(request.body().bytes())?;
        match target.split_once('.') {
            Some(("AmazonSQS", operation)) => self.queue(operation, &body),
            Some(("DynamoDB_20120810", operation)) => self.store(operation, body, request, store).await,
            _ => Err(failure("the meter knows neither this service nor its answer")),
        }
    }

    fn queue(&self, operation: &str, body: &Value) -> Result<HttpResponse, ConnectorError> {
        let (queue, bytes, answer) = self
            .0
            .queues
            .answer(operation, body)
            .ok_or_else(|| failure("the meter does not know this request"))?;
        self.sqs(&queue, bytes);
        let status = StatusCode::try_from(200).map_err(|it| ConnectorError::other(it.into(), None))?;
        let mut response = HttpResponse::new(status, SdkBody::from(answer.to_string()));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        Ok(response)
    }

    async fn store(
        &self,
        operation: &str,
        mut body: Value,
        mut request: HttpRequest,
        store: SharedHttpConnector,
    ) -> Result<HttpResponse, ConnectorError> {
        let sent = request.body().bytes().map_or(0, <[u8]>::len);
        let targets = request::targets(operation, &body, &self.tables());
        let Some(targets) = targets else {
            return Err(failure("the meter cannot tell what this write touches"));
        };
        let writes = !targets.is_empty();
        if operation != "CreateTable" && operation != "DescribeTable" {
            // The store's own count comes back with its answer: a second opinion.
            body["ReturnConsumedCapacity"] = "TOTAL".into();
            *request.body_mut() = SdkBody::from(body.to_string());
        }
        let turn = if writes { Some(self.0.writing.lock().await) } else { None };
        let before = self.images(&targets)?;
        let response = store.call(request).await?;
        let answer: Value = parse(response.body().bytes())?;
        let after = self.images(&targets)?;
        drop(turn);
        let ending = Ending::of(response.status().as_u16(), &answer);
        if operation == "CreateTable" && ending == Ending::Done {
            let table =
                Table::created_by(&body).ok_or_else(|| failure("the meter cannot read this table"))?;
            self.tables().insert(table.name.clone(), table);
        }
        let images: Vec<_> = targets
            .into_iter()
            .zip(before.into_iter().zip(after))
            .map(|(it, (old, new))| (it, old, new))
            .collect();
        let bytes = (sent + response.body().bytes().map_or(0, <[u8]>::len)) as u64;
        self.write_down(operation, &body, &answer, (&images, ending), bytes);
        Ok(response)
    }

    fn write_down(
        &self,
        operation: &str,
        request: &Value,
        answer: &Value,
        (images, ending): (&[Image], Ending),
        bytes: u64,
    ) {
        let costs = if !images.is_empty() {
            request::written(operation, images, ending, &self.tables())
        } else if ending == Ending::Done {
            request::read(operation, request, answer)
        } else {
            Some(Vec::new())
        };
        let Some(costs) = costs else { return self.fault(format!("{operation} : non compté")) };
        let ours = costs.iter().map(|(_, it)| it.writes * 2 + it.half_reads).sum::<u64>();
        if let Some(theirs) = consumed(answer).filter(|it| ending == Ending::Done && *it != ours) {
            let table = costs.first().map(|(resource, _)| resource.as_str()).unwrap_or_default();
            self.fault(format!(
                "{operation} {table} : {ours} demi-unités ici, {theirs} selon la base embarquée"
            ));
        }
        // The request itself is written on the line of the first table that it names.
        let first = costs.first().map(|(resource, _)| resource.clone()).unwrap_or_default();
        self.note(&first, Line { requests: 1, bytes, ..Line::default() });
        for (resource, line) in costs {
            self.note(&resource, line);
        }
    }

    /// The items as they are now, read beside the count.
    fn images(&self, targets: &[Target]) -> Result<Vec<Option<Item>>, ConnectorError> {
        targets.iter().map(|it| self.image(it)).collect()
    }

    fn image(&self, target: &Target) -> Result<Option<Item>, ConnectorError> {
        let asked = json!({"TableName": target.table, "Key": target.key, "ConsistentRead": true});
        let asked = serde_json::from_value(asked).map_err(|it| ConnectorError::other(it.into(), None))?;
        let found = self.0.database.get_item(asked).map_err(|it| ConnectorError::other(it.into(), None))?;
        let found = serde_json::to_value(found).map_err(|it| ConnectorError::other(it.into(), None))?;
        Ok(found.get("Item").and_then(Value::as_object).cloned())
    }
}

impl HttpClient for Meter {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let store = self.0.store.http_connector(settings, components);
        SharedHttpConnector::new(Metered { meter: self.clone(), store })
    }
}

#[derive(Debug)]
struct Metered {
    meter: Meter,
    store: SharedHttpConnector,
}

impl HttpConnector for Metered {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (meter, store) = (self.meter.clone(), self.store.clone());
        HttpConnectorFuture::new(async move { meter.pass(request, store).await })
    }
}

/// The half units that the store says it consumed, over all the tables of an answer.
fn consumed(answer: &Value) -> Option<u64> {
    let capacity = answer.get("ConsumedCapacity")?;
    let all = capacity.as_array().cloned().unwrap_or_else(|| vec![capacity.clone()]);
    let halves = |it: &Value| it.get("CapacityUnits").and_then(Value::as_f64).map(|it| it * 2.0);
    let total: f64 = all.iter().map(halves).sum::<Option<f64>>()?;
    // Half units are whole numbers: a text comparison would do as well.
    format!("{total:.0}").parse().ok()
}

fn parse(bytes: Option<&[u8]>) -> Result<Value, ConnectorError> {
    serde_json::from_slice(bytes.unwrap_or_default()).map_err(|it| ConnectorError::other(it.into(), None))
}

fn failure(what: &'static str) -> ConnectorError {
    ConnectorError::other(what.into(), None)
}
