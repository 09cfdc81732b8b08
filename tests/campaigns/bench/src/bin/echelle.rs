//! `echelle`: the monthly sweep of the largest département and of the whole country, and the clocks of everybody.

use std::process::ExitCode;

use clap::Parser;
use report::Options;

/// Mesure le balayage et les horloges à l’échelle d’un grand département et du pays.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    report::leave(bench::scale::run(Cli::parse().options))
}
