//! A function that reads, writes what it is sent, and does nothing else: the floor of every function that writes in a table.
//!
//! Its client is the functions' own. For each event it makes one write per message. Told otherwise, it first reads, from
//! as many services as it is told: `READS` requests over `SERVICES` connections, so that a function that must ask
//! others before it writes is compared with one that asks as much.

use aws::{Clients, Settings};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

/// What it asks, and of whom.
struct Peer {
    table: String,
    /// The first is the store, where it writes; the others only have a connection of their own.
    services: Vec<Client>,
    reads: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let peer = &Peer::read()?;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        for at in 0..peer.reads {
            peer.ask(at).await?;
        }
        for (at, body) in bodies(&event.payload).into_iter().enumerate() {
            peer.write(at, body).await?;
        }
        Ok::<_, Error>(json!({"batchItemFailures": []}))
    }))
    .await
}

impl Peer {
    fn read() -> Result<Self, Error> {
        let settings = Settings {
            region: required("AWS_REGION")?,
            access_key_id: required("AWS_ACCESS_KEY_ID")?,
            secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
            session_token: Some(required("AWS_SESSION_TOKEN")?),
            endpoint_url: None,
            proxy: Some(required("HTTPS_PROXY")?.parse()?),
        };
        let region = settings.region.clone();
        let store = Clients::new(settings, None).dynamodb();
        let others = (1..number("SERVICES", 1)?).map(|at| {
            let elsewhere = format!("https://service-{at}.{region}.amazonaws.com");
            Client::from_conf(store.config().to_builder().endpoint_url(elsewhere).build())
        });
        let services = std::iter::once(store.clone()).chain(others).collect();
        Ok(Self {
            table: format!("{}carnets", required("TABLE_PREFIX")?),
            services,
            reads: number("READS", 0)?,
        })
    }

    /// Reads from a service, each in turn.
    async fn ask(&self, at: usize) -> Result<(), Error> {
        let service = &self.services[at % self.services.len()];
        service.get_item().table_name(&self.table).set_key(Some(key(at).into())).send().await?;
        Ok(())
    }

    async fn write(&self, at: usize, body: &str) -> Result<(), Error> {
        let write = self.services[0].put_item().table_name(&self.table).set_item(Some(key(at).into()));
        let write = write.item("texte", AttributeValue::S(body.to_owned()));
        write.condition_expression("attribute_not_exists(pk)").send().await?;
        Ok(())
    }
}

fn key(at: usize) -> [(String, AttributeValue); 2] {
    [("pk", "77#essai".to_owned()), ("sk", at.to_string())]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value)))
}

fn bodies(event: &Value) -> Vec<&str> {
    let records = event.get("Records").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    records.iter().map(|it| it.get("body").and_then(Value::as_str).unwrap_or_default()).collect()
}

fn number(name: &str, usual: usize) -> Result<usize, Error> {
    required(name).ok().map_or(Ok(usual), |it| it.parse().map_err(Error::from))
}

#[expect(clippy::disallowed_methods, reason = "the configuration of a process that is nothing but its main")]
fn required(name: &str) -> Result<String, Error> {
    std::env::var(name).map_err(|_| format!("the environment variable `{name}` is missing").into())
}
