//! The monthly sweep: photographs the stock, freezes the figures, then catches up.
//!
//! Killed anywhere and run again, it goes on: the photograph is taken again until it is frozen, and catching up is
//! remembered by each dossier. Run twice, it does nothing more.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use contracts::api::RapportJson;
use contracts::rows::{NoDossier, SideRow};
use domain::calendar::{self, Month};
use domain::sweep::{self, Report};
use domain::{Decision, Dossier, ReferentId, Refusal, State, Territory};

use crate::ports::{
    Clock, Documents, DossierKey, Dossiers, FilePage, PageAsk, PortError, QueueName, Queues, Rows, Table,
    When,
};
use crate::step::{Cause, Step, StepError, write};
use crate::world::World;

struct CatchUp {
    month: Month,
}

impl<W: World> Step<W> for CatchUp {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok(sweep::catch_up(dossier, self.month, &world.reference().frame_of(dossier), now))
    }
}

/// The name of a run: the same month has the same run, and a simulation is another.
pub fn name(month: Month, simulation: bool) -> String {
    if simulation { format!("simulation-{month}") } else { month.to_string() }
}

/// Registers a run if there is none for this month yet. Returns its row.
pub async fn register<W: World>(
    world: &W,
    territory: Territory,
    month: Month,
    simulation: bool,
    by: &str,
) -> Result<SideRow, PortError> {
    let sk = name(month, simulation);
    let now = world.clock().now();
    let attributes = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        ("etat".to_owned(), "en_attente".into()),
        ("demande_le".to_owned(), text(now).into()),
        ("demande_par".to_owned(), by.into()),
    ]);
    let row = SideRow { pk: territory.as_str().to_owned(), sk, attributes };
    if world.store().put(Table::Balayages, row.clone(), When::Absent).await? {
        return Ok(row);
    }
    let known = world.store().get(Table::Balayages, &row.pk, &row.sk).await?;
    known.ok_or_else(|| PortError::new("read the sweep", "the run that was just written is not there"))
}

/// Asks for this month's sweep in each territory from its first working day on, unless it has already ended.
pub async fn run_due<W: World>(world: &W) -> Result<(), StepError> {
    let now = world.clock().now();
    for territory in world.reference().served.clone() {
        let today = territory.local_date(now);
        let month = Month::of(today);
        if today < calendar::first_working_day(territory, month) {
            continue;
        }
        let row = register(world, territory, month, false, "horaire:balayage").await?;
        if state(&row) != "termine" {
            ask(world, territory, month, false, "horaire:balayage", now).await?;
        }
    }
    Ok(())
}

/// Puts a run on the queue.
pub async fn ask<W: World>(
    world: &W,
    territory: Territory,
    month: Month,
    simulation: bool,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), PortError> {
    let envelope = contracts::Envelope::sweep(territory, &month.to_string(), simulation, now, by);
    world.queues().send(QueueName::Sweep, &[envelope]).await
}

/// Runs a registered sweep to its end.
pub async fn run<W: World>(
    world: &W,
    territory: Territory,
    month: Month,
    simulation: bool,
) -> Result<(), StepError> {
    let row = register(world, territory, month, simulation, "horaire:balayage").await?;
    if state(&row) == "termine" {
        return Ok(());
    }
    let row = match state(&row) {
        "en_attente" => freeze(world, territory, row).await?,
        _ => row,
    };
    // Another run of it may have frozen the figures, and even ended, while this one took its photograph.
    if state(&row) == "termine" {
        return Ok(());
    }
    if !simulation {
        catch_up_all(world, territory, month).await?;
    }
    publish(world, territory, &row).await?;
    let before = state(&row).to_owned();
    let mut done = row;
    done.attributes.insert("etat".to_owned(), "termine".into());
    done.attributes.insert("termine_le".to_owned(), text(world.clock().now()).into());
    world.store().put(Table::Balayages, done, When::Is { attribute: "etat", value: before }).await?;
    tracing::info!(territoire = %territory, mois = %month, simulation, "The sweep has ended.");
    Ok(())
}

/// Takes the photograph and freezes it. Two runs at once: the first to freeze is right, the other takes its figures.
async fn freeze<W: World>(world: &W, territory: Territory, row: SideRow) -> Result<SideRow, StepError> {
    let report = photograph(world, territory).await?;
    let mut frozen = row;
    let json = serde_json::to_value(RapportJson::from(report))
        .map_err(|it| PortError::new("write the report", it))?;
    frozen.attributes.insert("rapport".to_owned(), json);
    frozen.attributes.insert("etat".to_owned(), "en_cours".into());
    let waiting = When::Is { attribute: "etat", value: "en_attente".to_owned() };
    if world.store().put(Table::Balayages, frozen.clone(), waiting).await? {
        return Ok(frozen);
    }
    let known = world.store().get(Table::Balayages, &frozen.pk, &frozen.sk).await?;
    known.ok_or_else(|| PortError::new("read the sweep", "the run has disappeared").into())
}

async fn photograph<W: World>(world: &W, territory: Territory) -> Result<Report, StepError> {
    let now = world.clock().now();
    let mut report = Report::default();
    for state in State::NOT_ORIENTED {
        let mut after = None;
        loop {
            let page = PageAsk { after, limit: super::PAGE };
            let found = world.store().file(FilePage { territory, state, due_by: None, page }).await?;
            for row in world.store().read_many(&found.items).await? {
                // The index may lag: a dossier is counted under the state that it has, in that state's turn, and
                // not at all once it is erased.
                let dossier = match row.dossier() {
                    Err(NoDossier::Erased) => continue,
                    read => read?,
                };
                if dossier.state.code() == state {
                    report.count(&dossier, &world.reference().frame_of(&dossier), now);
                }
            }
            match found.next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
    }
    Ok(report)
}

/// Catches up the dossiers that the photograph counted as to be caught up. Their keys are listed first, since
/// treating a dossier moves it in the index.
async fn catch_up_all<W: World>(world: &W, territory: Territory, month: Month) -> Result<(), StepError> {
    let now = world.clock().now();
    let mut keys: Vec<DossierKey> = Vec::new();
    let mut after = None;
    loop {
        let page = PageAsk { after, limit: super::PAGE };
        let found =
            world.store().file(FilePage { territory, state: "a_orienter", due_by: Some(now), page }).await?;
        keys.extend(found.items);
        match found.next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    let mut failed = None;
    for some in keys.chunks(super::AT_ONCE) {
        let mut parcels = Vec::new();
        for key in some {
            match write(world, *key, &Cause::Circumstance("balayage"), &CatchUp { month }).await {
                Ok((_, parcel)) => parcels.push(parcel),
                Err(StepError::UnknownDossier | StepError::Erased) => {}
                Err(error) => failed = Some(error),
            }
        }
        super::send_together(world, parcels).await;
    }
    // What failed is tried again with the whole message: the rest remembers that it was done.
    failed.map_or(Ok(()), Err)
}

/// Leaves the report among the documents.
async fn publish<W: World>(world: &W, territory: Territory, row: &SideRow) -> Result<(), StepError> {
    let report = row.attributes.get("rapport").cloned().unwrap_or_default();
    let bytes = serde_json::to_vec_pretty(&report).map_err(|it| PortError::new("write the report", it))?;
    let name = format!("balayages/{territory}/{}.json", row.sk);
    world.documents().put_once(&name, "application/json", &bytes).await?;
    Ok(())
}

/// Where a run stands.
pub(crate) fn state(row: &SideRow) -> &str {
    row.attributes.get("etat").and_then(|it| it.as_str()).unwrap_or("en_attente")
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
