//! The throughput of the journey: dossiers from the application to the référent, on the store and the queues of the
//! local mode, in files, with its worker.
//!
//! The ceiling is what nobody can beat without another store: one loop that writes the same items to a store of the
//! same kind, with nothing else to do. The journey and the ceiling run in turns, a slice of people each, so that the
//! noise of the machine falls on both.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use report::{Campaign, Options};

mod audit;
mod ceiling;
mod journey;
mod people;
mod recorder;

use ceiling::Ceiling;
use journey::Journey;
pub(crate) use people::{agent, plant};
use recorder::Recorder;

use crate::usage;

/// Dossiers of a whole campaign, and of a short one.
const WHOLE: u64 = 100_000;
const SHORT: u64 = 1_000;
/// Dossiers between two turns of the ceiling.
const SLICE: u32 = 500;
/// The goal: a hundred thousand dossiers in ten minutes.
const GOAL_PER_SECOND: f64 = 100_000.0 / 600.0;
/// The goal: the journey keeps this share of the ceiling's rate.
const GOAL_SHARE: f64 = 0.7;
/// The goal: the process never holds this much memory, in mebibytes.
const GOAL_MEMORY: f64 = 1024.0;

/// Runs the campaign and prints its report.
pub fn run(options: Options) -> anyhow::Result<ExitCode> {
    let planned = options.executions.unwrap_or(if options.court { SHORT } else { WHOLE });
    let dossiers = u32::try_from(planned).context("trop de dossiers")?;
    let runtime = tokio::runtime::Runtime::new().context("le processus ne démarre pas")?;
    runtime.block_on(measure(dossiers))
}

async fn measure(dossiers: u32) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir().context("pas de dossier pour les données")?;
    let mut campaign = Campaign::start("debit", dossiers.into());
    let recorder = Arc::new(Recorder::default());
    let journey = Journey::open(&folder.path().join("parcours"), dossiers, &recorder).await?;
    let mut ceiling = Ceiling::open(&folder.path().join("plafond"), &recorder.take().writes)?;
    let (mut took, mut busy, mut store, mut calls) = (Duration::ZERO, Duration::ZERO, Duration::ZERO, 0);
    let mut people = journey.people(dossiers);
    loop {
        let slice: Vec<_> = people.by_ref().take(SLICE as usize).collect();
        if slice.is_empty() {
            break;
        }
        let size = slice.len() as u64;
        let (began, used) = (Instant::now(), usage::processor()?);
        journey.treat(slice).await?;
        took += began.elapsed();
        busy += usage::processor()?.saturating_sub(used);
        let slice = recorder.take();
        store += slice.took;
        calls += slice.calls;
        ceiling.write(&slice.writes);
        campaign.passed(size);
    }
    let mut errors = audit::errors(&journey, dossiers).await?;
    if ceiling.surprises() > 0 {
        errors.push(format!("plafond: {} écritures ont eu une autre réponse", ceiling.surprises()));
    }
    if !errors.is_empty() {
        campaign.failed(0, &errors);
    }
    let per_second = f64::from(dossiers) / took.as_secs_f64();
    let share = ceiling.took().as_secs_f64() / took.as_secs_f64();
    let memory = usage::peak_memory()?;
    campaign.figure("dossiers", dossiers);
    campaign.figure("secondes", rounded(took.as_secs_f64()));
    campaign.figure("par_seconde", rounded(per_second));
    campaign.figure("part_du_plafond", rounded(share));
    campaign.figure("secondes_processeur", rounded(busy.as_secs_f64()));
    campaign.figure("secondes_base", rounded(store.as_secs_f64()));
    campaign.figure("secondes_plafond", rounded(ceiling.took().as_secs_f64()));
    campaign.figure("appels_base_par_dossier", rounded(f64::from(calls) / f64::from(dossiers)));
    campaign.figure("ecritures_par_dossier", rounded(f64::from(ceiling.writes()) / f64::from(dossiers)));
    campaign.figure("memoire_mo", rounded(memory));
    campaign.figure("erreurs", errors.len());
    let holds = per_second >= GOAL_PER_SECOND && share >= GOAL_SHARE && memory < GOAL_MEMORY;
    Ok(campaign.end(holds))
}

fn rounded(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}
