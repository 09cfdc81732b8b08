//! `spie cohorte`: a month of fictional entries, played on the running process from outside, by HTTP alone.
//!
//! People come in over thirty days; a simulated agent, who is named as such, signs the published share of the
//! propositions; the clock moves day by day to the forty-fifth, so that some of those left have passed the target
//! delay and some the legal one. Then everybody is looked up and counted.
//!
//! **Invariant:** every gesture's key depends on the seed and the person only, and every move of the clock names an
//! instant. Killed anywhere, the process or this client, the same command goes on and ends the same.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::cli::{Cohort as Options, Ending};

mod agent;
mod client;
mod draw;
mod figures;
mod people;
mod progress;
mod report;

use agent::Agent;
pub use client::ClientError;
use client::{Ask, Client};
use figures::Figures;
use people::{Cohort, Person};
use progress::Progress;
use report::{Counts, Fate};

/// The last day: three days of entries have then passed the legal delay of 42 days, and fifteen the target of 30.
const LAST_DAY: u32 = 45;
/// Requests at the same time.
const THREADS: usize = 6;

/// Plays the cohort and prints what became of everybody.
pub fn run(options: &Options) -> Result<Ending, CohortError> {
    let began = Instant::now();
    let figures = Figures::of(options.territoire);
    let size = options.taille.unwrap_or(figures.entries);
    let client = Client::new(&options.adresse, Duration::from_secs(options.patience));
    let start = start_of(&client, &people::name(options.territoire, size, options.graine))?;
    let cohort = Cohort::new(options.territoire, size, options.graine, start, figures);
    let everybody: Vec<Person> = cohort.people().collect();
    let signatures = everybody.iter().filter(|it| it.signed_on.is_some()).count();
    let progress = Progress::new(2 * u64::from(size) + signatures as u64);
    let agent = Agent::new(client.clone(), &cohort)?;

    let dossiers = Mutex::new(vec![String::new(); everybody.len()]);
    let known = |index: u32| {
        let dossiers = dossiers.lock().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(index).ok().and_then(|it| dossiers.get(it).cloned()).unwrap_or_default()
    };
    for day in 0..=LAST_DAY {
        move_clock(&client, start + Days::new(day.into()))?;
        let entering: Vec<&Person> = everybody.iter().filter(|it| it.day == day).collect();
        in_parallel(&entering, |person| {
            let dossier = agent.enter(person)?;
            let mut dossiers = dossiers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(slot) = usize::try_from(person.index).ok().and_then(|it| dossiers.get_mut(it)) {
                *slot = dossier;
            }
            progress.step("entrées");
            Ok(())
        })?;
        let signing: Vec<&Person> = everybody.iter().filter(|it| it.signed_on == Some(day)).collect();
        in_parallel(&signing, |person| {
            agent.sign(person, &known(person.index))?;
            progress.step("signatures");
            Ok(())
        })?;
    }
    // Once more at the same instant: returns when everything set off by the last day is done.
    move_clock(&client, start + Days::new(LAST_DAY.into()))?;

    let dead = dead_letters(&client)?;
    let fates = Mutex::new(Vec::with_capacity(everybody.len()));
    let all: Vec<&Person> = everybody.iter().collect();
    in_parallel(&all, |person| {
        let dossier = agent.look(&known(person.index))?;
        fates.lock().unwrap_or_else(PoisonError::into_inner).push(Fate::of(&dossier, &dead));
        progress.step("relevé");
        Ok(())
    })?;
    progress.end();
    let counts: Counts = fates.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
    print(&cohort, figures, &counts, began.elapsed())?;
    Ok(if counts.is_complete(size) { Ending::Done } else { Ending::Partial })
}

/// When this cohort began: the process remembers it from the first time it is asked.
fn start_of(client: &Client, name: &str) -> Result<DateTime<Utc>, CohortError> {
    let body = json!({ "nom": name });
    let reply = client.expect(&Ask::post("/dev/cohortes", &body))?;
    reply.text("/debut")?.parse().map_err(|_| CohortError::Client(ClientError::Shape("/debut".to_owned())))
}

fn move_clock(client: &Client, target: DateTime<Utc>) -> Result<(), CohortError> {
    let body = json!({ "jusqu_a": target.to_rfc3339_opts(SecondsFormat::Millis, true) });
    client.expect(&Ask::post("/dev/horloge", &body))?;
    Ok(())
}

/// The dossiers of which a message is a dead letter.
fn dead_letters(client: &Client) -> Result<BTreeSet<String>, CohortError> {
    let reply = client.expect(&Ask::get("/dev/files"))?;
    let queues = reply.body.get("files").and_then(Value::as_array).into_iter().flatten();
    Ok(queues
        .filter_map(|queue| queue.get("lettres_mortes")?.as_array())
        .flatten()
        .filter_map(|letter| Some(letter.get("sujet")?.as_str()?.to_owned()))
        .collect())
}

/// Does the work for each, several at once. The first failure stops the others.
fn in_parallel(
    people: &[&Person],
    work: impl Fn(&Person) -> Result<(), CohortError> + Sync,
) -> Result<(), CohortError> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(people.len()) {
            scope.spawn(|| {
                while let Some(person) = people.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = work(person) {
                        next.store(people.len(), Ordering::Relaxed);
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

fn print(cohort: &Cohort, figures: Figures, counts: &Counts, took: Duration) -> Result<(), CohortError> {
    let mut out = std::io::stdout().lock();
    let here = |own: bool| {
        if own { "publiée pour ce département" } else { "nationale, faute de chiffre publié ici" }
    };
    writeln!(
        out,
        "{} ({}) : {} personnes fictives entrées en un mois, relevées au {LAST_DAY}e jour.\n\
         Part signée par l'agent simulé : {} % (part {}, DREES, OARSA 2018).\n\
         Part de France Travail : {} % des orientations ({}, même source).\n",
        cohort.territory.name(),
        cohort.territory,
        cohort.size,
        figures.signed,
        here(figures.signed_here),
        figures.shares.france_travail,
        here(figures.shares_here),
    )?;
    writeln!(out, "{}", counts.table(cohort.size))?;
    let mut line = counts.json(cohort.size);
    line.insert("territoire".into(), cohort.territory.as_str().into());
    line.insert("graine".into(), cohort.seed.into());
    line.insert("secondes".into(), json!(took.as_secs()));
    writeln!(out, "{}", Value::Object(line))?;
    Ok(())
}

/// Why a cohort could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum CohortError {
    /// The running process did not answer, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The output is closed.
    #[error("le résultat ne s'écrit pas")]
    Output(#[from] std::io::Error),
}

/// Fictional people who came in over the month that begins at `start`: an idempotency key and an application each.
pub fn fictional_people(
    territory: domain::Territory,
    size: u32,
    start: DateTime<Utc>,
) -> impl Iterator<Item = (String, Value)> {
    let cohort = Cohort::new(territory, size, 0, start, Figures::of(territory));
    (0..size).map(move |index| (cohort.key(index, "amorce"), cohort.person(index).application))
}
