//! Scale: the monthly sweep of the largest département and of the nation's backlog, the clocks of everybody looked at
//! again, the cost of a check that finds nothing to do.
//!
//! Those who wait come in by generated flows, through the same steps as in life; those who are accompanied already are
//! put into the store as the steps would have left them. Then a month passes in which nothing ran: the sweep has
//! everything to catch up, which is the worst that it can meet.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use domain::{State, Territory};
use report::{Campaign, Options};
use serde_json::{Value, json};

mod region;

use region::Region;

use crate::usage;

/// Adults of the largest département (the Nord) and those of them who are not oriented: 98,700 households at the end of
/// September 2025, by a uniform share of the national count (DREES, 28 November 2025), 1.16 adults each, 14 % not oriented.
const LARGEST: u64 = 114_500;
const NOT_ORIENTED: u64 = 15_550;
/// Adults subject to rights and duties who are not oriented in the whole country: 14 % of them at the end of 2023 (DREES).
const NATION: u64 = 285_000;
/// What a short campaign takes instead.
const SHORT: (u64, u64, u64) = (1_000, 150, 150);
/// How many households of a generated flow bring in one person to orient: measured on flows of all sizes.
const HOUSEHOLDS_FOR_ONE: f64 = 98_700.0 / 77_634.0;
/// The goals: seconds for both sweeps and for the clocks, mebibytes.
const GOAL_SWEEP: f64 = 300.0;
const GOAL_NATION: f64 = 3_600.0;
const GOAL_CLOCKS: f64 = 120.0;
const GOAL_MEMORY: f64 = 1024.0;

/// What the method is, for whoever reads the report.
const METHOD: &str = "Flux générés, lus et triés par les vraies étapes ; le reste des gens, déjà accompagnés, est \
    écrit tel que les étapes l’auraient laissé. Un mois passe sans contrôle ni balayage. Le temps du balayage va de sa \
    demande à la fin de tout ce qu’il a demandé : contacts trouvés, défauts préparés, messages écrits.";

/// Runs the campaign and prints its report.
pub fn run(options: Options) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("le processus ne démarre pas")?;
    runtime.block_on(measure(options))
}

async fn measure(options: Options) -> anyhow::Result<ExitCode> {
    let (people, waiting, nation) = if options.court { SHORT } else { (LARGEST, NOT_ORIENTED, NATION) };
    let nation = options.executions.unwrap_or(nation);
    let seed = options.graine.unwrap_or(1);
    let mut campaign = Campaign::start("echelle", waiting + nation);
    campaign.say(METHOD);
    let departement = one_departement(&mut campaign, people, waiting, seed).await?;
    let country = whole_country(&mut campaign, nation, seed, options.court).await?;
    let holds = departement.swept.as_secs_f64() < GOAL_SWEEP
        && country.swept.as_secs_f64() < GOAL_NATION
        && departement.clocks.as_secs_f64() < GOAL_CLOCKS
        && departement.memory.max(country.memory) < GOAL_MEMORY;
    campaign.figure("departement", departement.json());
    campaign.figure("pays", country.json());
    campaign.figure("methode", METHOD);
    Ok(campaign.end(holds))
}

/// What was measured in one region.
struct Measured {
    people: u64,
    waiting: u64,
    swept: Duration,
    clocks: Duration,
    indicators: Duration,
    checks: Vec<u64>,
    memory: f64,
}

impl Measured {
    fn json(&self) -> Value {
        let rounded = |figure: f64| (figure * 10.0).round() / 10.0;
        json!({
            "personnes": self.people, "non_orientes": self.waiting,
            "balayage_secondes": rounded(self.swept.as_secs_f64()),
            "horloges_secondes": rounded(self.clocks.as_secs_f64()),
            "indicateurs_secondes": rounded(self.indicators.as_secs_f64()),
            "requetes_d_un_controle_a_vide": self.checks, "memoire_mo": rounded(self.memory),
        })
    }
}

/// The largest département: everything is measured, and a check that has nothing to do asks as much before and after the
/// store has grown by half.
async fn one_departement(
    campaign: &mut Campaign,
    people: u64,
    waiting: u64,
    seed: u64,
) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir().context("pas de dossier pour les données")?;
    let region = Region::open(folder.path(), vec!["77".parse()?], waiting).await?;
    let came = region.bring(households(waiting), seed).await?;
    region.fill(people.saturating_sub(came))?;
    enough(campaign, came, waiting);
    let (swept, memory) = sweep(campaign, &region, came).await?;
    let (looked_at, clocks) = region.clocks().await?;
    if looked_at < people {
        campaign.wrong(&format!("les horloges de {looked_at} dossiers ont été relues, pas de {people}"));
    }
    let indicators = region.indicators().await?;
    let before = region.idle_check().await?;
    region.fill(people / 2)?;
    let after = region.idle_check().await?;
    for requests in [before, after] {
        one_request_for_each_state(campaign, requests, 1);
    }
    campaign.passed(came);
    let checks = vec![before, after];
    Ok(Measured { people: looked_at, waiting: came, swept, clocks, indicators, checks, memory })
}

/// Every département, each with its share of those who wait.
async fn whole_country(
    campaign: &mut Campaign,
    waiting: u64,
    seed: u64,
    short: bool,
) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir().context("pas de dossier pour les données")?;
    let served: Vec<Territory> = Territory::all().take(if short { 5 } else { usize::MAX }).collect();
    let territories = served.len() as u64;
    let each = waiting.div_ceil(territories);
    let region = Region::open(folder.path(), served, each).await?;
    let came = region.bring(households(each), seed).await?;
    enough(campaign, came, waiting);
    let (swept, memory) = sweep(campaign, &region, came).await?;
    let (people, clocks) = region.clocks().await?;
    if people != came {
        campaign.wrong(&format!("les horloges de {people} dossiers ont été relues, pas de {came}"));
    }
    let indicators = region.indicators().await?;
    let check = region.idle_check().await?;
    one_request_for_each_state(campaign, check, territories);
    let checks = vec![check];
    campaign.passed(came);
    Ok(Measured { people, waiting: came, swept, clocks, indicators, checks, memory })
}

/// A month after, the sweep of every territory; what it left, and the memory that it took.
async fn sweep(campaign: &mut Campaign, region: &Region, came: u64) -> anyhow::Result<(Duration, f64)> {
    region.a_month_passes()?;
    let announced = region.simulate().await?;
    usage::forget_peak_memory()?;
    let began = Instant::now();
    region.sweep().await?;
    let took = began.elapsed();
    let memory = usage::peak_memory()?;
    let to_catch_up: u64 = announced.values().map(|it| it.a_rattraper).sum();
    if to_catch_up != came {
        campaign.wrong(&format!("le balayage avait {to_catch_up} personnes à rattraper, pas {came}"));
    }
    for (territory, announced) in announced {
        let done = region.report(territory, false).await?;
        if done != announced {
            campaign.wrong(&format!("{territory} : le balayage n’a pas le compte de sa simulation"));
        }
    }
    let left = region.left().await?;
    let cared_for = (left.nobody_to_call, left.nothing_prepared, left.oriented_by_the_machine) == (0, 0, 0);
    if !cared_for || left.waiting != came {
        campaign.wrong(&format!("après le balayage de {came} personnes : {left:?}"));
    }
    Ok((took, memory))
}

/// A check that finds nothing to do asks the index once for each state of each territory, whoever is in the store.
fn one_request_for_each_state(campaign: &mut Campaign, requests: u64, territories: u64) {
    let expected = State::CODES.len() as u64 * territories;
    if requests != expected {
        campaign.wrong(&format!("un contrôle à vide fait {requests} requêtes, pas {expected}"));
    }
}

/// A flow that brings in nobody would be swept in no time.
fn enough(campaign: &mut Campaign, came: u64, asked: u64) {
    if came * 100 < asked * 95 {
        campaign.wrong(&format!("les flux n’ont amené que {came} personnes à orienter, pas {asked}"));
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small counts"
)]
fn households(people: u64) -> u32 {
    (people as f64 * HOUSEHOLDS_FOR_ONE).ceil() as u32
}
