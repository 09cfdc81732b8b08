//! What is drawn of a life: the days of a right, and what happens under it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::commune::CodeInsee;
use domain::dossier::{EndMotive, Target};
use fastrand::Rng;

use crate::life::{Stage, target};

/// The days of a right, and what happens under it, day after day.
pub(crate) struct Journey {
    /// The day it opens.
    pub(crate) opened: NaiveDate,
    /// The day the département receives it.
    pub(crate) received: NaiveDate,
    /// The day somebody tells it here.
    pub(crate) known: NaiveDate,
    /// Whether the person is subject to rights and duties.
    pub(crate) duties: bool,
    /// Whether an immediate need comes first, and stays open.
    pub(crate) urgent: bool,
    /// What happens, in order.
    pub(crate) acts: Vec<(NaiveDate, Act)>,
}

/// Something that happens on a day.
pub(crate) enum Act {
    /// The rules propose.
    Triage,
    /// An agent signs, or records what France Travail decided so many days before.
    Sign { target: Target, proposed: Option<Target>, behind: u64 },
    /// A file tells an orientation of before.
    TakeOver { target: Target, decided: NaiveDate },
    /// The right is suspended.
    Suspend,
    /// The person moves within the département.
    Move(CodeInsee),
    /// Whether the person is subject to rights and duties changes.
    Duties(bool),
    /// The right ends as of a day, which may be well before it is told.
    Leave { on: NaiveDate, motive: EndMotive },
    /// The dossier turns out to be another's.
    Merge,
}

/// Some hour of a day: around midnight too, where the day of the territory is not that of the universal time.
pub(crate) fn hour(rng: &mut Rng) -> TimeDelta {
    TimeDelta::minutes([30, 9 * 60, 14 * 60, 23 * 60 + 30][rng.usize(..4)])
}

/// A commune: few people live in the last ones.
pub(crate) fn commune(rng: &mut Rng, stage: &Stage) -> CodeInsee {
    let mut at = 0;
    while at + 1 < stage.communes.len() && rng.u8(0..100) < 45 {
        at += 1;
    }
    stage.communes[at]
}

/// A right. `before`: the opening and the end of the one before, and the last thing that happened.
pub(crate) fn journey(
    rng: &mut Rng,
    stage: &Stage,
    before: Option<(NaiveDate, NaiveDate, DateTime<Utc>)>,
) -> Journey {
    let opened = match before {
        None => stage.today - Days::new(rng.u64(1..1_000)),
        // Told over by mistake, and open again since the same day; or open again before it was told over.
        Some((opened, ..)) if rng.u8(0..100) < 10 => opened,
        Some((_, left, _)) if rng.u8(0..100) < 10 => left - Days::new(rng.u64(0..20)),
        Some((_, left, _)) => left + Days::new(rng.u64(0..200)),
    };
    let received = match rng.u8(0..100) {
        0..5 => opened - Days::new(rng.u64(1..5)),
        5..60 => opened + Days::new(rng.u64(0..6)),
        60..88 => opened + Days::new(rng.u64(5..40)),
        _ => opened + Days::new(rng.u64(40..110)),
    };
    let received = if before.is_none() { received.min(stage.today) } else { received };
    let mut known = received + Days::new(if rng.u8(0..100) < 80 { 0 } else { rng.u64(1..60) });
    if let Some((.., last)) = before {
        known = known.max(stage.territory.local_date(last));
    } else {
        known = known.min(stage.today);
    }
    let duties = rng.u8(0..100) >= 8;
    let urgent = rng.u8(0..100) < 3;
    let mut journey = Journey { opened, received, known, duties, urgent, acts: Vec::new() };
    acts(rng, stage, &mut journey);
    journey
}

fn acts(rng: &mut Rng, stage: &Stage, journey: &mut Journey) {
    let (opened, known) = (journey.opened, journey.known);
    let mut acts = Vec::new();
    if rng.u8(0..100) < 5 {
        let decided = opened - Days::new(80) + Days::new(rng.u64(0..140));
        acts.push((known, Act::TakeOver { target: target(rng), decided: decided.min(known) }));
    }
    acts.push((known, Act::Triage));
    if rng.u8(0..100) < 85 {
        let signed = signed_on(rng, journey);
        let target_ = target(rng);
        let proposed = match rng.u8(0..100) {
            0..72 => Some(target_),
            72..92 => Some(target(rng)),
            _ => None,
        };
        let behind = if rng.u8(0..100) < 70 { 0 } else { rng.u64(1..4) };
        acts.push((signed, Act::Sign { target: target_, proposed, behind }));
    }
    if rng.u8(0..100) < 10 {
        acts.push((opened + Days::new(rng.u64(1..120)), Act::Suspend));
    }
    if rng.u8(0..100) < 8 {
        acts.push((opened + Days::new(rng.u64(1..300)), Act::Move(commune(rng, stage))));
    }
    if rng.u8(0..100) < 6 {
        acts.push((opened + Days::new(rng.u64(1..200)), Act::Duties(!journey.duties)));
    }
    if rng.u8(0..100) < 32 {
        acts.push(leaves(rng, opened));
    }
    if rng.u8(0..100) < 2 {
        acts.push((opened + Days::new(rng.u64(1..90)), Act::Merge));
    }
    acts.retain(|(day, _)| *day >= known && *day <= stage.today);
    // The same day keeps the order in which they were drawn.
    acts.sort_by_key(|(day, _)| *day);
    journey.acts = acts;
}

/// The day of the signature: on each threshold, the day before and the day after, from both starts; or any day.
fn signed_on(rng: &mut Rng, journey: &Journey) -> NaiveDate {
    let start = if rng.bool() { journey.opened } else { journey.received };
    let days = match rng.u8(0..100) {
        0..35 => [30, 42, 45, 60, 90][rng.usize(..5)] + rng.u64(0..3) - 1,
        35..85 => rng.u64(0..60),
        _ => rng.u64(60..400),
    };
    (start + Days::new(days)).max(journey.known)
}

/// An end: often told on its day, sometimes weeks later.
fn leaves(rng: &mut Rng, opened: NaiveDate) -> (NaiveDate, Act) {
    let on = opened + Days::new(if rng.bool() { rng.u64(0..90) } else { rng.u64(0..600) });
    let told = on + Days::new(if rng.u8(0..100) < 60 { 0 } else { rng.u64(1..45) });
    let motive = match rng.u8(0..100) {
        0..70 => EndMotive::RightClosed { motive: None },
        70..85 => EndMotive::Left,
        85..93 => EndMotive::Died,
        _ => EndMotive::RightRefused,
    };
    (told, Act::Leave { on, motive })
}
