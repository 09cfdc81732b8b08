//! One test binary for everything that crosses crates.

mod journey;
mod tidy;
mod world;
