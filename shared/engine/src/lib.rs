//! The imperative shell: load, decide, commit, send, and only then acknowledge.
//!
//! **Invariant:** there is one shell for all steps, and it has no opinion about the journey.
//!
//! [`step::run`] is its heart. [`steps`] plugs each step's facts and rule into it; [`requests`] does the same for
//! what people ask over HTTP, [`schedules`] for what time brings about, and [`imports`] for the files of others.

mod answers;
mod causes;
mod doors;
mod frames;
pub mod imports;
pub mod keys;
mod outbox;
pub mod people;
pub mod ports;
mod recognition;
pub mod requests;
mod rivals;
pub mod schedules;
pub mod seal;
pub mod step;
pub mod steps;
mod telling;
mod vault;
pub mod world;

pub use causes::causes;
pub use people::{Professional, Role};
pub use ports::{DossierKey, PortError};
pub use step::StepError;
pub use world::{App, World};
