//! What every campaign takes on its command line and says at its end: options, progress, one line of JSON.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

/// The options that every campaign understands.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Options {
    /// La campagne courte : celle de tous les jours.
    #[arg(long)]
    pub court: bool,
    /// La graine : la même rejoue la même chose.
    #[arg(long)]
    pub graine: Option<u64>,
    /// Le nombre d’exécutions.
    #[arg(long)]
    pub executions: Option<u64>,
}

/// How a campaign that may not have come to its end leaves: what went wrong is told on the standard error.
pub fn leave(done: Result<ExitCode, impl Display>) -> ExitCode {
    done.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "Échec : {error:#}");
        ExitCode::FAILURE
    })
}

/// A campaign under way.
pub struct Campaign {
    name: &'static str,
    started: Instant,
    bar: ProgressBar,
    executions: u64,
    violations: u64,
    failing_seeds: Vec<u64>,
    figures: Map<String, Value>,
}

impl Campaign {
    /// Starts; `planned` executions fill the progress bar, which only a terminal shows.
    pub fn start(name: &'static str, planned: u64) -> Self {
        let bar = ProgressBar::new(planned);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} · reste {eta}") {
            bar.set_style(style);
        }
        bar.set_message(name);
        Self {
            name,
            started: Instant::now(),
            bar,
            executions: 0,
            violations: 0,
            failing_seeds: Vec::new(),
            figures: Map::new(),
        }
    }

    /// Executions that ended without violation.
    pub fn passed(&mut self, executions: u64) {
        self.executions += executions;
        self.bar.inc(executions);
    }

    /// One execution that violated something, and what; the seed replays it.
    pub fn failed(&mut self, seed: u64, violations: &[String]) {
        self.executions += 1;
        self.violations += u64::try_from(violations.len()).unwrap_or(u64::MAX);
        self.failing_seeds.push(seed);
        self.bar.inc(1);
        for violation in violations {
            self.say(&format!("graine={seed} {violation}"));
        }
    }

    /// One execution that violated something that no seed plays again.
    pub fn wrong(&mut self, violation: &str) {
        self.executions += 1;
        self.violations += 1;
        self.bar.inc(1);
        self.say(violation);
    }

    /// A line for whoever looks on, above the progress bar.
    #[expect(clippy::print_stdout, reason = "a campaign talks to a terminal")]
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    /// A figure of this campaign's own.
    pub fn figure(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// How many violations so far.
    pub const fn violations(&self) -> u64 {
        self.violations
    }

    /// Ends: the last line is the report. The exit code is 0 only when the goal holds and nothing was violated.
    #[expect(clippy::print_stdout, reason = "the report is the campaign's output")]
    pub fn end(self, goal_holds: bool) -> ExitCode {
        self.bar.finish_and_clear();
        let mut report = Map::new();
        report.insert("campagne".to_owned(), json!(self.name));
        report.insert("executions".to_owned(), json!(self.executions));
        report.insert("violations".to_owned(), json!(self.violations));
        report.insert("graines_en_echec".to_owned(), json!(self.failing_seeds));
        let seconds = (self.started.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        report.insert("secondes".to_owned(), json!(seconds));
        report.extend(self.figures);
        println!("{}", Value::Object(report));
        if goal_holds && self.violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
