//! What goes wrong, when, and how often it did.
//!
//! A plan is a pure function of a seed, the number of the process and the number of its request: the same seed gives
//! the same plan. Processes are real and run at once, so that which request comes third may differ from run to run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use serde_json::{Map, Value};

use crate::cloud::Call;

/// What is counted: a kind of fault, once for each time it was really injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// SIGKILL at a numbered request, before it had any effect.
    KillBefore,
    /// SIGKILL at a numbered request, after its effect and before its answer.
    KillAfter,
    /// SIGKILL at an instant drawn at random.
    KillAnywhen,
    /// A write had its effect, and its answer was lost; the process lives.
    LostAnswer,
    /// A 500; the request had no effect, or had it.
    Error,
    /// A 503; no effect.
    Unavailable,
    /// Throttled; no effect.
    Throttled,
    /// No answer ever; no effect, or had it.
    Silence,
    /// A write cancelled because it crossed another.
    Conflict,
    /// A batch of messages of which some were refused.
    PartlySent,
    /// A batch of reads that left keys aside.
    LeftAside,
    /// A page cut short.
    CutPage,
    /// A page of an index that lags: rows missing, and a ghost.
    StaleIndex,
    /// A copy of a message, delivered.
    Duplicate,
    /// A message delivered before one that was sent earlier.
    Disorder,
    /// A poison message among the dead letters, its nine neighbours done.
    Poison,
    /// A dead letter sent again.
    Redriven,
    /// Sixty-four writers at once for one free place.
    Race,
    /// Two runs of a schedule at once, or one killed on its way.
    Schedule,
    /// A dossier erased while its journey goes on.
    Erasure,
}

impl Kind {
    /// Every kind, in the order of the report.
    pub const ALL: [Self; 20] = [
        Self::KillBefore,
        Self::KillAfter,
        Self::KillAnywhen,
        Self::LostAnswer,
        Self::Error,
        Self::Unavailable,
        Self::Throttled,
        Self::Silence,
        Self::Conflict,
        Self::PartlySent,
        Self::LeftAside,
        Self::CutPage,
        Self::StaleIndex,
        Self::Duplicate,
        Self::Disorder,
        Self::Poison,
        Self::Redriven,
        Self::Race,
        Self::Schedule,
        Self::Erasure,
    ];

    /// Its name in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillBefore => "mort_avant_effet",
            Self::KillAfter => "mort_apres_effet",
            Self::KillAnywhen => "mort_a_tout_instant",
            Self::LostAnswer => "reponse_perdue_apres_ecriture",
            Self::Error => "erreur_500",
            Self::Unavailable => "indisponible_503",
            Self::Throttled => "etranglement",
            Self::Silence => "silence",
            Self::Conflict => "conflit",
            Self::PartlySent => "envoi_partiel",
            Self::LeftAside => "cles_laissees",
            Self::CutPage => "page_coupee",
            Self::StaleIndex => "index_en_retard",
            Self::Duplicate => "doublon",
            Self::Disorder => "desordre",
            Self::Poison => "poison",
            Self::Redriven => "lettre_morte_renvoyee",
            Self::Race => "course_a_64",
            Self::Schedule => "horaires",
            Self::Erasure => "effacement_en_route",
        }
    }
}

/// How often each kind was injected. Shared by everything that injects.
#[derive(Debug, Default)]
pub struct Tally([AtomicU64; Kind::ALL.len()]);

impl Tally {
    /// Counts some of a kind.
    pub fn add(&self, kind: Kind, times: u64) {
        self.0[kind as usize].fetch_add(times, Ordering::Relaxed);
    }

    /// How often so far.
    pub fn of(&self, kind: Kind) -> u64 {
        self.0[kind as usize].load(Ordering::Relaxed)
    }

    /// How often any of these so far.
    pub fn sum(&self, kinds: &[Kind]) -> u64 {
        kinds.iter().map(|it| self.of(*it)).sum()
    }

    /// The figures of the report.
    pub fn report(&self) -> Map<String, Value> {
        Kind::ALL.into_iter().map(|it| (it.name().to_owned(), self.of(it).into())).collect()
    }
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process is killed; the request had no effect.
    KillBefore,
    /// The process is killed; the request had its effect.
    KillAfter,
    /// The request has its effect, the connection ends without an answer.
    LoseAnswer,
    /// A 500, after the effect or without it.
    Error {
        /// Whether the request had its effect.
        done: bool,
    },
    /// A 503.
    Unavailable,
    /// The service throttles.
    Throttle,
    /// No answer ever comes.
    Silence {
        /// Whether the request had its effect.
        done: bool,
    },
    /// The write crossed another one.
    Conflict,
    /// Only the first half of the messages is accepted.
    PartlySend,
    /// Only the first half of the keys is read.
    LeaveAside,
    /// The page holds at most two items.
    CutPage,
    /// The page of an index misses every second row, and has one of a dossier that does not exist.
    StaleIndex,
}

/// Which request: the process that makes it, and its rank among that process's requests, both from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The process.
    pub instance: u32,
    /// The request.
    pub request: u32,
}

/// Decides what goes wrong.
pub trait Plan: Send + Sync {
    /// What happens to this request; nothing when absent.
    fn fault(&self, at: At, call: &Call) -> Option<Fault>;

    /// How many copies a message gets: at once, and late.
    fn copies(&self, sent: u64) -> (u64, u64);
}

/// Nothing goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Calm;

impl Plan for Calm {
    fn fault(&self, _: At, _: &Call) -> Option<Fault> {
        None
    }

    fn copies(&self, _: u64) -> (u64, u64) {
        (0, 0)
    }
}

/// How often each fault befalls a request that it can befall, per mille.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Killed before its effect.
    pub kill_before: u32,
    /// Killed after its effect.
    pub kill_after: u32,
    /// Answer lost, for a write.
    pub lose_answer: u32,
    /// 500, 503 and throttling, together.
    pub errors: u32,
    /// Never answered.
    pub silence: u32,
    /// Crossed another write, for a write of the store.
    pub conflict: u32,
    /// Partly sent, for a batch of messages.
    pub partly_sent: u32,
    /// Keys left aside, for a batch of reads.
    pub left_aside: u32,
    /// Page cut, for a query.
    pub cut_page: u32,
    /// Behind, for a query of an index.
    pub stale_index: u32,
    /// Copied, for a message.
    pub copied: u32,
}

/// Faults drawn from a seed.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    seed: u64,
    rates: Rates,
}

impl Storm {
    /// This seed, these rates.
    pub const fn new(seed: u64, rates: Rates) -> Self {
        Self { seed, rates }
    }
}

impl Plan for Storm {
    fn fault(&self, at: At, call: &Call) -> Option<Fault> {
        let mut rng = rng(self.seed, &[u64::from(at.instance), u64::from(at.request)]);
        let rates = &self.rates;
        let when = |possible: bool, rate| if possible { rate } else { 0 };
        let done = rng.bool();
        let errors = [Fault::Error { done }, Fault::Unavailable, Fault::Throttle];
        let error = errors[rng.usize(..errors.len())];
        let chances = [
            (Fault::KillBefore, rates.kill_before),
            (Fault::KillAfter, rates.kill_after),
            (Fault::LoseAnswer, when(call.writes(), rates.lose_answer)),
            (error, rates.errors),
            (Fault::Silence { done }, rates.silence),
            (Fault::Conflict, when(call.writes_store(), rates.conflict)),
            (Fault::PartlySend, when(call.is("SendMessageBatch"), rates.partly_sent)),
            (Fault::LeaveAside, when(call.is("BatchGetItem"), rates.left_aside)),
            (Fault::CutPage, when(call.is("Query"), rates.cut_page)),
            (Fault::StaleIndex, when(call.reads_index(), rates.stale_index)),
        ];
        let mut left = rng.u32(..1000);
        for (fault, chance) in chances {
            if left < chance {
                return Some(fault);
            }
            left -= chance;
        }
        None
    }

    fn copies(&self, sent: u64) -> (u64, u64) {
        // A space apart from that of the processes' numbers.
        let mut rng = rng(self.seed, &[u64::MAX, sent]);
        if rng.u32(..1000) >= self.rates.copied {
            return (0, 0);
        }
        // Twice to ten times in all.
        let copies = rng.u64(1..10);
        let late = rng.u64(..=copies / 3);
        (copies - late, late)
    }
}

/// A plan, shared by everything that asks it.
pub type SharedPlan = Arc<dyn Plan>;

/// Chance that depends on the seed and on these names only.
pub fn rng(seed: u64, names: &[u64]) -> Rng {
    let mut state = Rng::with_seed(seed).u64(..);
    for name in names {
        // An odd factor, so that no two names fall together.
        state = Rng::with_seed(state ^ name.wrapping_mul(0x9e37_79b9_7f4a_7c15)).u64(..);
    }
    Rng::with_seed(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates {
        kill_before: 20,
        kill_after: 20,
        lose_answer: 100,
        errors: 60,
        silence: 1,
        conflict: 20,
        partly_sent: 50,
        left_aside: 500,
        cut_page: 500,
        stale_index: 100,
        copied: 500,
    };

    fn plan(seed: u64, call: &Call) -> Vec<Option<Fault>> {
        let at = |request: u32| At { instance: request / 100, request: request % 100 };
        (0..10_000).map(|it| Storm::new(seed, RATES).fault(at(it), call)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_plan_and_another_gives_another() {
        let call = Call::of("PutItem", "{}");
        assert_eq!(plan(7, &call), plan(7, &call));
        assert_ne!(plan(7, &call), plan(8, &call));
    }

    #[test]
    fn a_fault_befalls_as_often_as_its_rate_and_only_what_it_can_befall() {
        let count = |operation, fault| {
            plan(7, &Call::of(operation, "{}")).into_iter().filter(|it| *it == Some(fault)).count()
        };
        assert!((150..250).contains(&count("PutItem", Fault::KillAfter)));
        assert!((850..1150).contains(&count("PutItem", Fault::LoseAnswer)));
        assert!((4700..5300).contains(&count("Query", Fault::CutPage)));
        for (operation, fault) in
            [("GetItem", Fault::LoseAnswer), ("GetItem", Fault::CutPage), ("Query", Fault::LeaveAside)]
        {
            assert_eq!(count(operation, fault), 0, "{operation} {fault:?}");
        }
    }

    #[test]
    fn a_message_that_is_copied_is_delivered_twice_to_ten_times() {
        let storm = Storm::new(7, RATES);
        let copies: Vec<u64> = (0..1000).map(|it| storm.copies(it)).map(|(now, late)| now + late).collect();
        assert!(copies.iter().all(|it| *it <= 9) && copies.contains(&9) && copies.contains(&1));
        assert!((400..600).contains(&copies.iter().filter(|it| **it == 0).count()));
    }
}
