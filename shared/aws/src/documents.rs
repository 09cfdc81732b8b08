//! Documents in an S3 bucket, written once.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::client::result::SdkError;
use engine::ports::{Documents, PortError};

use crate::error::failed;
use crate::on_call::OnCall;

/// How many times a write that crossed another one is tried.
const ATTEMPTS: usize = 3;

/// The documents in one bucket.
#[derive(Clone, Debug)]
pub struct S3Documents {
    client: OnCall<aws_sdk_s3::Client>,
    bucket: String,
}

impl S3Documents {
    /// Uses this bucket.
    pub(crate) fn new(client: OnCall<aws_sdk_s3::Client>, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    /// Reads `length` bytes of a document from `from` on: large ones are read in pieces. `None` when there is no document
    /// by this name, or no longer the one that has this tag.
    pub async fn read_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, PortError> {
        const OPERATION: &str = "read a piece of a document";
        let last = from + length.saturating_sub(1);
        let mut attempt = 1;
        loop {
            let ask = self.client.get_object().bucket(&self.bucket).key(name).if_match(quoted(tag));
            let answer = match ask.range(format!("bytes={from}-{last}")).send().await {
                Ok(answer) => answer,
                Err(error) if is_no_longer_there(&error) => return Ok(None),
                Err(error) => return Err(failed(OPERATION)(error)),
            };
            match answer.body.collect().await {
                Ok(bytes) => return Ok(Some(bytes.to_vec())),
                // The client tries again what is not answered, not an answer that stops half way.
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(PortError::new(OPERATION, error)),
            }
        }
    }

    /// Deletes a document if it is still the one that has this tag; no longer finding it is no error.
    pub async fn delete_this(&self, name: &str, tag: &str) -> Result<(), PortError> {
        let ask = self.client.delete_object().bucket(&self.bucket).key(name).if_match(quoted(tag));
        match ask.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_no_longer_there(&error) => Ok(()),
            Err(error) => Err(failed("delete a document")(error)),
        }
    }
}

/// A document's tag as a condition takes it.
fn quoted(tag: &str) -> String {
    format!("\"{}\"", tag.trim_matches('"'))
}

/// Whether a conditional call says that the document is gone, or another one by now.
fn is_no_longer_there<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    matches!(code, Some("NoSuchKey" | "PreconditionFailed"))
}

impl Documents for S3Documents {
    async fn put_once(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<bool, PortError> {
        let mut attempt = 1;
        loop {
            let answer = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(name)
                .content_type(content_type)
                .if_none_match("*")
                .body(ByteStream::from(bytes.to_vec()))
                .send()
                .await;
            let Err(error) = answer else { return Ok(true) };
            match error.as_service_error().and_then(ProvideErrorMetadata::code) {
                Some("PreconditionFailed") => return Ok(false),
                // Two writes crossed. Only another look tells whether a document is there: the other may have failed.
                Some("ConditionalRequestConflict") if attempt < ATTEMPTS => attempt += 1,
                _ => return Err(failed("store a document")(error)),
            }
        }
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        let answer = match self.client.get_object().bucket(&self.bucket).key(name).send().await {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(None);
            }
            Err(error) => return Err(failed("read a document")(error)),
        };
        let bytes = answer.body.collect().await.map_err(|error| PortError::new("read a document", error))?;
        Ok(Some(bytes.to_vec()))
    }

    async fn delete(&self, name: &str) -> Result<(), PortError> {
        // S3 says yes to the deletion of what does not exist.
        let answer = self.client.delete_object().bucket(&self.bucket).key(name).send().await;
        answer.map(|_| ()).map_err(failed("delete a document"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::Scripted;

    const CROSSED: (u16, &str) = (409, "<Error><Code>ConditionalRequestConflict</Code></Error>");
    const TAKEN: (u16, &str) = (412, "<Error><Code>PreconditionFailed</Code></Error>");

    async fn put(answers: &[(u16, &str)]) -> Result<bool, PortError> {
        Scripted::new(answers).clients().documents("essai").put_once("a", "text/plain", b"a").await
    }

    #[tokio::test]
    async fn two_writes_that_crossed_are_told_apart_by_another_look() {
        assert!(put(&[CROSSED, (200, "")]).await.unwrap(), "the other write failed");
        assert!(!put(&[CROSSED, TAKEN]).await.unwrap(), "the other write won");
        assert!(put(&[CROSSED]).await.is_err(), "nothing is known");
    }

    #[tokio::test]
    async fn a_piece_is_read_of_the_document_that_was_meant_and_of_no_other() {
        let read = async |answer| {
            Scripted::new(&[answer]).clients().documents("essai").read_range("a", "marque", 4, 2).await
        };
        assert_eq!(read((206, "bc")).await.unwrap(), Some(b"bc".to_vec()));
        assert_eq!(read(TAKEN).await.unwrap(), None, "another one by now");
        assert_eq!(read((404, "<Error><Code>NoSuchKey</Code></Error>")).await.unwrap(), None);
        assert!(read((403, "<Error><Code>AccessDenied</Code></Error>")).await.is_err());
    }

    #[tokio::test]
    async fn a_document_that_was_replaced_is_not_deleted_in_the_place_of_the_first() {
        let delete = async |answer| {
            Scripted::new(&[answer]).clients().documents("essai").delete_this("a", "marque").await
        };
        assert!(delete((204, "")).await.is_ok());
        assert!(delete(TAKEN).await.is_ok(), "it is another one's");
        assert!(delete((404, "<Error><Code>NoSuchKey</Code></Error>")).await.is_ok());
        assert!(delete((403, "<Error><Code>AccessDenied</Code></Error>")).await.is_err());
    }

    #[tokio::test]
    async fn a_refused_read_is_not_an_absent_document() {
        let denied = Scripted::new(&[(403, "<Error><Code>AccessDenied</Code></Error>")]);
        assert!(denied.clients().documents("essai").get("a").await.is_err());
    }
}
