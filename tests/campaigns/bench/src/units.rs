//! What a journey costs: billed units counted from the items themselves, by the rules that AWS publishes.
//!
//! `size`, `table`, `price` and `request` are the rules; `meter` sits between the SDK and the services in this process
//! and applies them to what passes; `place` is the suite's own code on that meter; `journey` and `stock` are what is
//! measured. The prices are checked on cases computed by hand, and the embedded store gives a second opinion.

mod applicant;
mod ledger;
mod meter;
mod place;
mod price;
mod request;
mod size;
mod sqs;
mod table;

pub mod journey;
pub mod stock;

#[cfg(test)]
mod cases;

pub use ledger::{Bill, Line};

use serde_json::{Map, Value};

/// An item as it travels: attribute names, and values under their type, as in `{"pk": {"S": "77#…"}}`.
type Item = Map<String, Value>;
