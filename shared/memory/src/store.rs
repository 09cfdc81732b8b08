//! Dossiers, places and side rows in memory, with the conditions, the order and the page cuts of the real store.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use contracts::rows::{DossierRow, ReferentRow, SideRow};
use engine::ports::{PageAsk, PortError, Table};

use crate::lock;

mod dossiers;
mod index;
mod rows;

use index::Index;

/// How long a page is when nobody says.
const PAGE: usize = 100;

/// The store. Clones share it.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    content: Arc<Mutex<Content>>,
    page: usize,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_pages_of(PAGE)
    }
}

impl MemoryStore {
    /// A store that cuts its pages at this many results, however many are asked for: code that forgets to ask for the
    /// next page fails on a small one.
    pub fn with_pages_of(page: usize) -> Self {
        Self { content: Arc::default(), page: page.max(1) }
    }

    /// Every dossier, in the order of the keys. A view for tests and simulations; no step may ask for it.
    pub fn dossiers(&self) -> Vec<DossierRow> {
        self.content().dossiers.values().cloned().collect()
    }

    /// Every référent, in the order of the keys.
    pub fn referents(&self) -> Vec<ReferentRow> {
        self.content().referents.values().cloned().collect()
    }

    /// Every row of a side table, in the order of the keys.
    pub fn sides(&self, table: Table) -> Vec<SideRow> {
        let content = self.content();
        let of_table = content.sides.iter().filter(|((of, ..), _)| *of == table);
        let rows = of_table.map(|((_, pk, sk), attributes)| SideRow {
            pk: pk.clone(),
            sk: sk.clone(),
            attributes: attributes.clone(),
        });
        rows.collect()
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        lock(&self.content)
    }

    fn page_size(&self, ask: &PageAsk) -> usize {
        match usize::try_from(ask.limit) {
            Ok(0) | Err(_) => self.page,
            Ok(limit) => limit.min(self.page),
        }
    }
}

/// What the tables hold.
#[derive(Debug, Default)]
struct Content {
    dossiers: BTreeMap<String, DossierRow>,
    file: Index,
    caseloads: Index,
    referents: BTreeMap<(String, String), ReferentRow>,
    sides: BTreeMap<(Table, String, String), BTreeMap<String, serde_json::Value>>,
}

/// A cursor that this store did not give, or not for this question.
#[derive(Debug, thiserror::Error)]
#[error("the cursor does not belong to this list")]
struct Foreign;

/// Makes a cursor of the keys at which a page ended: their JSON, in hexadecimal, so that a URL can carry it.
fn write_cursor(keys: &[&str]) -> String {
    use std::fmt::Write as _;

    serde_json::Value::from(keys.to_vec()).to_string().bytes().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read_cursor<const KEYS: usize>(cursor: &str) -> Result<[String; KEYS], PortError> {
    let bytes: Option<Vec<u8>> =
        (0..cursor.len()).step_by(2).map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok()).collect();
    let keys: Vec<String> = serde_json::from_slice(&bytes.unwrap_or_default()).map_err(|_| foreign())?;
    keys.try_into().map_err(|_| foreign())
}

fn foreign() -> PortError {
    PortError::new(PortError::CURSOR, Foreign)
}
