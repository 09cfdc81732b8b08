//! The whole journey of people who answer everything: form, triage, confirmation, two reminders, signature, référent,
//! carnet, letter. Shared costs (a batch, a run of the check) are divided by the people they serve.

use chrono::TimeDelta;
use dynoxide::Database;

use super::Bill;
use super::place::{Failed, Place};

/// How many people apply together: ten full batches of each queue.
pub const PEOPLE: usize = 100;

/// What the journeys cost, all together.
#[derive(Clone, Debug)]
pub struct Journeys {
    /// What was counted.
    pub bill: Bill,
    /// Documents written: letters and alerts.
    pub documents: usize,
    /// What is not as it should be at the end of a journey.
    pub unfinished: Vec<String>,
}

/// Plays the journeys, and looks that they were whole: a step that did nothing would cost nothing.
pub async fn play() -> Result<Journeys, Failed> {
    let place = Place::open(Database::memory()?).await?;
    place.bill();
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(place.apply(number).await?);
    }
    place.drain().await?;
    for id in &people {
        place.confirm(*id).await?;
    }
    // The ladder of the legal delay: an alert on day 21, another on day 30, the day before the target passes.
    let mut unfinished = Vec::new();
    for days in [21, 9] {
        place.wait(TimeDelta::days(days));
        let tally = place.check().await?;
        if tally.treated != PEOPLE as u64 || tally.failed > 0 {
            unfinished.push(format!("le contrôle a traité {} dossiers sur {PEOPLE}", tally.treated));
        }
        place.drain().await?;
    }
    for id in &people {
        place.sign(*id).await?;
    }
    place.drain().await?;
    let bill = place.bill();
    for id in &people {
        let (state, entries) = (place.state(*id).await?, place.entries(*id).await?);
        if (state, entries) != ("affecte", 2) {
            unfinished.push(format!("dossier {id} : {state}, {entries} entrées au carnet"));
        }
    }
    let documents = place.documents();
    // The receipt, two alerts, the decision.
    if documents != 4 * PEOPLE {
        unfinished.push(format!("{documents} documents pour {PEOPLE} parcours"));
    }
    Ok(Journeys { bill, documents, unfinished })
}
