//! `debit`: a hundred thousand dossiers, from the application to the référent, against a loop that only writes.

use std::process::ExitCode;

use clap::Parser;
use report::Options;

/// Mesure le débit du parcours sur la base embarquée.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    report::leave(bench::debit::run(Cli::parse().options))
}
