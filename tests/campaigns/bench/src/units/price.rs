//! What a write and a read are billed, on demand, from the items themselves.
//!
//! A write unit is 1 KB of the larger of the item before and the item after; a read unit is 4 KB read consistently, or
//! twice as much read otherwise. A transaction reads and writes each item twice. An index is written on its own copy
//! of the item, whether or not the write was a transaction, and only when that copy changes.

use super::{Item, size, table};

/// The bytes of a write unit.
const WRITE: u64 = 1024;
/// The bytes of a read unit.
const READ: u64 = 4096;

/// How an operation is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// By itself.
    Alone,
    /// In a transaction: prepared, then committed.
    Transaction,
}

impl Mode {
    const fn factor(self) -> u64 {
        match self {
            Self::Alone => 1,
            Self::Transaction => 2,
        }
    }
}

/// How sure a read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consistency {
    /// It may miss the latest writes, for half the price.
    Eventual,
    /// It sees every write.
    Strong,
    /// Read in a transaction.
    Transaction,
}

impl Consistency {
    /// Half read units for each 4 KB.
    const fn halves(self) -> u64 {
        match self {
            Self::Eventual => 1,
            Self::Strong => 2,
            Self::Transaction => 4,
        }
    }
}

/// Write units of the table itself: the larger of the two images, one unit at least.
pub(super) fn write(before: Option<&Item>, after: Option<&Item>, mode: Mode) -> Option<u64> {
    let larger = weigh(before)?.max(weigh(after)?);
    Some(units(larger, WRITE) * mode.factor())
}

/// Write units of a write whose condition did not hold: the size of what is there, one unit at least.
pub(super) fn refused(existing: Option<&Item>, mode: Mode) -> Option<u64> {
    write(existing, existing, mode)
}

/// Write units of one index: nothing when its copy does not change, a delete and a put when its key does.
pub(super) fn index(
    table: &table::Table,
    index: &table::Index,
    before: Option<&Item>,
    after: Option<&Item>,
) -> Option<u64> {
    let before = before.and_then(|it| table.entry(index, it));
    let after = after.and_then(|it| table.entry(index, it));
    let of = |entry: &Item| Some(units(size::of_item(entry)?, WRITE));
    match (before, after) {
        (None, None) => Some(0),
        (Some(gone), None) => of(&gone),
        (None, Some(new)) => of(&new),
        (Some(old), Some(new)) if old == new => Some(0),
        (Some(old), Some(new)) if index.place_of(&old) == index.place_of(&new) => {
            Some(of(&old)?.max(of(&new)?))
        }
        (Some(old), Some(new)) => Some(of(&old)? + of(&new)?),
    }
}

/// Half read units of one item read by its key; what is not there is billed as the smallest item.
pub(super) fn get(item: Option<&Item>, consistency: Consistency) -> Option<u64> {
    Some(units(weigh(item)?, READ) * consistency.halves())
}

/// Half read units of a query or of a scan: the items are summed, then rounded once.
pub(super) fn query(items: &[Item], consistency: Consistency) -> Option<u64> {
    let total: u64 = items.iter().map(size::of_item).sum::<Option<u64>>()?;
    Some(units(total, READ) * consistency.halves())
}

fn weigh(item: Option<&Item>) -> Option<u64> {
    item.map_or(Some(0), size::of_item)
}

fn units(bytes: u64, unit: u64) -> u64 {
    bytes.div_ceil(unit).max(1)
}
