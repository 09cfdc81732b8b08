//! A small HTTP server on the loopback, whose handler may also close the connection without a word.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// An answer, whole.
pub type Reply = Response<Full<Bytes>>;

/// Answers requests. `None` closes the connection without an answer.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request whose body is read.
    fn handle(&self, request: Request<Bytes>) -> impl Future<Output = Option<Reply>> + Send;
}

/// A server that stops, and drops its connections, when it is dropped.
pub struct Server {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Listens on a free port of the loopback.
    pub async fn start(handler: impl Handler) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { address, accepting: tokio::spawn(accept(listener, Arc::new(handler))) })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, handler: Arc<impl Handler>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that could not be accepted is the caller's to try again.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&handler)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, handler: Arc<impl Handler>) {
    // Small answers: waiting to fill a packet would cost forty milliseconds each.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let handler = Arc::clone(&handler);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
            handler.handle(Request::from_parts(head, body)).await.ok_or(Closed)
        }
    });
    // Its end, good or bad, is the caller's to notice.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The connection ends here.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends without an answer")]
struct Closed;

/// An answer of this status, type and body.
pub fn reply(status: u16, content_type: &str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = content_type.parse() {
        reply.headers_mut().insert(hyper::header::CONTENT_TYPE, value);
    }
    reply
}

/// A header's text; empty when there is none.
pub fn header<'a, B>(request: &'a Request<B>, name: &str) -> &'a str {
    request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
}
