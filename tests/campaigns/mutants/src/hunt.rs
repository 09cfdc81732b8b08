//! One bug switched on, and the simulation run until it sees it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

/// What became of a bug.
pub(crate) struct Hunt {
    /// The seed of the execution that saw it; none when it survived.
    pub(crate) seed: Option<u64>,
    /// How many executions there were until then.
    pub(crate) runs: u64,
    /// What the checker said.
    pub(crate) rule: String,
}

/// Runs the simulation with this bug on, from this seed, until the first violation or `most` executions.
pub(crate) fn run(simulation: &Path, bug: &str, seed: u64, most: u64) -> anyhow::Result<Hunt> {
    let mut command = Command::new(simulation);
    command.args(["--jusqu-a-violation", "--graine", &seed.to_string(), "--executions", &most.to_string()]);
    ask(command.env("SPIE_ERREUR", bug), bug)
}

/// Has small cohorts counted with this bug on, from this seed, until the first that is counted otherwise from the facts.
pub(crate) fn run_cohorts(indicateurs: &Path, bug: &str, seed: u64, most: u64) -> anyhow::Result<Hunt> {
    let mut command = Command::new(indicateurs);
    command.args(["--court", "--jusqu-a-violation"]);
    command.args(["--graine", &seed.to_string(), "--executions", &most.to_string()]);
    ask(command.env("SPIE_ERREUR", bug), bug)
}

/// Starts the real programs of the folder `programs` with this bug on, execution after execution, until the first
/// violation or `most` of them.
pub(crate) fn run_programs(
    processus: &Path,
    programs: &Path,
    bug: &str,
    seed: u64,
    most: u64,
) -> anyhow::Result<Hunt> {
    let mut hunt = Hunt { seed: None, runs: 0, rule: String::new() };
    for seed in seed..seed.saturating_add(most) {
        let mut command = Command::new(processus);
        command
            .args(["--court", "--executions", "1", "--graine", &seed.to_string(), "--programmes"])
            .arg(programs)
            .args(["--erreur", bug]);
        let one = ask(&mut command, bug)?;
        hunt = Hunt { runs: hunt.runs + one.runs, ..one };
        if hunt.seed.is_some() {
            break;
        }
    }
    Ok(hunt)
}

/// Runs a campaign, this bug being on, and reads its report.
fn ask(campaign: &mut Command, bug: &str) -> anyhow::Result<Hunt> {
    let output = campaign.stderr(Stdio::null()).output().context("la campagne")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let report: Value = serde_json::from_str(last)
        .with_context(|| format!("la campagne n’a pas rendu de rapport avec l’erreur « {bug} »"))?;
    let seed = report["graines_en_echec"].get(0).and_then(Value::as_u64);
    ensure!(
        output.status.success() == seed.is_none(),
        "avec l’erreur « {bug} », la campagne dit une chose et son code de fin une autre"
    );
    let said = seed.and_then(|it| text.lines().find_map(|line| line.strip_prefix(&format!("graine={it} "))));
    Ok(Hunt {
        seed,
        runs: report["executions"].as_u64().context("un rapport sans exécutions")?,
        rule: said.unwrap_or_default().to_owned(),
    })
}
