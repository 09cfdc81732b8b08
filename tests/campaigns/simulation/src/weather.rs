//! The weather of a run: which faults there are, how often, and how many there were.

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;

/// What can go wrong, or happen that the campaign must have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Fault {
    Throttled,
    AnswerLost,
    Outage,
    TaskKilled,
    ProcessKilled,
    TimedOut,
    PartialSend,
    Duplicate,
    DuplicateOfYears,
    Delayed,
    Reordered,
    AckLost,
    DeadLetter,
    Redriven,
    Poison,
    IndexLag,
    IndexMissing,
    IndexGhost,
    CutPage,
    EmptyPage,
    StaleRoster,
    ClockJump,
    ClockSkew,
    MissedSchedules,
    SweepsAtOnce,
    PlaceContended,
    StaleCopy,
    KeyReused,
    Foreigner,
    CapacityExceeded,
    Retried,
    ChangeOfHour,
    Erased,
    FileGiven,
    Visited,
    Overtaken,
    Quiet,
}

const FAULTS: [(&str, Fault); 37] = [
    ("refus_passagers", Fault::Throttled),
    ("reponses_perdues", Fault::AnswerLost),
    ("pannes", Fault::Outage),
    ("taches_tuees", Fault::TaskKilled),
    ("processus_tues", Fault::ProcessKilled),
    ("delais_depasses", Fault::TimedOut),
    ("envois_partiels", Fault::PartialSend),
    ("doublons", Fault::Duplicate),
    ("doublons_tardifs", Fault::DuplicateOfYears),
    ("retards", Fault::Delayed),
    ("desordres", Fault::Reordered),
    ("accuses_perdus", Fault::AckLost),
    ("lettres_mortes", Fault::DeadLetter),
    ("relances_de_lettres_mortes", Fault::Redriven),
    ("messages_empoisonnes", Fault::Poison),
    ("index_en_retard", Fault::IndexLag),
    ("index_lignes_absentes", Fault::IndexMissing),
    ("index_lignes_fantomes", Fault::IndexGhost),
    ("pages_coupees", Fault::CutPage),
    ("pages_vides", Fault::EmptyPage),
    ("listes_de_referents_perimees", Fault::StaleRoster),
    ("sauts_d_horloge", Fault::ClockJump),
    ("horloges_decalees", Fault::ClockSkew),
    ("horaires_manques", Fault::MissedSchedules),
    ("balayages_simultanes", Fault::SweepsAtOnce),
    ("places_disputees", Fault::PlaceContended),
    ("copies_perimees", Fault::StaleCopy),
    ("cles_reemployees", Fault::KeyReused),
    ("etrangers", Fault::Foreigner),
    ("capacites_depassees", Fault::CapacityExceeded),
    ("demandes_repetees", Fault::Retried),
    ("changements_d_heure", Fault::ChangeOfHour),
    ("effacements", Fault::Erased),
    ("fichiers", Fault::FileGiven),
    ("visites", Fault::Visited),
    ("depassements_au_seuil", Fault::Overtaken),
    ("messages_tenus_jusqu_a_leur_heure", Fault::Quiet),
];

/// The states in which a dossier must have been seen.
const STATES: [&str; 9] = [
    "depose",
    "urgence",
    "a_orienter",
    "oriente",
    "en_attente_de_place",
    "affecte",
    "attente_france_travail",
    "clos",
    "efface",
];

/// How many of each there were, and how much work was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally {
    faults: [u64; FAULTS.len()],
    states: [u64; STATES.len()],
    pub(crate) deliveries: u64,
    pub(crate) commits: u64,
    pub(crate) requests: u64,
    pub(crate) dossiers: u64,
    pub(crate) documents: u64,
}

impl Default for Tally {
    fn default() -> Self {
        let (faults, states) = ([0; FAULTS.len()], [0; STATES.len()]);
        Self { faults, states, deliveries: 0, commits: 0, requests: 0, dossiers: 0, documents: 0 }
    }
}

impl Tally {
    pub(crate) fn count(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
    }

    /// A dossier came to this state.
    pub(crate) fn reach(&mut self, state: &str) {
        if let Some(at) = STATES.iter().position(|it| *it == state) {
            self.states[at] += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.faults.iter_mut().zip(other.faults) {
            *mine += theirs;
        }
        for (mine, theirs) in self.states.iter_mut().zip(other.states) {
            *mine += theirs;
        }
        self.deliveries += other.deliveries;
        self.commits += other.commits;
        self.requests += other.requests;
        self.dossiers += other.dossiers;
        self.documents += other.documents;
    }

    /// Every state by its code, with how often a dossier came to it.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&'static str, u64)> {
        STATES.into_iter().zip(self.states)
    }

    /// Every fault by name, with how often it was injected.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> {
        FAULTS.iter().map(|(name, fault)| (*name, self.faults[*fault as usize]))
    }
}

/// The parts of the outside world that can be down by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Dossiers,
    Rows,
    Queues,
    Documents,
    Keys,
}

/// How likely each fault is. Chances are out of ten thousand.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    throttled: u32,
    lost: u32,
    outage: Option<Outage>,
    pub(crate) kill_task: u32,
    pub(crate) kill_process: u32,
    pub(crate) partial_send: u32,
    pub(crate) duplicate: u32,
    pub(crate) delay: u32,
    pub(crate) ack_lost: u32,
    pub(crate) stale_roster: u32,
    pub(crate) clock_jump: u32,
    /// The longest lag of an index, in seconds.
    pub(crate) lag: i64,
    /// The longest page; zero for what is asked.
    pub(crate) page: u32,
}

#[derive(Clone, Copy, Debug)]
struct Outage {
    port: Port,
    until: DateTime<Utc>,
    chance: u32,
}

impl Weather {
    /// No fault at all.
    pub(crate) const CALM: Self = Self {
        throttled: 0,
        lost: 0,
        outage: None,
        kill_task: 0,
        kill_process: 0,
        partial_send: 0,
        duplicate: 0,
        delay: 0,
        ack_lost: 0,
        stale_roster: 0,
        clock_jump: 0,
        lag: 0,
        page: 0,
    };

    /// A run's weather: each kind of fault is absent, rare or common.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let mut level = |rare: u32, common: u32| match rng.u32(..4) {
            0 => 0,
            1 | 2 => rare,
            _ => common,
        };
        Self {
            throttled: level(40, 800),
            lost: level(80, 1_000),
            outage: None,
            kill_task: level(20, 200),
            kill_process: level(3, 30),
            partial_send: level(200, 2_000),
            duplicate: level(500, 2_500),
            delay: level(300, 2_000),
            ack_lost: level(100, 1_000),
            stale_roster: level(1_000, 6_000),
            clock_jump: level(20, 100),
            lag: i64::from(level(10, 60)),
            page: level(3, 1),
        }
    }

    /// A part of the world goes down for a while: 1 to 50 % of what is asked of it fails.
    pub(crate) fn break_down(&mut self, rng: &mut Rng, now: DateTime<Utc>) {
        let ports = [Port::Dossiers, Port::Rows, Port::Queues, Port::Documents, Port::Keys];
        self.outage = Some(Outage {
            port: ports[rng.usize(..ports.len())],
            until: now + TimeDelta::minutes(rng.i64(1..600)),
            chance: rng.u32(100..=5_000),
        });
    }

    /// Whether a call to this port fails before it does anything, and how.
    pub(crate) fn refuses(&self, port: Port, rng: &mut Rng, now: DateTime<Utc>) -> Option<Fault> {
        if hits(rng, self.throttled) {
            return Some(Fault::Throttled);
        }
        let down = self.outage.filter(|it| it.port == port && now < it.until)?;
        hits(rng, down.chance).then_some(Fault::Outage)
    }

    /// Whether the answer to a call is lost after the call has done what it does.
    pub(crate) fn loses(&self, rng: &mut Rng) -> bool {
        hits(rng, self.lost)
    }
}

/// Whether something that happens this many times in ten thousand happens now.
pub(crate) fn hits(rng: &mut Rng, chance: u32) -> bool {
    chance != 0 && rng.u32(..10_000) < chance
}
