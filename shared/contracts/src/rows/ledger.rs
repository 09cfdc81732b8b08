//! The part of a dossier's row that makes effects happen once: numbers, receipts, messages to send, request keys.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::messages::Body;

/// Numbers and receipts. Bounded: one number per stream, and only what has not left yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// The last number given, per stream.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub emis: BTreeMap<String, u32>,
    /// The last number applied, per stream whose consumer writes this dossier.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recus: BTreeMap<String, u32>,
    /// Messages committed and not yet known to have arrived, under `stream#number`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sortie: BTreeMap<String, OutboxRow>,
    /// The relay has sent what waits, and does not send it again before this; absent while it has sent none of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprise: Option<DateTime<Utc>>,
    /// The last number of the reminders that belongs to a journey that is over: what was asked for then is not told in
    /// the journey that began since.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub rappels_clos: u32,
    /// The last idempotency key of each route.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cles: BTreeMap<String, UsedKeyRow>,
}

impl LedgerRow {
    /// Since when something waits that the relay may send; in the future when it has just sent it, `None` when nothing
    /// waits.
    pub fn waits_since(&self) -> Option<DateTime<Utc>> {
        let oldest = self.sortie.values().map(|it| it.le).min()?;
        Some(self.reprise.map_or(oldest, |it| it.max(oldest)))
    }
}

/// A message that waits to leave. The envelope is rebuilt from it, always the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// When its cause happened.
    pub le: DateTime<Utc>,
    /// Who caused it.
    pub par: String,
    /// Type and data.
    pub message: Body,
}

/// A request already answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedKeyRow {
    /// Keyed digest of the key.
    pub cle: String,
    /// Keyed digest of the body.
    pub corps: String,
}
