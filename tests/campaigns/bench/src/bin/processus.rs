//! The campaign `processus`, on the command line.

use std::process::ExitCode;

use anyhow::Context;
use bench::processus::{Place, run};
use clap::Parser;
use report::Options;

/// Les vrais programmes, tués et trompés.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    place: Place,
}

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Runtime::new().context("le processus ne démarre pas")?;
    runtime.block_on(run(cli.options, &cli.place))
}
