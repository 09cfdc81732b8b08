//! Files at their real size: read, matched, written; killed on the way and resumed; given again.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use domain::Territory;
use files::flow::Kind;
use files::forge::{self, Held, Options as Forge};
use files::forge_list::{self, Style};
use report::{Campaign, Options};
use serde_json::{Value, json};

pub mod child;

/// Households of the largest département, and of a short campaign.
const WHOLE: u32 = 98_700;
const SHORT: u32 = 1_500;
/// Rows of a long list.
const ROWS: u32 = 10_000;
/// The goals: seconds for the flow and for the list, mebibytes for both.
const GOAL_FLOW: f64 = 300.0;
const GOAL_LIST: f64 = 30.0;
const GOAL_MEMORY: f64 = 256.0;

/// Runs the campaign and prints its report.
pub fn run(options: Options) -> anyhow::Result<ExitCode> {
    let planned = options.executions.map(u32::try_from).transpose().context("trop de foyers")?;
    let households = planned.unwrap_or(if options.court { SHORT } else { WHOLE });
    let seed = options.graine.unwrap_or(1);
    let folder = tempfile::tempdir().context("pas de dossier pour les données")?;
    let mut campaign = Campaign::start("fichiers", u64::from(households));
    let data = folder.path().join("donnees");
    let territory: Territory = "77".parse()?;
    let first = folder.path().join("flux-1.xml");
    let held = flow(territory, &first, households, seed, 0)?;
    let one = give(&data, &first, "flux", "cle-1", &[0.2, 0.5, 0.8])?;
    expect(&mut campaign, "le premier flux", &one, |it| it.sum() == it.of("lignes") && it.of("crees") > 0);
    let again = give(&data, &first, "flux", "cle-2", &[])?;
    let lines = one.of("lignes");
    expect(&mut campaign, "le même flux, renvoyé", &again, |it| {
        (it.of("crees"), it.of("mis_a_jour"), it.of("lignes")) == (0, 0, lines)
    });
    let second = folder.path().join("flux-2.xml");
    flow(territory, &second, households, seed, 1)?;
    let next = give(&data, &second, "flux", "cle-3", &[])?;
    expect(&mut campaign, "le flux du mois suivant", &next, |it| it.sum() == it.of("lignes"));
    let rows = if options.court { ROWS / 10 } else { ROWS };
    let list = folder.path().join("liste.csv");
    let file = std::fs::File::create(&list).context("la liste ne s’écrit pas")?;
    forge_list::csv(Style::RdvInsertion, rows, seed, file).context("la liste ne s’écrit pas")?;
    let listed = give(&folder.path().join("liste"), &list, "liste", "cle-1", &[])?;
    expect(&mut campaign, "la liste", &listed, |it| it.sum() == it.of("lignes"));
    campaign.passed(u64::from(households));
    campaign.figure("foyers", households);
    campaign.figure("adultes", held.adults);
    campaign.figure("octets", std::fs::metadata(&first)?.len());
    campaign.figure("flux_tue_trois_fois", one.json());
    campaign.figure("flux_renvoye", again.json());
    campaign.figure("flux_du_mois_suivant", next.json());
    campaign.figure("liste", listed.json());
    let flows = [&one, &again, &next].into_iter().all(|it| it.took.as_secs_f64() < GOAL_FLOW);
    let light = [&one, &again, &next, &listed].into_iter().all(|it| it.memory < GOAL_MEMORY);
    Ok(campaign.end(flows && light && listed.took.as_secs_f64() < GOAL_LIST))
}

fn expect(campaign: &mut Campaign, what: &str, given: &Given, holds: impl Fn(&Given) -> bool) {
    if !holds(given) {
        campaign.wrong(&format!("{what} : {}", given.json()));
    }
}

/// Writes a territory's flow, of the month that comes so many after the first.
pub(crate) fn flow(
    territory: Territory,
    path: &Path,
    households: u32,
    seed: u64,
    month: u32,
) -> anyhow::Result<Held> {
    let first_day = NaiveDate::from_ymd_opt(2026, 2, 1).context("le premier jour")?;
    let mut file = BufWriter::new(std::fs::File::create(path).context("le flux ne s’écrit pas")?);
    let options = Forge { month, ..Forge::first(first_day) };
    let held = forge::flow(territory, households, seed, Kind::Monthly, &mut file, &options)?;
    file.flush()?;
    Ok(held)
}

/// How a file ended.
struct Given {
    counts: Value,
    took: Duration,
    memory: f64,
    kills: usize,
}

impl Given {
    fn of(&self, name: &str) -> u64 {
        self.counts[name].as_u64().unwrap_or(0)
    }

    fn sum(&self) -> u64 {
        ["crees", "mis_a_jour", "inchanges", "refuses"].into_iter().map(|it| self.of(it)).sum()
    }

    fn json(&self) -> Value {
        let rounded = |figure: f64| (figure * 10.0).round() / 10.0;
        json!({
            "bilan": self.counts, "secondes": rounded(self.took.as_secs_f64()),
            "memoire_mo": rounded(self.memory), "tues": self.kills,
        })
    }
}

/// Gives a file to a process, killed each time it has applied one more of these shares, and started again.
fn give(data: &Path, file: &Path, nature: &str, key: &str, kills: &[f64]) -> anyhow::Result<Given> {
    let (began, mut memory, mut killed) = (Instant::now(), 0.0_f64, 0);
    loop {
        let mut child = start(data, file, nature, key)?;
        let said = child.stdout.take().context("le processus ne dit rien")?;
        let mut last = Value::Null;
        for line in BufReader::new(said).lines() {
            last = serde_json::from_str(&line?)?;
            memory = memory.max(last["memoire_mo"].as_f64().unwrap_or(0.0));
            let (done, all) = (last["fait"].as_f64().unwrap_or(0.0), last["total"].as_f64().unwrap_or(0.0));
            if last["etat"] == "en_cours" && kills.get(killed).is_some_and(|share| done >= share * all) {
                child.kill()?; // SIGKILL, in the middle of whatever it does
                killed += 1;
                break;
            }
        }
        child.wait()?;
        match last["etat"].as_str() {
            Some("termine") => {
                let counts = last["bilan"].clone();
                return Ok(Given { counts, took: began.elapsed(), memory, kills: killed });
            }
            Some("en_cours") => {}
            _ => bail!("le fichier n’a pas été appliqué : {last}"),
        }
    }
}

fn start(data: &Path, file: &Path, nature: &str, key: &str) -> anyhow::Result<Child> {
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    command.arg("--enfant").arg(data).arg("--fichier").arg(file).args(["--nature", nature, "--cle", key]);
    command.stdout(Stdio::piped()).spawn().context("le processus ne démarre pas")
}
