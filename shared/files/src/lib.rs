//! Files of other administrations: read as they really are, a household or a row at a time, in bounded memory.
//!
//! **Invariant:** bad bytes never panic, are never half accepted and never grow what is held in memory; every refusal
//! says in French where and what to do.

pub mod flow;
pub mod forge;
pub mod forge_list;
pub mod list;
