//! What a failed call to AWS becomes: an operation, a code, and never an item.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use engine::ports::PortError;

/// The service's answer, without what it quotes: a cancelled transaction gives items back, and an item has no place
/// in a log.
#[derive(Debug, thiserror::Error)]
#[error("the service answered {code}: {message}")]
struct Answered {
    code: String,
    message: String,
}

/// The answer cannot be what this adapter wrote.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unexpected(pub(crate) &'static str);

/// Turns a failed call into a port's error.
pub(crate) fn failed<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> PortError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| match error.as_service_error() {
        Some(answer) => PortError::new(operation, Answered::of(answer)),
        None => PortError::new(operation, error),
    }
}

/// Whether a conditional write was done; `false` when its condition did not hold.
pub(crate) fn condition_held<T, E, R>(
    operation: &'static str,
    answer: Result<T, SdkError<E, R>>,
) -> Result<bool, PortError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match answer {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some("ConditionalCheckFailedException") => Ok(false),
            _ => Err(failed(operation)(error)),
        },
    }
}

/// Turns a value that could not be read or written as an item into a port's error.
pub(crate) fn unreadable(operation: &'static str) -> impl FnOnce(serde_dynamo::Error) -> PortError {
    move |error| PortError::new(operation, error)
}

/// A request that this adapter could not put together.
pub(crate) fn malformed(
    operation: &'static str,
) -> impl FnOnce(aws_smithy_types::error::operation::BuildError) -> PortError {
    move |error| PortError::new(operation, error)
}

/// A port's error for an answer that cannot be.
pub(crate) fn unexpected(operation: &'static str, what: &'static str) -> PortError {
    PortError::new(operation, Unexpected(what))
}

impl Answered {
    fn of(answer: &impl ProvideErrorMetadata) -> Self {
        Self {
            code: answer.code().unwrap_or("an error without a code").to_owned(),
            message: answer.message().unwrap_or("no message").to_owned(),
        }
    }
}
