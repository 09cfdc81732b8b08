//! Serves the embedded store of the local mode on the loopback, so that any client of DynamoDB can try it.

use std::io::Write;

use bench::http::{Handler, Reply, Server, header, reply};
use dynoxide::Database;
use hyper::Request;
use hyper::body::Bytes;
use local::dynoxide::respond;
use serde_json::json;

/// Listens on a free port, says which in one line of JSON, and serves until it is killed.
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = Server::start(Store(Database::memory()?)).await?;
    writeln!(std::io::stdout(), "{}", json!({ "adresse": format!("http://{}", server.address()) }))?;
    std::future::pending().await
}

struct Store(Database);

impl Handler for Store {
    async fn handle(&self, request: Request<Bytes>) -> Option<Reply> {
        let (_, operation) = header(&request, "x-amz-target").split_once('.')?;
        let (operation, database) = (operation.to_owned(), self.0.clone());
        let body = request.into_body();
        let (status, body) =
            tokio::task::spawn_blocking(move || respond(&database, &operation, &body)).await.ok()?;
        Some(reply(status, "application/x-amz-json-1.0", body))
    }
}
