//! The deterministic simulation: the real engine in a world that fails in every way, one seed at a time.

mod calm;
mod campaign;
mod cast;
mod executor;
mod files;
mod indexes;
mod people;
mod plan;
mod poison;
mod queues;
mod recorder;
mod requests;
mod run;
mod seeds;
mod sim;
mod start;
mod store;
mod storm;
mod weather;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use report::Options;

/// A run is made of thousands of small values: a third of its time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Le moteur réel dans un monde qui tombe en panne, une graine à la fois.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    /// S’arrêter à la première graine qui viole une promesse.
    #[arg(long)]
    jusqu_a_violation: bool,
}

fn main() -> ExitCode {
    let Arguments { options, jusqu_a_violation } = Arguments::parse();
    match options {
        Options { graine: Some(seed), executions: Some(1), .. } => campaign::replay(seed),
        options => campaign::run(options, jusqu_a_violation),
    }
}
