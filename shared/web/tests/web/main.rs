//! The routers over a world in memory: what comes back for what is asked, by whom.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod api;
mod auth;
mod common;
mod erasure;
mod form;
mod imports;
mod indicators;
mod pages;
mod targets;
