//! Those who must see the bugs, built from the copy that has them: the simulation, the real programs, the indicators.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use report::Options;

use crate::COPY;
use crate::catalogue::{Judge, Mutant};
use crate::hunt::{self, Hunt};

/// What the copy is built into, from the root of the workspace.
const BUILT: &str = "target/mutants/cible";

/// The functions that the real programs are.
const FUNCTIONS: [&str; 7] =
    ["intake", "triage", "assignment", "carnet", "reminders", "sweep", "professionals"];

/// How many executions a bug may survive, and how many without any bug must pass before: a checker that cries at
/// everything proves nothing either.
struct Enough {
    long: u64,
    short: u64,
    control: u64,
}

impl Enough {
    const fn of(judge: Judge) -> Self {
        match judge {
            Judge::Simulation => Self { long: 200_000, short: 20_000, control: 2_000 },
            Judge::Processus => Self { long: 10, short: 5, control: 2 },
            Judge::Indicateurs => Self { long: 20, short: 10, control: 5 },
        }
    }
}

/// The judges that are needed, ready.
pub(crate) struct Judges {
    /// Those who judge.
    pub(crate) all: Vec<Judge>,
    simulation: PathBuf,
    indicateurs: PathBuf,
    processus: PathBuf,
    programs: PathBuf,
}

impl Judges {
    /// Builds those who judge these bugs, every bug in what they run and none on.
    pub(crate) fn build(root: &Path, chosen: &[&Mutant]) -> anyhow::Result<Self> {
        let needed = |judge: &Judge| chosen.iter().any(|it| it.judge == *judge);
        let all: Vec<Judge> =
            [Judge::Simulation, Judge::Processus, Judge::Indicateurs].into_iter().filter(needed).collect();
        let built = root.join(BUILT);
        for judge in &all {
            match judge {
                Judge::Simulation | Judge::Indicateurs => {
                    cargo(&root.join(COPY), &built, &["--release", "-p", judge.name()])?;
                }
                Judge::Processus => {
                    let functions: Vec<&str> = FUNCTIONS.iter().flat_map(|it| ["-p", it]).collect();
                    cargo(&root.join(COPY), &built, &functions)?;
                    // Who judges has no bug: it comes from the sources themselves.
                    cargo(root, &root.join("target"), &["--workspace", "--bin", "processus"])?;
                }
            }
        }
        Ok(Self {
            all,
            simulation: built.join("release/simulation"),
            indicateurs: built.join("release/indicateurs"),
            processus: root.join("target/debug/processus"),
            programs: built.join("debug"),
        })
    }

    /// Switches a bug on and runs until it is seen, or for long enough; the empty name is no bug, the control.
    pub(crate) fn hunt(&self, judge: Judge, bug: &str, seed: u64, options: Options) -> anyhow::Result<Hunt> {
        let enough = Enough::of(judge);
        let most = match options.executions {
            _ if bug.is_empty() => enough.control,
            Some(most) => most,
            None if options.court => enough.short,
            None => enough.long,
        };
        match judge {
            Judge::Simulation => hunt::run(&self.simulation, bug, seed, most),
            Judge::Processus => hunt::run_programs(&self.processus, &self.programs, bug, seed, most),
            Judge::Indicateurs => hunt::run_cohorts(&self.indicateurs, bug, seed, most),
        }
    }
}

fn cargo(folder: &Path, target: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--quiet", "--locked"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target);
    if folder.ends_with(COPY) {
        // The switches make code that no lint would let pass.
        command.env("RUSTFLAGS", "-Awarnings");
    }
    let status = command.status().context("cargo")?;
    ensure!(status.success(), "{} ne se construit pas", folder.display());
    Ok(())
}
