//! One test binary for everything that crosses crates.

mod adapters;
mod journey;
mod tidy;
mod world;
