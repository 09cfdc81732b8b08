//! Cursors of pages: opaque text, safe in a URL, checked on the way in.

use aws_smithy_types::base64;
use engine::ports::PortError;

const OPERATION: &str = PortError::CURSOR;

/// A cursor that this store did not give, or not for this question.
#[derive(Debug, thiserror::Error)]
#[error("the cursor does not belong to this list")]
struct Foreign;

/// Makes a cursor of the keys at which a page ended.
pub(super) fn write(keys: &[&str]) -> String {
    let json = serde_json::Value::from(keys.to_vec()).to_string();
    base64::encode(json).replace('+', "-").replace('/', "_").replace('=', "")
}

/// Reads a cursor back.
pub(super) fn read<const KEYS: usize>(cursor: &str) -> Result<[String; KEYS], PortError> {
    let padding = "=".repeat((4 - cursor.len() % 4) % 4);
    let text = cursor.replace('-', "+").replace('_', "/") + &padding;
    let json = base64::decode(text).map_err(|_| foreign())?;
    let keys: Vec<String> = serde_json::from_slice(&json).map_err(|_| foreign())?;
    keys.try_into().map_err(|_| foreign())
}

/// The error of a cursor that is not one of this list.
pub(super) fn foreign() -> PortError {
    PortError::new(OPERATION, Foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_the_keys_that_it_was_made_of() {
        for keys in [["2026-12-21T23:00:00Z", "77#x"], ["", "é\"~?>"], ["a", "ab"], ["abc", ""]] {
            let cursor = write(&keys);
            assert!(
                cursor.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_'),
                "{cursor}"
            );
            assert_eq!(read(&cursor).unwrap(), keys);
        }
    }

    #[test]
    fn a_text_that_is_no_cursor_is_refused() {
        for text in ["", "x", "????", "WzFd", &write(&["one"]), &write(&["1", "2", "3"])] {
            assert!(read::<2>(text).is_err(), "{text}");
        }
    }
}
