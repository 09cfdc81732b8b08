//! The campaign of seeded bugs: each bug of the catalogue is switched on, and the simulation must see it.
//!
//! A checker that has never caught anything proves nothing. The bugs are put into a copy of the workspace, built
//! apart, all at once, each behind a switch that an environment variable throws.

mod catalogue;
mod hunt;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, ensure};
use clap::Parser;
use report::{Campaign, Options};
use serde_json::{Value, json};

use catalogue::Mutant;

/// Fewer bugs than this would prove too little.
const AT_LEAST: usize = 30;

/// How many executions a bug may survive.
const ENOUGH: u64 = 200_000;

/// The same in the short campaign.
const ENOUGH_SHORT: u64 = 20_000;

/// How many executions without any bug must pass before: a checker that cries at everything proves nothing either.
const CONTROL: u64 = 2_000;

/// Des erreurs semées une à une : chacune doit être attrapée par la simulation.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    /// Cette erreur seulement.
    #[arg(long)]
    seul: Option<String>,
    /// La liste des erreurs, sans rien exécuter.
    #[arg(long)]
    liste: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let root = root()?;
    let mutants = catalogue::read(&root.join("tests/campaigns/mutants/catalogue"))?;
    ensure!(mutants.len() >= AT_LEAST, "le catalogue n’a que {} erreurs", mutants.len());
    let chosen: Vec<&Mutant> =
        mutants.iter().filter(|it| arguments.seul.as_ref().is_none_or(|name| *name == it.nom)).collect();
    ensure!(!chosen.is_empty(), "aucune erreur de ce nom : voir --liste");
    if arguments.liste {
        list(&chosen);
        return Ok(ExitCode::SUCCESS);
    }
    let built = build(&root, &mutants)?;
    run(&arguments.options, &built, &chosen)
}

fn run(options: &Options, simulation: &Path, chosen: &[&Mutant]) -> anyhow::Result<ExitCode> {
    let seed = options.graine.unwrap_or(1);
    let most = options.executions.unwrap_or(if options.court { ENOUGH_SHORT } else { ENOUGH });
    let mut campaign = Campaign::start("mutants", u64::try_from(chosen.len())? + 1);
    let control = hunt::run(simulation, "", seed, CONTROL)?;
    match control.seed {
        Some(seed) => campaign.failed(seed, &["sans erreur semée, la simulation en voit une".to_owned()]),
        None => campaign.passed(1),
    }
    let mut rows: Vec<Value> = Vec::new();
    for mutant in chosen {
        let caught = hunt::run(simulation, &mutant.nom, seed, most)?;
        match caught.seed {
            Some(seed) => {
                campaign.passed(1);
                campaign
                    .say(&format!("attrapée   {:44} graine={seed} ({} exécutions)", mutant.nom, caught.runs));
            }
            None => campaign
                .wrong(&format!("a survécu  {} : {} ({} exécutions)", mutant.nom, mutant.dit, caught.runs)),
        }
        rows.push(json!({"mutant": mutant.nom, "dit": mutant.dit, "fichier": mutant.fichier,
            "attrape": caught.seed.is_some(), "graine": caught.seed, "executions": caught.runs,
            "regle": caught.rule}));
    }
    let caught = rows.iter().filter(|it| it["attrape"] == true).count();
    campaign.figure("mutants", rows.len());
    campaign.figure("attrapes", caught);
    let all = caught == rows.len();
    campaign.figure("lignes", rows);
    Ok(campaign.end(all))
}

#[expect(clippy::print_stdout, reason = "the list is what was asked for")]
fn list(chosen: &[&Mutant]) {
    for mutant in chosen {
        println!("{:44} {} ({})", mutant.nom, mutant.dit, mutant.fichier);
    }
}

/// Builds the simulation of the copy, with every bug in it and none on.
fn build(root: &Path, mutants: &[Mutant]) -> anyhow::Result<PathBuf> {
    let copy = root.join("target/mutants/source");
    let built = root.join("target/mutants/cible");
    workspace::write(root, &copy, mutants)?;
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--release", "-p", "simulation"])
        .env("CARGO_TARGET_DIR", &built)
        // The switches make code that no lint would let pass.
        .env("RUSTFLAGS", "-Awarnings")
        .current_dir(&copy)
        .status()
        .context("cargo")?;
    ensure!(status.success(), "la copie aux erreurs semées ne se construit pas");
    Ok(built.join("release/simulation"))
}

fn root() -> anyhow::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).map(Path::to_owned).context("la racine")
}
