//! `annee`: a year of reminders, day by day, with runs that are missed and a process that is killed.

use std::process::ExitCode;

use clap::Parser;
use report::Options;

/// Une année de rappels, jour par jour, avec des passages manqués et des arrêts.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    report::leave(bench::year::run(Cli::parse().options))
}
