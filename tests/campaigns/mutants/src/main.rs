//! The campaign of seeded bugs: each bug of the catalogue is switched on, and its judge, the simulation or the campaign
//! of the real programs, must see it.
//!
//! A checker that has never caught anything proves nothing. The bugs are put into a copy of the workspace, built
//! apart, all at once, each behind a switch that an environment variable throws.

mod catalogue;
mod hunt;
mod judges;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Parser;
use report::{Campaign, Options};
use serde_json::{Value, json};

use catalogue::{Judge, Mutant};
use judges::Judges;

/// Fewer bugs than this would prove too little.
const AT_LEAST: usize = 30;

/// Where the copy is, from the root of the workspace.
const COPY: &str = "target/mutants/source";

/// Des erreurs semées une à une : chacune doit être attrapée.
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
    workspace::write(&root, &root.join(COPY), &mutants)?;
    run(&arguments, &root, &chosen)
}

fn run(arguments: &Arguments, root: &Path, chosen: &[&Mutant]) -> anyhow::Result<ExitCode> {
    let options = arguments.options;
    // The real programs take minutes to build and half a minute a bug: the short campaign leaves them, and what is rare.
    let long = |it: &Mutant| it.judge == Judge::Processus || it.rare;
    let skipped = |it: &Mutant| options.court && arguments.seul.is_none() && long(it);
    let chosen: Vec<&Mutant> = chosen.iter().copied().filter(|it| !skipped(it)).collect();
    let judges = Judges::build(root, &chosen)?;
    let seed = options.graine.unwrap_or(1);
    let mut campaign = Campaign::start("mutants", u64::try_from(chosen.len() + judges.all.len())?);
    for &judge in &judges.all {
        let control = judges.hunt(judge, "", seed, options)?;
        match control.seed {
            Some(seed) => campaign.failed(seed, &["sans erreur semée, la campagne en voit une".to_owned()]),
            None => campaign.passed(1),
        }
    }
    let mut rows: Vec<Value> = Vec::new();
    for mutant in chosen {
        let caught = judges.hunt(mutant.judge, &mutant.nom, seed, options)?;
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
            "juge": mutant.judge.name(), "attrape": caught.seed.is_some(), "graine": caught.seed,
            "executions": caught.runs, "regle": caught.rule}));
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

fn root() -> anyhow::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).map(Path::to_owned).context("la racine")
}
