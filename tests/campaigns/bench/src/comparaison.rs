//! The campaign `comparaison`: the same step under the same faults, ours and three techniques that others use.

pub mod cohort;
pub mod contestants;
pub mod downstream;
pub mod rounds;
pub mod verdict;
pub mod world;
