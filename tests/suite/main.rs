//! One test binary for everything that crosses crates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod adapters;
mod journey;
mod journey_erasure;
mod sending;
mod tidy;
mod world;
