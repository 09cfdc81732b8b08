//! One test binary for everything that crosses crates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod adapters;
mod at_once;
mod imports;
mod imports_interrupted;
mod indicators;
mod interrupted;
mod journey;
mod journey_capacity;
mod journey_delays;
mod journey_erasure;
mod journey_erasure_races;
mod journey_life;
mod merging;
mod one_person;
mod providers;
mod quiet_hours;
mod sending;
mod taking_over;
mod tidy;
mod world;
