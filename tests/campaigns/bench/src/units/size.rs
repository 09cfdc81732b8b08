//! How many bytes an item weighs, by the published rules ("DynamoDB item sizes and formats").

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Item;

/// A list or a map weighs this much whatever is in it.
const CONTAINER: u64 = 3;
/// And this much more for each element.
const ELEMENT: u64 = 1;

/// The bytes of an item: its names and its values. `None` when a value is of no known type.
pub(super) fn of_item(item: &Item) -> Option<u64> {
    item.iter().map(|(name, value)| Some(bytes(name) + of_value(value)?)).sum()
}

fn of_value(value: &Value) -> Option<u64> {
    let (kind, value) = value.as_object().filter(|it| it.len() == 1)?.iter().next()?;
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => Some(bytes(text)),
        ("N", Value::String(text)) => Some(of_number(text)),
        ("B", Value::String(text)) => of_binary(text),
        ("BOOL" | "NULL", Value::Bool(_)) => Some(1),
        ("SS", Value::Array(all)) => all.iter().map(|it| it.as_str().map(bytes)).sum(),
        ("NS", Value::Array(all)) => all.iter().map(|it| it.as_str().map(of_number)).sum(),
        ("BS", Value::Array(all)) => all.iter().map(|it| it.as_str().and_then(of_binary)).sum(),
        ("L", Value::Array(all)) => {
            Some(CONTAINER + all.iter().map(|it| Some(ELEMENT + of_value(it)?)).sum::<Option<u64>>()?)
        }
        ("M", Value::Object(all)) => {
            let inside: Option<u64> =
                all.iter().map(|(name, it)| Some(ELEMENT + bytes(name) + of_value(it)?)).sum();
            Some(CONTAINER + inside?)
        }
        _ => None,
    }
}

/// A byte for two significant figures, and one more; leading and trailing zeros weigh nothing. One more byte for the
/// sign of a negative number, as measured by those who compared with the service.
fn of_number(text: &str) -> u64 {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |it| (true, it));
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len() as u64;
    significant.div_ceil(2) + 1 + u64::from(negative)
}

/// Billed on the bytes, not on the base 64 in which they travel.
fn of_binary(text: &str) -> Option<u64> {
    STANDARD.decode(text).ok().map(|it| it.len() as u64)
}

fn bytes(text: &str) -> u64 {
    text.len() as u64
}
