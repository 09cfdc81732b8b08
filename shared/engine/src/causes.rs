//! Errors as logs tell them.

use crate::StepError;

/// An error with its causes, in one line, for a log. The causes of a message that cannot be read are left out: they
/// could quote it.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let unreadable =
        error.downcast_ref::<StepError>().is_some_and(|it| matches!(it, StepError::Unreadable(_)));
    let mut line = error.to_string();
    let mut cause = if unreadable { None } else { error.source() };
    while let Some(error) = cause {
        line = format!("{line} ← {error}");
        cause = error.source();
    }
    line
}
