//! What may not ring at somebody's yet: kept in a list of the territory, in the order in which it may leave, and asked
//! for again when its hour has come.
//!
//! A line of the list is a message to the reminders, as it came, written before that message is acknowledged, and crossed out after
//! it was sent again: killed in between, it is asked for twice, and the claim of the fact lets one of the two tell it.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use contracts::Envelope;
use contracts::messages::{Body, Received};
use contracts::rows::{OutboxRow, SideRow};
use domain::{DossierId, Stream, Territory};
use futures::future::try_join_all;

use crate::ports::{Clock, DossierKey, PageAsk, PortError, QueueName, Queues, Rows, Table, When};
use crate::step::StepError;
use crate::world::World;

/// How many lines are read at once: as many as one request to a queue takes.
const LINES: u32 = 10;

/// Keeps a message to the reminders until an instant. The same message kept again is the same line.
pub(crate) async fn keep<W: World>(
    world: &W,
    received: &Received,
    until: DateTime<Utc>,
) -> Result<(), PortError> {
    let body =
        serde_json::to_value(Body::from(&received.message)).map_err(|it| PortError::new("keep", it))?;
    let attributes = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        ("le".to_owned(), text(received.time, SecondsFormat::AutoSi).into()),
        ("par".to_owned(), received.triggered_by.clone().into()),
        ("message".to_owned(), body),
    ]);
    let until = text(until, SecondsFormat::Secs);
    let sk = format!("{until}#{}#{}", received.dossier, received.number);
    let row = SideRow { pk: list(received.territory), sk, attributes };
    world.store().put(Table::Envois, row, When::Always).await?;
    tracing::info!(jusqua = until, "The message waits for an hour at which one may ring at somebody's.");
    Ok(())
}

/// Asks again for what may leave now, in every territory. Its requests do not depend on how many lines wait.
pub(super) async fn release<W: World>(world: &W) -> Result<(), StepError> {
    let now = world.clock().now();
    for territory in world.reference().served.clone() {
        release_in(world, territory, now).await?;
    }
    Ok(())
}

async fn release_in<W: World>(world: &W, territory: Territory, now: DateTime<Utc>) -> Result<(), PortError> {
    let mut page = PageAsk { after: None, limit: LINES };
    loop {
        let read = world.store().query(Table::Envois, &list(territory), "", page).await?;
        let lines: Vec<Line> = read.items.into_iter().filter_map(Line::read).collect();
        let (due, not_yet): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|it| it.until <= now);
        let envelopes: Vec<Envelope> = due.iter().map(|it| it.envelope(territory)).collect();
        if !envelopes.is_empty() {
            world.queues().send(QueueName::Reminders, &envelopes).await?;
            let crossed = due.iter().map(|it| world.store().delete(Table::Envois, &it.row.pk, &it.row.sk));
            try_join_all(crossed).await?;
            tracing::info!(%territory, messages = due.len(), "What waited for its hour leaves.");
        }
        match read.next {
            Some(cursor) if not_yet.is_empty() => page = PageAsk { after: Some(cursor), limit: LINES },
            _ => return Ok(()),
        }
    }
}

/// Crosses out what waits for a dossier that was erased; `false` when nothing did.
pub(super) async fn forget<W: World>(world: &W, key: DossierKey) -> Result<bool, PortError> {
    let lines = world.store().query_all(Table::Envois, &list(key.territory), "").await?;
    let theirs = format!("#{}#", key.dossier);
    let mut found = false;
    for line in lines.iter().filter(|it| it.sk.contains(&theirs)) {
        found = true;
        world.store().delete(Table::Envois, &line.pk, &line.sk).await?;
    }
    Ok(found)
}

/// The partition that holds a territory's list.
fn list(territory: Territory) -> String {
    format!("{territory}#attente")
}

/// A line of the list.
struct Line {
    row: SideRow,
    until: DateTime<Utc>,
    dossier: DossierId,
    number: u32,
    asked: OutboxRow,
}

impl Line {
    /// `None`, said in the log, when a line cannot be read: it stays, and a person must look.
    fn read(row: SideRow) -> Option<Self> {
        let read = Self::parts(&row);
        if read.is_none() {
            tracing::error!(attente = row.sk, "A message that waits for its hour cannot be read.");
        }
        let (until, dossier, number, asked) = read?;
        Some(Self { row, until, dossier, number, asked })
    }

    fn parts(row: &SideRow) -> Option<(DateTime<Utc>, DossierId, u32, OutboxRow)> {
        let mut key = row.sk.split('#');
        let (until, dossier, number) = (key.next()?, key.next()?, key.next()?);
        let asked = OutboxRow {
            le: row.attributes.get("le")?.as_str()?.parse().ok()?,
            par: row.attributes.get("par")?.as_str()?.to_owned(),
            message: serde_json::from_value(row.attributes.get("message")?.clone()).ok()?,
        };
        Some((until.parse().ok()?, dossier.parse().ok()?, number.parse().ok()?, asked))
    }

    fn envelope(&self, territory: Territory) -> Envelope {
        Envelope::rebuild(territory, self.dossier, (Stream::Reminders, self.number), &self.asked)
    }
}

fn text(at: DateTime<Utc>, seconds: SecondsFormat) -> String {
    at.to_rfc3339_opts(seconds, true)
}
