//! The campaign: two threads share the seeds, the report counts what was injected, and a sample is played twice.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use report::{Campaign, Options};
use serde_json::{Map, Value};

use crate::cast::Unusable;
use crate::run::{Played, play};
use crate::seeds::{FOUND, FRESH_SECONDS, ORDINARY};
use crate::weather::Tally;

/// How many runs the whole campaign has.
const EXECUTIONS: u64 = 1_000_000;

/// One seed in this many is played twice more, and must tell the same thing, byte for byte.
const PLAYED_AGAIN: u64 = 1_000;

/// How many threads share the seeds. Each run has one.
const THREADS: usize = 2;

/// How many seeds a thread reports on at once.
const BATCH: u64 = 50;

/// Plays one seed and tells everything that happens.
pub(crate) fn replay(seed: u64) -> ExitCode {
    let mut campaign = Campaign::start("simulation", 1);
    match play(seed, true) {
        Ok(Played { violations, log, .. }) => {
            campaign.say(&log.unwrap_or_default());
            if violations.is_empty() {
                campaign.passed(1);
            } else {
                campaign.failed(seed, &violations.iter().map(ToString::to_string).collect::<Vec<_>>());
            }
            campaign.end(true)
        }
        Err(error) => refuse(campaign, error),
    }
}

fn refuse(campaign: Campaign, error: Unusable) -> ExitCode {
    campaign.say(&error.to_string());
    campaign.end(false)
}

/// Plays the seeds that the options ask for.
pub(crate) fn run(options: Options, stop_at_first: bool) -> ExitCode {
    let plan = Seeds::of(options);
    let mut campaign = Campaign::start("simulation", plan.planned());
    if let Some(fresh) = plan.fresh {
        campaign.say(&format!("graines fraîches à partir de {fresh}"));
    }
    let shared = Shared { plan, next: AtomicU64::new(0), stop: AtomicBool::new(false), stop_at_first };
    let mut total = Batch::default();
    let mut broken = None;
    thread::scope(|scope| {
        let (send, receive) = channel();
        for _ in 0..THREADS {
            let (shared, send) = (&shared, send.clone());
            scope.spawn(move || shared.work(&send));
        }
        drop(send);
        for batch in receive {
            match batch {
                Ok(batch) => total.take(batch, &mut campaign),
                Err(error) => broken = Some(error),
            }
        }
    });
    if let Some(error) = broken {
        return refuse(campaign, error);
    }
    conclude(campaign, &total, stop_at_first)
}

/// Everything must have been injected: a fault that never came proves nothing.
fn conclude(mut campaign: Campaign, total: &Batch, stop_at_first: bool) -> ExitCode {
    let mut absent = Vec::new();
    for (name, counts) in [
        ("fautes", total.tally.faults().collect::<Vec<_>>()),
        ("etats_atteints", total.tally.states().collect()),
    ] {
        absent.extend(counts.iter().filter(|it| it.1 == 0).map(|it| it.0));
        let counts: Map<String, Value> =
            counts.into_iter().map(|it| (it.0.to_owned(), it.1.into())).collect();
        campaign.figure(name, Value::Object(counts));
    }
    campaign.figure("dossiers", total.tally.dossiers);
    campaign.figure("demandes", total.tally.requests);
    campaign.figure("livraisons", total.tally.deliveries);
    campaign.figure("ecritures", total.tally.commits);
    campaign.figure("documents", total.tally.documents);
    campaign.figure("rejouees_a_l_identique", total.identical);
    if total.different > 0 {
        campaign.say(&format!("{} graines n’ont pas rejoué la même chose", total.different));
    }
    // A campaign that stops at once may not have seen everything.
    if !absent.is_empty() && !stop_at_first {
        campaign.say(&format!("jamais vu : {}", absent.join(", ")));
    }
    campaign.end(total.different == 0 && (absent.is_empty() || stop_at_first))
}

/// Which seeds are played.
#[derive(Clone, Copy)]
struct Seeds {
    /// Seeds known beforehand, from this one on, after those that found something.
    first: u64,
    known: u64,
    /// Then fresh ones from here, for so long.
    fresh: Option<u64>,
}

impl Seeds {
    fn of(options: Options) -> Self {
        let first = options.graine.unwrap_or(0);
        match (options.executions, options.court) {
            (Some(known), _) => Self { first, known, fresh: None },
            (None, true) => Self { first, known: ORDINARY, fresh: Some(options.graine.unwrap_or_else(now)) },
            (None, false) => Self { first, known: EXECUTIONS, fresh: None },
        }
    }

    fn planned(self) -> u64 {
        FOUND.len() as u64 + self.known
    }

    /// The seed at this place; `None` when there is no more.
    fn at(self, place: u64, fresh_over: bool) -> Option<u64> {
        let found = FOUND.len() as u64;
        if let Some((seed, _)) = usize::try_from(place).ok().and_then(|it| FOUND.get(it)) {
            return Some(*seed);
        }
        if place < self.planned() {
            return Some(self.first + place - found);
        }
        self.fresh.filter(|_| !fresh_over).map(|it| it.wrapping_add(place))
    }
}

/// Nanoseconds since 1970: seeds that nobody has played yet.
#[expect(clippy::disallowed_methods, reason = "fresh seeds come from the clock, and are printed")]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// What the threads share.
struct Shared {
    plan: Seeds,
    next: AtomicU64,
    stop: AtomicBool,
    stop_at_first: bool,
}

/// What some runs gave.
#[derive(Default)]
struct Batch {
    passed: u64,
    failed: Vec<(u64, Vec<String>)>,
    tally: Tally,
    identical: u64,
    different: u64,
}

impl Batch {
    fn take(&mut self, other: Self, campaign: &mut Campaign) {
        self.tally.add(&other.tally);
        self.identical += other.identical;
        self.different += other.different;
        campaign.passed(other.passed);
        for (seed, violations) in other.failed {
            campaign.failed(seed, &violations);
        }
    }
}

impl Shared {
    fn work(&self, out: &Sender<Result<Batch, Unusable>>) {
        let mut fresh_since = None;
        let mut over = false;
        while !over && !self.stop.load(Ordering::Relaxed) {
            let mut batch = Batch::default();
            let from = self.next.fetch_add(BATCH, Ordering::Relaxed);
            for place in from..from + BATCH {
                if place >= self.plan.planned() {
                    fresh_since.get_or_insert_with(Instant::now);
                }
                let late = |it: Instant| it.elapsed() > Duration::from_secs(FRESH_SECONDS);
                let Some(seed) = self.plan.at(place, fresh_since.is_some_and(late)) else {
                    over = true;
                    break;
                };
                if self.stop.load(Ordering::Relaxed) {
                    break;
                }
                if let Err(error) = self.one(seed, &mut batch) {
                    // Nobody listens any more: the campaign is over.
                    let _ = out.send(Err(error));
                    return;
                }
            }
            if out.send(Ok(batch)).is_err() {
                return;
            }
        }
    }

    fn one(&self, seed: u64, batch: &mut Batch) -> Result<(), Unusable> {
        let played = play(seed, false)?;
        batch.tally.add(&played.tally);
        if played.violations.is_empty() {
            batch.passed += 1;
        } else {
            batch.failed.push((seed, played.violations.iter().map(ToString::to_string).collect()));
            if self.stop_at_first {
                self.stop.store(true, Ordering::Relaxed);
            }
        }
        if seed.is_multiple_of(PLAYED_AGAIN) {
            if digest(&play(seed, true)?) == digest(&play(seed, true)?) {
                batch.identical += 1;
            } else {
                batch.different += 1;
            }
        }
        Ok(())
    }
}

/// A digest of everything that a run told.
fn digest(played: &Played) -> u64 {
    let mut hasher = DefaultHasher::new();
    played.log.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_thing_byte_for_byte() {
        for seed in [0, 1, 7, 42, 1_000] {
            let (one, other) = (play(seed, true).unwrap(), play(seed, true).unwrap());
            assert!(one.log.as_ref().is_some_and(|it| it.len() > 1_000), "the log of {seed} is empty");
            assert_eq!(one.log, other.log, "seed {seed}");
        }
    }

    #[test]
    fn two_seeds_tell_different_things() {
        assert_ne!(digest(&play(1, true).unwrap()), digest(&play(2, true).unwrap()));
    }

    #[test]
    fn the_log_changes_nothing_of_what_happens() {
        for seed in 0..10 {
            let (told, silent) = (play(seed, true).unwrap(), play(seed, false).unwrap());
            assert_eq!(told.tally.commits, silent.tally.commits, "seed {seed}");
            assert_eq!(told.tally.deliveries, silent.tally.deliveries, "seed {seed}");
        }
    }
}
