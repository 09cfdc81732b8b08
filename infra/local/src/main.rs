//! `spie`: the journey on one machine.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
use local::cli::{Cli, Command, Ending, complaint};
use local::config::Config;
use local::{cohort, forge, importer, indicators, serve};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // The help and the version were asked for.
        Err(error) if !error.use_stderr() || error.kind() == DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", complaint(&error));
            return ExitCode::FAILURE;
        }
    };
    match run(cli) {
        Ok(ending) => ending.into(),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "Échec : {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Ending> {
    match cli.command {
        Command::Local => {
            let config = Config::from_env()?;
            logs();
            let runtime = tokio::runtime::Runtime::new().context("le processus ne démarre pas")?;
            runtime.block_on(serve::serve(&config, |address| {
                let _ = write!(std::io::stdout(), "{}", serve::welcome(address, &config));
            }))?;
            Ok(Ending::Done)
        }
        Command::Cohorte(options) => Ok(cohort::run(&options)?),
        Command::Importer(options) => Ok(importer::run(&options)?),
        Command::Indicateurs(options) => Ok(indicators::run(&options)?),
        Command::GenererFlux(options) => Ok(forge::run(&options)?),
    }
}

/// JSON on the error stream, warnings and errors unless `RUST_LOG` says otherwise.
fn logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
}
