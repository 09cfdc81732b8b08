//! What the campaigns on real adapters and real processes share.

pub mod units;
