//! A cohort in the world in memory, and what the engine counts of it.

use std::path::Path;

use anyhow::{Context, ensure};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use contracts::api::IndicateursAsk;
use contracts::codes::{MotifEffacementCode, ResteCode};
use contracts::data::{Reference, Service};
use contracts::rows::{DossierRow, EffaceRow, LedgerRow, UsedKeyRow};
use domain::{Parcours, Territory, commune};
use engine::keys::KeyCache;
use engine::people::{Professional, Role};
use engine::ports::{Dossiers, NoProvider, Opening};
use engine::{App, requests};
use fastrand::Rng;
use memory::{MemoryDocuments, MemoryQueues, MemoryStore, MemoryWrapper, MovableClock, SeededChance};
use serde_json::{Value, json};

use crate::events;
use crate::life::{Life, Lived, Stage};

/// The files of a cohort.
pub(crate) const EVENTS: &str = "evenements.csv";

type World = App<MemoryStore, MemoryQueues, MemoryWrapper, MemoryDocuments, MovableClock, SeededChance>;

/// Draws a cohort, writes what happened to it in the folder, and tells what the engine answers of it: questions, each with
/// its answer as it goes out.
pub(crate) async fn counted(rng: &mut Rng, folder: &Path, people: u64) -> anyhow::Result<Vec<Value>> {
    let territory: Territory = "77".parse()?;
    let now: DateTime<Utc> = "2026-11-23T22:30:00Z".parse()?;
    let stage = Stage {
        territory,
        // Few or many: a small count is sometimes the only one.
        communes: commune::of_territory(territory).take(rng.usize(2..10)).map(|it| it.insee).collect(),
        today: territory.local_date(now),
        reference: Reference::embedded(vec![territory], Service::for_testing())?,
        delegation: domain::delegation::Delegation {
            agent: "agent-1".parse()?,
            name: "Alix Exemple".to_owned(),
            quality: "responsable de l’orientation".to_owned(),
            act: "arrêté fictif n° 1".to_owned(),
            from: NaiveDate::MIN,
            until: None,
            scope: Parcours::ALL.into(),
        },
    };
    let store = MemoryStore::default();
    let mut told = Vec::new();
    for person in 1..=people {
        let lived = Life::live(rng, &stage, person)?;
        ensure!(store.open(&[opening(&lived, now)]).await?, "deux personnes ont le même dossier");
        told.extend(lived.events);
    }
    events::write(&folder.join(EVENTS), told, rng)?;
    let world = World {
        store,
        queues: MemoryQueues::default(),
        wrapper: MemoryWrapper,
        documents: MemoryDocuments::default(),
        clock: MovableClock::new(now),
        chance: SeededChance::new(1),
        messengers: NoProvider,
        reference: stage.reference.clone(),
        key_cache: KeyCache::default(),
    };
    let mut answers = Vec::new();
    for question in questions(rng, stage.today) {
        answers.push(answered(&world, territory, stage.today, question).await?);
    }
    Ok(answers)
}

/// The row that the engine would have written.
fn opening(lived: &Lived, now: DateTime<Utc>) -> Opening {
    let row = DossierRow::of(&lived.dossier, 1, 1, LedgerRow::default(), None);
    let row = if lived.erased {
        let efface = EffaceRow {
            le: now,
            par: "agent:chef-1".to_owned(),
            motif: Some(MotifEffacementCode::PersonAsked),
            reste: ResteCode::Everything,
        };
        row.erased(efface, ("effacement", UsedKeyRow { cle: "a".to_owned(), corps: "b".to_owned() }))
    } else {
        row
    };
    Opening { row, sides: Vec::new() }
}

/// A year that is over; a month and some days, then all there is, commune by commune.
fn questions(rng: &mut Rng, today: NaiveDate) -> Vec<Value> {
    let year = today.year() - 1;
    let from = today - Days::new(rng.u64(30..700));
    let to = (from + Days::new(rng.u64(0..60))).min(today);
    let seen_on = (to + Days::new(rng.u64(0..120))).min(today);
    let month = today - TimeDelta::days(rng.i64(40..400));
    vec![
        json!({"du": format!("{year}-01-01"), "au": format!("{year}-12-31")}),
        json!({"du": month.with_day(1), "au": month.with_day(28), "arrete_le": month.with_day(28), "par": "commune"}),
        json!({"du": from, "au": to, "arrete_le": seen_on, "par": "commune"}),
        json!({"du": "2009-06-01", "au": today, "par": "commune"}),
    ]
}

async fn answered(
    world: &World,
    territory: Territory,
    today: NaiveDate,
    question: Value,
) -> anyhow::Result<Value> {
    let who = Professional { agent: "chef-1".parse()?, territory, role: Role::Head };
    let ask = IndicateursAsk::parse(&question, today).context("une question est mal posée")?;
    let answer = requests::indicators(world, &who, ask).await?;
    Ok(json!({"question": question, "reponse": answer}))
}
