//! The program that counts again, and a figure put wrong on purpose.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::cohort::EVENTS;

/// The program: standard library only.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/recompte.py");

/// What it found.
pub(crate) struct Verdict {
    /// How many figures it compared.
    pub(crate) compared: u64,
    /// Where it does not agree.
    pub(crate) differences: Vec<String>,
}

/// Has the facts of the folder counted again, and compared with these answers.
pub(crate) fn judge(python: &str, folder: &Path, answers: &[Value]) -> anyhow::Result<Verdict> {
    let figures = folder.join("chiffres.json");
    std::fs::write(&figures, serde_json::to_vec(answers)?).context("les chiffres ne s’écrivent pas")?;
    let mut program = Command::new(python);
    program.args(["-B", PROGRAM]).arg(folder.join(EVENTS)).arg(figures);
    let output = program.output().context("le programme de recompte ne démarre pas")?;
    let problem = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "le programme de recompte s’est arrêté : {problem}");
    let said: Value = serde_json::from_slice(&output.stdout).context("le recompte ne se lit pas")?;
    let differences = said["differences"].as_array().context("le recompte ne dit pas s’il est d’accord")?;
    Ok(Verdict {
        compared: said["compares"].as_u64().context("le recompte ne dit pas ce qu’il a compté")?,
        differences: differences.iter().map(ToString::to_string).collect(),
    })
}

/// Answers of which one figure is wrong, and which.
pub(crate) struct Wrong {
    pub(crate) answers: Vec<Value>,
    pub(crate) what: String,
}

/// Puts one figure wrong, by as little as it can be.
pub(crate) fn put_wrong(rng: &mut Rng, mut answers: Vec<Value>) -> anyhow::Result<Wrong> {
    let at = rng.usize(..answers.len());
    let figures = answers[at].pointer_mut("/reponse/indicateurs").and_then(Value::as_array_mut);
    let mut available: Vec<&mut Value> =
        figures.context("pas d’indicateurs")?.iter_mut().filter(|it| it["valeur"].is_number()).collect();
    ensure!(!available.is_empty(), "aucun indicateur n’a de valeur");
    let figure = available.swap_remove(rng.usize(..available.len()));
    let what = match rng.u8(0..3) {
        0 => {
            figure["valeur"] = json!((figure["valeur"].as_f64().unwrap_or(0.0) * 10.0 + 1.0).round() / 10.0);
            "valeur"
        }
        1 => {
            figure["numerateur"] = json!(figure["numerateur"].as_u64().unwrap_or(0) + 1);
            "numerateur"
        }
        _ => {
            figure["denominateur"] = json!(figure["denominateur"].as_u64().unwrap_or(0) + 1);
            "denominateur"
        }
    };
    let what = format!("{} de {} dans la réponse {at}", what, figure["id"]);
    Ok(Wrong { answers, what })
}
