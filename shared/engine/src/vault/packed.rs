//! Long values made shorter before they are sealed: a row is paid by the kilobyte, each time that it is written.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// Begins a deflated value. No JSON begins with it: values sealed before are still read.
const DEFLATED: u8 = 1;
/// A shorter value is left as it is.
const WORTH_IT: usize = 256;
/// The best that deflate does; these values are a few kilobytes.
const LEVEL: u8 = 9;
/// No row is longer.
const LONGEST: usize = 400 * 1024;

/// A value that was sealed cannot be made long again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value cannot be inflated")]
pub(super) struct CannotInflate;

/// The value as it is sealed.
pub(super) fn pack(json: Vec<u8>) -> Vec<u8> {
    if json.len() < WORTH_IT {
        return json;
    }
    let mut packed = vec![DEFLATED];
    packed.extend(compress_to_vec(&json, LEVEL));
    if packed.len() < json.len() { packed } else { json }
}

/// The value that was sealed.
pub(super) fn unpack(sealed: Vec<u8>) -> Result<Vec<u8>, CannotInflate> {
    match sealed.split_first() {
        Some((&DEFLATED, deflated)) => {
            decompress_to_vec_with_limit(deflated, LONGEST).map_err(|_| CannotInflate)
        }
        Some(_) | None => Ok(sealed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_sealed_shorter_and_comes_back_whole() {
        let long = format!("{{\"reponses\":[{}]}}", "\"0904\",".repeat(100)).into_bytes();
        let packed = pack(long.clone());
        assert!(packed.len() * 4 < long.len());
        assert_eq!(unpack(packed).unwrap(), long);
    }

    #[test]
    fn a_short_value_and_one_sealed_before_are_read_as_they_are() {
        let short = br#"{"nom":"Exemple"}"#.to_vec();
        assert_eq!(pack(short.clone()), short);
        let before = format!("{{\"texte\":\"{}\"}}", "x".repeat(1_000)).into_bytes();
        assert_eq!(unpack(before.clone()).unwrap(), before);
    }

    #[test]
    fn what_is_no_longer_a_deflated_value_is_an_error() {
        assert_eq!(unpack(vec![DEFLATED, 0xff, 0xff]), Err(CannotInflate));
    }
}
