//! What the campaigns on real adapters and real processes share.

pub mod cloud;
pub mod comparaison;
pub mod debit;
pub mod events;
pub mod faults;
pub mod files;
pub mod forge;
pub mod harness;
pub mod http;
pub mod instance;
pub mod items;
mod made;
mod names;
pub mod outset;
pub mod processus;
pub mod queues;
pub mod runtime_api;
pub mod scale;
pub mod units;
mod usage;
mod walk;
pub mod year;
