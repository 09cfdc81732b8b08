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
    let output = Command::new(simulation)
        .args(["--jusqu-a-violation", "--graine", &seed.to_string(), "--executions", &most.to_string()])
        .env("SPIE_ERREUR", bug)
        .stderr(Stdio::null())
        .output()
        .context("la simulation")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let report: Value = serde_json::from_str(last)
        .with_context(|| format!("la simulation n’a pas rendu de rapport avec l’erreur « {bug} »"))?;
    let seed = report["graines_en_echec"].get(0).and_then(Value::as_u64);
    ensure!(
        output.status.success() == seed.is_none(),
        "avec l’erreur « {bug} », la simulation dit une chose et son code de fin une autre"
    );
    let said = seed.and_then(|it| text.lines().find_map(|line| line.strip_prefix(&format!("graine={it} "))));
    Ok(Hunt {
        seed,
        runs: report["executions"].as_u64().context("un rapport sans exécutions")?,
        rule: said.unwrap_or_default().to_owned(),
    })
}
