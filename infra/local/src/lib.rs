//! The local mode: every function of the suite in one process, on one machine, under a clock that can be moved.

pub mod cli;
pub mod clock;
pub mod cohort;
pub mod config;
pub mod dev;
pub mod documents;
pub mod dynoxide;
pub mod files;
pub mod forge;
pub mod here;
pub mod identity;
pub mod importer;
pub mod indicators;
pub mod keys;
pub mod marks;
pub mod queues;
pub mod running;
pub mod schedules;
pub mod seed;
pub mod serve;
pub mod worker;
