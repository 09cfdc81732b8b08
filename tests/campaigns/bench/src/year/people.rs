//! Who comes in over the year, and what people do for them: drawn from the seed before anything happens.

use chrono::{DateTime, Utc};
use domain::Territory;
use fastrand::Rng;
use serde_json::Value;

/// One person: what they send, and what happens to them.
pub(super) struct Person {
    /// The idempotency key of the application.
    pub(super) key: String,
    /// The application, without its channel and its right.
    pub(super) application: Value,
    /// What happens, by days.
    pub(super) plan: Plan,
}

/// Days count from the first of the year for `enters`, from the entry for the others.
pub(super) struct Plan {
    /// The day they come in.
    pub(super) enters: u32,
    /// By the form, in the evening, with a right that is only declared, which an agent confirms so many days after; else
    /// keyed in by an agent who has seen the right.
    pub(super) confirmed_after: Option<u32>,
    /// How many days before it was entered here the département had received the right.
    pub(super) received_before: u32,
    /// The agent signs.
    pub(super) signed_after: Option<u32>,
    /// For whom.
    pub(super) organisme: &'static str,
    /// France Travail's decision is recorded, when it is awaited by then.
    pub(super) france_travail_after: Option<u32>,
    /// The right is suspended, then restored.
    pub(super) suspended: Option<(u32, u32)>,
    /// The right is closed.
    pub(super) closed_after: Option<u32>,
}

/// Everybody, over so many days.
pub(super) fn draw(
    territory: Territory,
    size: u32,
    days: u32,
    start: DateTime<Utc>,
    rng: &mut Rng,
) -> Vec<Person> {
    local::cohort::fictional_people(territory, size, start)
        .map(|(key, mut application)| {
            contacts(&mut application, rng);
            if rng.u32(..4) == 0 {
                application["dsp"] = serde_json::json!({});
            }
            Person { key, application, plan: plan(days, rng) }
        })
        .collect()
}

/// Some have no telephone, some no address on line, some neither.
fn contacts(application: &mut Value, rng: &mut Rng) {
    let Some(person) = application["personne"].as_object_mut() else { return };
    for (contact, share) in [("telephone", 20), ("courriel", 20)] {
        if rng.u32(..100) < share {
            person.remove(contact);
        }
    }
}

fn plan(days: u32, rng: &mut Rng) -> Plan {
    let sometimes = |rng: &mut Rng, percent: u32| rng.u32(..100) < percent;
    let signed_after = match rng.u32(..100) {
        0..55 => Some(rng.u32(1..28)),
        55..70 => Some(rng.u32(28..60)),
        _ => None,
    };
    let suspended_after = rng.u32(1..45);
    Plan {
        enters: rng.u32(..days),
        confirmed_after: sometimes(rng, 30).then(|| rng.u32(..21)),
        received_before: if sometimes(rng, 20) { rng.u32(1..13) } else { 0 },
        signed_after,
        organisme: if sometimes(rng, 25) { "mission_locale" } else { "departement" },
        france_travail_after: sometimes(rng, 40).then(|| rng.u32(50..90)),
        suspended: sometimes(rng, 6).then(|| (suspended_after, suspended_after + rng.u32(5..40))),
        closed_after: sometimes(rng, 8).then(|| rng.u32(1..60)),
    }
}
