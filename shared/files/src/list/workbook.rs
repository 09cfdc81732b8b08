//! Rows of a workbook (`.xlsx`), held while they are read: what is held was bounded before it was opened.

use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError, XlsxFormulaMetadata};
use chrono::NaiveDate;

use super::cell::{Cell, Epoch, Row};
use super::guard;
use super::head;
use super::limits::{HEAD, LAST_ROW, MAX_CELL, MAX_CELLS, MAX_HEADING, MAX_HELD, MAX_ROWS, WIDEST};
use super::unreadable::Unreadable;

/// A sheet, as it was read.
pub(super) struct Sheet {
    pub(super) rows: Vec<Row>,
    pub(super) epoch: Epoch,
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads a sheet: that of this name, else the first that a person sees.
pub(super) fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, Unreadable> {
    guard::inspect(bytes)?;
    // The library is other people's: should a file make it panic, the file is damaged and the process lives.
    std::panic::catch_unwind(|| read_inspected(bytes, sheet)).unwrap_or(Err(Unreadable::Damaged))
}

fn read_inspected(bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, Unreadable> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|it| unreadable(&it))?;
    let epoch = if book.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
    let name = chosen(&book, sheet)?;
    let mut rows = read_rows(&mut book, &name, epoch)?;
    if may_be_merged(&rows) {
        let merged = book.merge_cells_by_sheet_name(&name).map_err(|it| unreadable(&it))?;
        for region in &merged {
            spread(&mut rows, region);
        }
    }
    Ok(Sheet { rows, epoch })
}

fn chosen(book: &Book<'_>, wanted: Option<&str>) -> Result<String, Unreadable> {
    let sheets = || book.sheets_metadata().iter().filter(|it| it.typ == SheetType::WorkSheet);
    let found = match wanted {
        Some(name) => sheets().find(|it| super::words::plain(&it.name) == super::words::plain(name)),
        None => sheets().find(|it| it.visible == SheetVisible::Visible).or_else(|| sheets().next()),
    };
    let names = || {
        sheets().take(20).map(|it| it.name.chars().filter(|it| !it.is_control()).take(40).collect()).collect()
    };
    match found {
        Some(sheet) => Ok(sheet.name.clone()),
        None if wanted.is_some() => Err(Unreadable::NoSuchSheet(names())),
        None => Err(Unreadable::Empty),
    }
}

fn read_rows(book: &mut Book<'_>, sheet: &str, epoch: Epoch) -> Result<Vec<Row>, Unreadable> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|it| unreadable(&it))?;
    let (mut rows, mut places, mut held): (Vec<Row>, usize, usize) = (Vec::new(), 0, 0);
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(|it| unreadable(&it))? {
        let (row, column) =
            (record.pos.0.saturating_add(1), usize::try_from(record.pos.1).unwrap_or(usize::MAX));
        let nothing = |it: &_| matches!(it, XlsxFormulaMetadata::Normal { formula } if formula.is_empty());
        let formula = record.formula.is_some_and(|it| !nothing(&it));
        let cell = cell(&record.value, epoch);
        if cell == Cell::Empty && !formula {
            continue;
        }
        held += if let Cell::Text(text) = &cell { text.len() } else { 0 };
        places += put(&mut rows, row, column, cell, formula)?;
        if places > MAX_CELLS || held > MAX_HELD {
            return Err(Unreadable::TooHeavy);
        }
    }
    rows.retain(|it| !it.is_empty() || !it.formulas.is_empty());
    Ok(rows)
}

/// Puts a cell in its row, and says how many places it took there. Rows come in their order, and so do the cells of a
/// row; what comes out of it is not a sheet.
fn put(
    rows: &mut Vec<Row>,
    number: u32,
    column: usize,
    cell: Cell,
    formula: bool,
) -> Result<usize, Unreadable> {
    if column >= WIDEST {
        return Err(Unreadable::TooManyColumns { row: number });
    }
    if matches!(&cell, Cell::Text(text) if text.len() > 4 * MAX_CELL) {
        return Err(Unreadable::LongCell { row: number });
    }
    if number > LAST_ROW || rows.last().is_some_and(|it| it.number > number) {
        return Err(Unreadable::Damaged);
    }
    if rows.last().is_none_or(|it| it.number < number) {
        if rows.len() > usize::try_from(MAX_ROWS).unwrap_or(usize::MAX) + HEAD {
            return Err(Unreadable::TooManyRows);
        }
        rows.push(Row::new(number, Vec::new()));
    }
    let Some(row) = rows.last_mut() else { return Ok(0) };
    let before = row.cells.len();
    if before <= column {
        row.cells.resize(column + 1, Cell::Empty);
    }
    if let Some(place) = row.cells.get_mut(column) {
        *place = cell;
    }
    if formula {
        row.formulas.push(column);
    }
    // A cell that comes twice takes no place the second time, and is a cell all the same.
    Ok(row.cells.len().saturating_sub(before).max(1))
}

fn cell(value: &DataRef<'_>, epoch: Epoch) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        #[expect(
            clippy::cast_precision_loss,
            reason = "a workbook holds doubles: no whole number there is longer"
        )]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::of_text(text),
        DataRef::SharedString(text) => Cell::of_text(text),
        DataRef::Bool(truth) => Cell::Truth(*truth),
        DataRef::DateTime(date) if date.is_datetime() => {
            epoch.date(date.as_f64()).map_or(Cell::Number(date.as_f64()), Cell::Date)
        }
        DataRef::DateTime(duration) => Cell::Number(duration.as_f64()),
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|it| it.parse::<NaiveDate>().ok());
            day.map_or_else(|| Cell::of_text(text), Cell::Date)
        }
        DataRef::Error(_) => Cell::Broken,
    }
}

/// Whether the headings seem to lean on the row above or on the cell beside: some of them are empty.
fn may_be_merged(rows: &[Row]) -> bool {
    let first = rows.get(..HEAD.min(rows.len())).unwrap_or_default();
    let width = first.iter().map(|it| it.cells.len()).max().unwrap_or_default();
    let best = first.iter().max_by_key(|it| (head::score(it), std::cmp::Reverse(it.number)));
    best.is_some_and(|it| it.cells.len() < width || it.cells.contains(&Cell::Empty))
}

/// Gives each cell of a merged region among the first rows what its first cell holds, which is all that is saved.
fn spread(rows: &mut [Row], region: &Dimensions) {
    let length = HEAD.min(rows.len());
    let first = rows.get_mut(..length).unwrap_or_default();
    let column = |it: u32| usize::try_from(it).unwrap_or(usize::MAX);
    let (left, right) = (column(region.start.1), column(region.end.1).min(WIDEST - 1));
    let held = first.iter().find(|it| it.number == region.start.0.saturating_add(1));
    let Some(value) = held.map(|it| it.cell(left).clone()).filter(is_short) else { return };
    let covered = |it: &&mut Row| (region.start.0..=region.end.0).contains(&(it.number - 1));
    for row in first.iter_mut().filter(covered) {
        if row.cells.len() <= right {
            row.cells.resize(right + 1, Cell::Empty);
        }
        let cells = row.cells.iter_mut().take(right + 1).skip(left);
        cells.filter(|it| **it == Cell::Empty).for_each(|it| *it = value.clone());
    }
}

/// Whether a cell may be a heading: a longer text is none, and would be held once for each cell of its region.
fn is_short(cell: &Cell) -> bool {
    match cell {
        Cell::Empty => false,
        Cell::Text(text) => text.len() <= MAX_HEADING,
        Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) | Cell::Broken => true,
    }
}

fn unreadable(error: &XlsxError) -> Unreadable {
    if let XlsxError::Password = error { Unreadable::Protected } else { Unreadable::Damaged }
}
