//! The campaign `processus`: the real programs, killed and deceived, then judged on what they left.

mod client;
mod erasure;
mod journey;
mod lists;
mod people;
mod poison;
mod race;
mod settle;
mod staff;
mod stage;
mod storm;
mod verdict;
mod weather;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use report::{Campaign, Options};

use crate::faults::Kind;
use storm::Passed;
use world::Ground;

/// Where the functions' programs are, and what to keep of their runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// Le dossier des programmes des fonctions.
    #[arg(long, default_value = "target/release")]
    pub programmes: PathBuf,
    /// Le dossier de travail.
    #[arg(long, default_value = "target/processus")]
    pub travail: PathBuf,
    /// Garde les journaux des fonctions dans le dossier de travail.
    #[arg(long)]
    pub journaux: bool,
    /// Allume cette erreur, dans des programmes construits avec des erreurs semées.
    #[arg(long)]
    pub erreur: Option<String>,
}

/// How much one execution plays. Its seed replays it whole.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// People of the storm.
    people: usize,
    /// Races of 64 writers.
    races: u64,
    /// Poisoned batches.
    batches: u64,
    /// Rounds of erasures.
    erasures: u64,
}

const SHORT: Size = Size { people: 32, races: 4, batches: 12, erasures: 5 };
const LONG: Size = Size { people: 64, races: 80, batches: 80, erasures: 3 };

/// Executions of the short campaign, and the most of the long one, which stops as soon as its targets are met.
const SHORT_EXECUTIONS: u64 = 1;
const MOST_EXECUTIONS: u64 = 200;

/// How many executions run at once: most of their time is spent waiting to try again.
const AT_ONCE: usize = 4;

/// What the long campaign must have injected, at least.
const TARGETS: [(&[Kind], u64); 12] = [
    (&[Kind::KillBefore, Kind::KillAfter], 10_000),
    (&[Kind::LostAnswer], 10_000),
    (&[Kind::Duplicate], 10_000),
    (&[Kind::Disorder], 5_000),
    (&[Kind::Error, Kind::Unavailable, Kind::Throttled, Kind::Silence], 5_000),
    (&[Kind::LeftAside, Kind::CutPage], 1_000),
    (&[Kind::StaleIndex], 2_000),
    (&[Kind::Race], 2_000),
    (&[Kind::Poison], 2_000),
    (&[Kind::Redriven], 500),
    (&[Kind::Schedule], 1_000),
    (&[Kind::Erasure], 1_000),
];

/// Runs the campaign. Its goal holds when nothing was violated and every kind of fault was injected; the long one
/// must have reached its targets besides.
pub async fn run(options: Options, place: &Place) -> anyhow::Result<ExitCode> {
    let ground = Ground::new(place)?;
    let tally = Arc::clone(&ground.tally);
    let reached = || TARGETS.iter().all(|(kinds, least)| tally.sum(kinds) >= *least);
    let long = !options.court && options.executions.is_none();
    let size = if options.court { SHORT } else { LONG };
    let planned = options.executions.unwrap_or(if long { MOST_EXECUTIONS } else { SHORT_EXECUTIONS });
    let first = options.graine.unwrap_or(1);

    let mut campaign = Campaign::start("processus", planned);
    let mut passed = Passed::default();
    let seeds = (first..first.saturating_add(planned)).take_while(|_| !(long && reached()));
    let executions = seeds.map(|seed| {
        let ground = &ground;
        async move { (seed, Box::pin(execution(ground, seed, size)).await) }
    });
    let mut executions = stream::iter(executions).buffer_unordered(AT_ONCE);
    while let Some((seed, ended)) = executions.next().await {
        let (more, violations) = ended.unwrap_or_else(|error| (Passed::default(), interrupted(&error)));
        passed += more;
        if violations.is_empty() { campaign.passed(1) } else { campaign.failed(seed, &violations) }
    }
    campaign.figure("dossiers", passed.dossiers);
    campaign.figure("demarrages", passed.starts);
    campaign.figure("invocations", passed.invocations);
    campaign.figure("fautes", tally.report());
    let every_kind = Kind::ALL.into_iter().all(|it| tally.of(it) > 0);
    Ok(campaign.end(every_kind && (!long || reached())))
}

/// Everything that one seed plays.
async fn execution(ground: &Ground, seed: u64, size: Size) -> anyhow::Result<(Passed, Vec<String>)> {
    let (storm, races, poisons, erasures) = tokio::join!(
        storm::play(ground, seed, size.people),
        race::run(ground, seed, size.races),
        poison::run(ground, seed, size.batches),
        erasure::run(ground, seed, size.erasures),
    );
    let (passed, mut violations) = storm?;
    for part in [races, poisons, erasures] {
        violations.extend(part.unwrap_or_else(|error| interrupted(&error)));
    }
    Ok((passed, violations))
}

/// What could not be played to its end is no proof: it counts as violated.
fn interrupted(error: &anyhow::Error) -> Vec<String> {
    vec![format!("interrompu : {error:#}")]
}
