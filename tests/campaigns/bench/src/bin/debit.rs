//! `debit`: a hundred thousand dossiers, from the application to the référent, against a loop that only writes.

use std::io::Write;
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
    let cli = Cli::parse();
    match bench::debit::run(cli.options) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "Échec : {error:#}");
            ExitCode::FAILURE
        }
    }
}
