//! How much of a list is read: beyond, it is not one that a person meant to send.

/// Rows below the headings.
pub const MAX_ROWS: u32 = 200_000;

/// Columns, that of a list given back not counted.
pub const MAX_COLUMNS: usize = 200;

/// Columns, that of a list given back counted: nothing wider is held.
pub(super) const WIDEST: usize = MAX_COLUMNS + 1;

/// Bytes of one cell: what a sheet holds at most.
pub const MAX_CELL: usize = 32 * 1024;

/// Ends of line of one cell of a CSV. A quote that is never closed is looked for so far, at each row.
pub(super) const MAX_LINES: usize = 200;

/// Bytes of one row of a CSV.
pub const MAX_ROW: usize = 256 * 1024;

/// Bytes of a heading that is merged over several cells, or repeated where it is told of its column.
pub(super) const MAX_HEADING: usize = 300;

/// Rows among which the headings are looked for: people put titles above them.
pub(super) const HEAD: usize = 20;

/// Bytes of a workbook, as it is sent.
pub const MAX_WORKBOOK: u64 = 30_000_000;

/// Bytes of a workbook, once unfolded.
pub const MAX_UNFOLDED: u64 = 200_000_000;

/// Parts of a workbook.
pub const MAX_PARTS: usize = 1_000;

/// How many times heavier than its folded bytes a part may be, once it is heavy at all.
pub const MAX_RATIO: u64 = 300;

/// The last row of a sheet, wherever it is made.
pub(super) const LAST_ROW: u32 = 1_048_576;

/// Cells of a workbook, the empty ones before another of their row included, and bytes of their texts: both are held
/// while it is read.
pub(super) const MAX_CELLS: usize = 6_000_000;
/// See [`MAX_CELLS`].
pub(super) const MAX_HELD: usize = 256 * 1024 * 1024;
