//! What AWS gives to a function: batches of a queue, schedules, requests of the HTTP API.

use std::collections::BTreeMap;

use local::clock::real_now;
use serde_json::{Value, json};

use crate::queues::Message;

/// A batch of a queue, as the event source mapping gives it.
pub fn batch(queue: &str, messages: &[Message]) -> Value {
    let now = real_now().timestamp_millis().to_string();
    let records: Vec<Value> = messages
        .iter()
        .map(|message| {
            json!({
                "messageId": message.id,
                "receiptHandle": message.handle.to_string(),
                "body": message.body,
                "attributes": {
                    "ApproximateReceiveCount": message.receives.to_string(),
                    "SentTimestamp": now,
                    "SenderId": "AIDAEXEMPLE",
                    "ApproximateFirstReceiveTimestamp": now,
                },
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:eu-west-3:000000000000:{queue}"),
                "awsRegion": "eu-west-3",
            })
        })
        .collect();
    json!({ "Records": records })
}

/// What a schedule gives to its target, as the template writes it.
pub fn schedule(task: &str) -> Value {
    json!({ "tache": task })
}

/// A request as the HTTP API gives it (payload 2.0).
#[derive(Clone, Debug)]
pub struct HttpAsk {
    /// The method.
    pub method: &'static str,
    /// The path, with its query when there is one.
    pub path: String,
    /// The headers; their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Option<Value>,
}

/// The answer of an HTTP function.
#[derive(Clone, Debug)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The headers; their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; null when it is not JSON.
    pub body: Value,
}

impl HttpAsk {
    /// The event.
    pub fn event(&self) -> Value {
        let now = real_now();
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut headers = self.headers.clone();
        headers.insert("host".to_owned(), "spie.exemple.fr".to_owned());
        if self.body.is_some() {
            headers.insert("content-type".to_owned(), "application/json".to_owned());
        }
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "exemple",
                "domainName": "spie.exemple.fr",
                "domainPrefix": "spie",
                "http": {
                    "method": self.method, "path": path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "campagne",
                },
                "requestId": "exemple",
                "routeKey": "$default",
                "stage": "$default",
                "time": now.format("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": now.timestamp_millis(),
            },
            "body": self.body.as_ref().map(Value::to_string),
            "isBase64Encoded": false,
        })
    }
}

impl HttpReply {
    /// Reads what the function answered; `None` when it is not an HTTP answer.
    pub fn read(answer: &Value) -> Option<Self> {
        let status = u16::try_from(answer.get("statusCode")?.as_u64()?).ok()?;
        let mut headers = BTreeMap::new();
        for (name, value) in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
            headers.insert(name.to_lowercase(), value.as_str().unwrap_or_default().to_owned());
        }
        let body = answer.get("body").and_then(Value::as_str).unwrap_or_default();
        Some(Self { status, headers, body: serde_json::from_str(body).unwrap_or_default() })
    }
}
