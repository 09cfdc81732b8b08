//! S3: documents by path, each write counted.

use std::collections::BTreeMap;
use std::sync::Mutex;

use hyper::Method;
use hyper::body::Bytes;

use super::{Answer, Call, lock};

/// The documents of one world.
#[derive(Default)]
pub struct Documents(Mutex<Held>);

#[derive(Default)]
struct Held {
    by_path: BTreeMap<String, Bytes>,
    replaced: u64,
}

impl Documents {
    /// Every document, by its path without the bucket.
    pub fn all(&self) -> BTreeMap<String, Bytes> {
        lock(&self.0).by_path.clone()
    }

    /// Puts everything back as it was.
    pub fn restore(&self, documents: BTreeMap<String, Bytes>) {
        lock(&self.0).by_path = documents;
    }

    /// How many documents were written over.
    pub fn replaced(&self) -> u64 {
        lock(&self.0).replaced
    }

    pub(super) fn answer(&self, call: &Call) -> Answer {
        let mut held = lock(&self.0);
        let Some((_, name)) = call.path.trim_start_matches('/').split_once('/') else {
            return refused(404, "NoSuchBucket");
        };
        let name = name.to_owned();
        match call.operation.as_str() {
            "PutObject" if call.if_absent && held.by_path.contains_key(&name) => {
                refused(412, "PreconditionFailed")
            }
            "PutObject" => {
                held.replaced += u64::from(held.by_path.insert(name, call.body.clone()).is_some());
                Answer::ok("")
            }
            "GetObject" => match held.by_path.get(&name) {
                Some(document) => Answer::ok(String::from_utf8_lossy(document)),
                None => refused(404, "NoSuchKey"),
            },
            "DeleteObject" => {
                held.by_path.remove(&name);
                Answer { status: 204, body: String::new() }
            }
            _ => refused(405, "MethodNotAllowed"),
        }
    }
}

/// The operation that a method is.
pub(super) fn operation(method: &Method) -> &'static str {
    match method.as_str() {
        "PUT" => "PutObject",
        "GET" => "GetObject",
        "DELETE" => "DeleteObject",
        _ => "Unknown",
    }
}

/// The content of a body sent in signed chunks: `<size in hexadecimal>[;…]\r\n<bytes>\r\n`, until a size of zero.
pub(super) fn unchunk(body: &Bytes) -> Bytes {
    let mut content = Vec::new();
    let mut rest: &[u8] = body;
    while let Some(end) = rest.windows(2).position(|it| it == b"\r\n") {
        let head = String::from_utf8_lossy(&rest[..end]);
        let size = head.split(';').next().and_then(|it| usize::from_str_radix(it, 16).ok()).unwrap_or(0);
        let Some(chunk) = rest.get(end + 2..end + 2 + size).filter(|_| size > 0) else { break };
        content.extend_from_slice(chunk);
        rest = rest.get(end + 2 + size + 2..).unwrap_or_default();
    }
    content.into()
}

fn refused(status: u16, code: &str) -> Answer {
    Answer { status, body: format!("<Error><Code>{code}</Code><Message>x</Message></Error>") }
}

#[cfg(test)]
mod tests {
    use super::super::Service;
    use super::*;

    fn put(documents: &Documents, body: &'static str, if_absent: bool) -> u16 {
        let call = Call {
            service: Service::Documents,
            operation: "PutObject".to_owned(),
            path: "/documents/envois/a.json".to_owned(),
            body: Bytes::from(body),
            if_absent,
        };
        documents.answer(&call).status
    }

    #[test]
    fn a_document_wanted_once_is_written_once_and_an_overwrite_is_seen() {
        let documents = Documents::default();
        assert_eq!((put(&documents, "1", true), put(&documents, "2", true)), (200, 412));
        assert_eq!((&documents.all()["envois/a.json"][..], documents.replaced()), (&b"1"[..], 0));
        assert_eq!((put(&documents, "2", false), documents.replaced()), (200, 1));
    }

    #[test]
    fn chunks_are_put_together() {
        let body =
            Bytes::from("4;chunk-signature=x\r\nabcd\r\n2\r\nef\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n");
        assert_eq!(unchunk(&body), "abcdef");
    }
}
