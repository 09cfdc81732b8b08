//! Connections to the outside: TLS, the proxy when there is one, and one small GET, for the public keys of an identity
//! provider.

use std::str::FromStr;
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use engine::ports::PortError;

use crate::error::Unexpected;

const OPERATION: &str = "fetch a document over http";

/// The whole exchange must be over by then.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may take to open.
pub(crate) const CONNECT: Duration = Duration::from_secs(2);

/// A proxy through which everything asked over https leaves, for a network that has no other way out.
#[derive(Clone, Debug)]
pub struct Proxy(ProxyConfig);

impl FromStr for Proxy {
    type Err = PortError;

    /// Reads its address, as in `http://proxy.exemple.fr:3128`.
    fn from_str(address: &str) -> Result<Self, PortError> {
        ProxyConfig::https(address).map(Self).map_err(|error| PortError::new("read a proxy's address", error))
    }
}

/// One client for every service. The trusted roots are read and the TLS configuration is made once: the SDK's own
/// builder would do it again for each service, at every start.
pub(crate) fn client(proxy: Option<Proxy>) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(connector(proxy));
    http_client_fn(move |_, _| connector.clone())
}

fn connector(proxy: Option<Proxy>) -> Connector {
    let mut builder = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc));
    builder.set_proxy_config(proxy.map(|it| it.0));
    builder.build()
}

/// Fetches a small document. Follows no redirection; any status but success is an error.
pub async fn http_get(url: &str, proxy: Option<Proxy>) -> Result<Vec<u8>, PortError> {
    tokio::time::timeout(TIMEOUT, fetch(url, proxy)).await.map_err(|late| PortError::new(OPERATION, late))?
}

async fn fetch(url: &str, proxy: Option<Proxy>) -> Result<Vec<u8>, PortError> {
    let request = HttpRequest::get(url).map_err(|error| PortError::new(OPERATION, error))?;
    let response = connector(proxy).call(request).await.map_err(|error| PortError::new(OPERATION, error))?;
    if !response.status().is_success() {
        return Err(PortError::new(OPERATION, Unexpected("the status is not a success")));
    }
    let body = ByteStream::new(response.into_body());
    let bytes = body.collect().await.map_err(|error| PortError::new(OPERATION, error))?;
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request, and gives what was asked.
    fn serve(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/.well-known/jwks.json?v=1", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&buffer[..read]).into_owned()
        });
        (url, server)
    }

    #[tokio::test]
    async fn a_document_is_fetched_whole() {
        let (url, server) = serve("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}");
        assert_eq!(http_get(&url, None).await.unwrap(), b"{\"keys\":[]}");
        let asked = server.join().unwrap();
        assert!(asked.starts_with("GET /.well-known/jwks.json?v=1 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_lowercase().contains("\r\nhost: 127.0.0.1:"), "{asked}");
    }

    #[tokio::test]
    async fn any_other_status_is_an_error() {
        for answer in [
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        ] {
            let (url, _server) = serve(answer);
            assert!(http_get(&url, None).await.is_err());
        }
        assert!(http_get("not an address", None).await.is_err());
    }

    #[tokio::test]
    async fn what_is_asked_over_https_leaves_by_the_proxy() {
        let (address, proxy) = serve("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        let through = address.replace("/.well-known/jwks.json?v=1", "").parse().unwrap();
        assert!(http_get("https://connexion.exemple.fr/jwks", Some(through)).await.is_err());
        let asked = proxy.join().unwrap();
        assert!(asked.starts_with("CONNECT connexion.exemple.fr:443 HTTP/1.1\r\n"), "{asked}");
        assert!("ftp://proxy.exemple.fr".parse::<Proxy>().is_err());
    }
}
