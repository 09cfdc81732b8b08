//! Everything that outlives a process: messages, rows, the API's JSON, the files of rules and of law.
//!
//! **Invariant:** a published version never changes. A new shape is a new version; the old one is read for as long
//! as a queue, a dead-letter queue or a table can still hold one, and each has a golden that must still parse.

pub mod api;
pub mod border;
pub mod codes;
pub mod data;
pub mod french;
pub mod imports;
pub mod letters;
pub mod messages;
pub mod rows;
pub mod sealed;
mod telephone;
pub mod told;

pub use border::{FieldError, Rejected};
pub use messages::{Body, Envelope, Unreadable};
