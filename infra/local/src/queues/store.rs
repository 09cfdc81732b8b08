//! The statements behind the queues: one table. Whoever calls holds the transaction.

use std::path::Path;

use chrono::{DateTime, Utc};
use engine::ports::QueueName;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Delivery, MAX_RECEIVES, Receipt};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS message (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        queue      TEXT    NOT NULL,
        body       TEXT    NOT NULL,
        sent_at    INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        attempts   INTEGER NOT NULL DEFAULT 0,
        -- 0 waits, 1 in flight, 2 dead
        state      INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS message_by_queue ON message (queue, state, visible_at, id);
";

/// How many messages a queue holds, by what they wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// Ready to be handed out.
    pub visible: u64,
    /// Handed out, neither deleted nor come back.
    pub in_flight: u64,
    /// Given back, and hidden for a while.
    pub delayed: u64,
    /// Dead letters.
    pub dead: u64,
}

impl Stats {
    /// Whether nothing is left to do here.
    pub const fn is_quiet(self) -> bool {
        self.visible == 0 && self.in_flight == 0 && self.delayed == 0
    }
}

/// A message that nobody will try again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message, as it was sent.
    pub body: String,
    /// How many times it was handed out.
    pub attempts: u32,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// Opens the file and makes visible what was in flight when the last process died.
pub(super) fn open(path: &Path, now: DateTime<Utc>) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    // In WAL, NORMAL keeps every acknowledged write through the death of the process; only a power cut may lose the last.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(SCHEMA)?;
    connection.execute("UPDATE message SET state = 0, visible_at = ?1 WHERE state = 1", [millis(now)])?;
    Ok(connection)
}

pub(super) fn send(
    connection: &Connection,
    queue: QueueName,
    bodies: &[String],
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO message (queue, body, sent_at, visible_at) VALUES (?1, ?2, ?3, ?3)")?;
    for body in bodies {
        insert.execute(params![queue.name(), body, millis(now)])?;
    }
    Ok(())
}

pub(super) fn receive(
    connection: &Connection,
    queue: QueueName,
    max: u32,
    now: DateTime<Utc>,
    hidden_until: DateTime<Utc>,
) -> rusqlite::Result<Vec<Delivery>> {
    // Handed out too many times and never given back: its handler hangs or kills.
    connection
        .prepare_cached(
            "UPDATE message SET state = 2
             WHERE queue = ?1 AND state IN (0, 1) AND visible_at <= ?2 AND attempts >= ?3",
        )?
        .execute(params![queue.name(), millis(now), MAX_RECEIVES])?;
    let mut deliveries = connection
        .prepare_cached(
            "UPDATE message SET state = 1, visible_at = ?3, attempts = attempts + 1
             WHERE id IN (
                SELECT id FROM message WHERE queue = ?1 AND state IN (0, 1) AND visible_at <= ?2
                ORDER BY visible_at, id LIMIT ?4)
             RETURNING id, body, attempts",
        )?
        .query_map(params![queue.name(), millis(now), millis(hidden_until), max], delivery)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    deliveries.sort_by_key(|it| it.receipt.id);
    Ok(deliveries)
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let attempts = row.get(2)?;
    Ok(Delivery { receipt: Receipt { id: row.get(0)?, attempts }, body: row.get(1)?, attempts })
}

pub(super) fn delete(connection: &Connection, receipt: Receipt) -> rusqlite::Result<bool> {
    let deleted = connection
        .prepare_cached("DELETE FROM message WHERE id = ?1 AND attempts = ?2 AND state = 1")?
        .execute(params![receipt.id, receipt.attempts])?;
    Ok(deleted == 1)
}

pub(super) fn release(
    connection: &Connection,
    receipt: Receipt,
    visible_at: DateTime<Utc>,
) -> rusqlite::Result<bool> {
    let released = connection
        .prepare_cached(
            "UPDATE message SET state = CASE WHEN attempts >= ?4 THEN 2 ELSE 0 END, visible_at = ?3
             WHERE id = ?1 AND attempts = ?2 AND state = 1",
        )?
        .execute(params![receipt.id, receipt.attempts, millis(visible_at), MAX_RECEIVES])?;
    Ok(released == 1)
}

pub(super) fn bury(connection: &Connection, receipt: Receipt) -> rusqlite::Result<bool> {
    let buried = connection
        .prepare_cached("UPDATE message SET state = 2 WHERE id = ?1 AND attempts = ?2 AND state = 1")?
        .execute(params![receipt.id, receipt.attempts])?;
    Ok(buried == 1)
}

pub(super) fn is_quiet(connection: &Connection) -> rusqlite::Result<bool> {
    // By queue, so that the index answers.
    let mut any = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM message WHERE queue = ?1 AND state IN (0, 1))")?;
    for queue in QueueName::ALL {
        if any.query_row([queue.name()], |row| row.get(0))? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn stats(
    connection: &Connection,
    now: DateTime<Utc>,
) -> rusqlite::Result<Vec<(QueueName, Stats)>> {
    let mut count = connection.prepare_cached(
        "SELECT count(*) FILTER (WHERE state IN (0, 1) AND visible_at <= ?2),
                count(*) FILTER (WHERE state = 1 AND visible_at > ?2),
                count(*) FILTER (WHERE state = 0 AND visible_at > ?2),
                count(*) FILTER (WHERE state = 2)
         FROM message WHERE queue = ?1",
    )?;
    QueueName::ALL
        .into_iter()
        .map(|queue| {
            let stats = count
                .query_row(params![queue.name(), millis(now)], |row| {
                    Ok(Stats {
                        visible: row.get(0)?,
                        in_flight: row.get(1)?,
                        delayed: row.get(2)?,
                        dead: row.get(3)?,
                    })
                })
                .optional()?;
            Ok((queue, stats.unwrap_or_default()))
        })
        .collect()
}

pub(super) fn dead_letters(connection: &Connection, queue: QueueName) -> rusqlite::Result<Vec<DeadLetter>> {
    connection
        .prepare_cached(
            "SELECT body, attempts, sent_at FROM message WHERE queue = ?1 AND state = 2 ORDER BY id",
        )?
        .query_map([queue.name()], |row| {
            let sent_at = DateTime::from_timestamp_millis(row.get(2)?).unwrap_or_default();
            Ok(DeadLetter { body: row.get(0)?, attempts: row.get(1)?, sent_at })
        })?
        .collect()
}

pub(super) fn redrive(
    connection: &Connection,
    queue: QueueName,
    now: DateTime<Utc>,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "UPDATE message SET state = 0, attempts = 0, visible_at = ?2 WHERE queue = ?1 AND state = 2",
        )?
        .execute(params![queue.name(), millis(now)])
}

pub(super) fn pending(connection: &Connection) -> rusqlite::Result<Vec<(QueueName, String)>> {
    let mut select =
        connection.prepare_cached("SELECT queue, body FROM message WHERE state < 2 ORDER BY id")?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let mut pending = Vec::new();
    for row in rows {
        let (name, body) = row?;
        if let Some(queue) = QueueName::ALL.into_iter().find(|it| it.name() == name) {
            pending.push((queue, body));
        }
    }
    Ok(pending)
}

fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}
