//! The indicators of a cohort whose lives are drawn, counted twice: by the engine, from the dossiers that the rules left,
//! and by a program that shares nothing with it, from the facts. Both must say the same, to the last digit.
//!
//! A checker that sees nothing proves nothing: each cohort is judged again with one figure put wrong, which must be seen.

mod cohort;
mod draw;
mod events;
mod judge;
mod life;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use fastrand::Rng;
use report::{Campaign, Options};

/// People of a cohort, and of a short campaign's.
const PEOPLE: u64 = 20_000;
const FEW: u64 = 1_500;

/// Les indicateurs d’une cohorte tirée au sort, recomptés à partir des faits par un programme indépendant.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    /// S’arrêter à la première graine qui viole une promesse.
    #[arg(long)]
    jusqu_a_violation: bool,
    /// Laisse les événements et les chiffres de chaque cohorte dans ce dossier.
    #[arg(long, value_name = "DOSSIER")]
    garder: Option<std::path::PathBuf>,
    /// L’interpréteur du programme indépendant.
    #[arg(long, env = "PYTHON", default_value = "python3", value_name = "PROGRAMME")]
    python: String,
}

fn main() -> ExitCode {
    report::leave(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Options { court, graine, executions } = arguments.options;
    let people = if court { FEW } else { PEOPLE };
    let (first, cohorts) = (graine.unwrap_or(1), executions.unwrap_or(1));
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().context("le processus ne démarre pas")?;
    let mut campaign = Campaign::start("indicateurs", cohorts);
    let (mut compared, mut seen) = (0, 0);
    for seed in first..first.saturating_add(cohorts) {
        let mut rng = Rng::with_seed(seed);
        let folder = tempfile::tempdir().context("pas de dossier pour la cohorte")?;
        let folder = arguments.garder.as_deref().unwrap_or(folder.path());
        let answers = runtime.block_on(cohort::counted(&mut rng, folder, people))?;
        let verdict = judge::judge(&arguments.python, folder, &answers)?;
        compared += verdict.compared;
        if !verdict.differences.is_empty() {
            campaign.failed(seed, &verdict.differences);
            if arguments.jusqu_a_violation {
                break;
            }
            continue;
        }
        let wrong = judge::put_wrong(&mut rng, answers)?;
        if judge::judge(&arguments.python, folder, &wrong.answers)?.differences.is_empty() {
            campaign.failed(seed, &[format!("un chiffre faux n’est pas vu : {}", wrong.what)]);
        } else {
            seen += 1;
            campaign.passed(1);
        }
    }
    campaign.figure("personnes_par_cohorte", people);
    campaign.figure("chiffres_compares", compared);
    campaign.figure("chiffres_faux_vus", seen);
    Ok(campaign.end(true))
}
