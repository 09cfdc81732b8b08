//! Cells and rows, whatever the container: what a sheet shows, before anything is understood of it.

use std::borrow::Cow;
use std::fmt;

use chrono::{Days, NaiveDate};

/// One cell. It never prints what it holds.
#[derive(Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or blanks only.
    Empty,
    /// A text, as it is in the file.
    Text(Box<str>),
    /// A number of a workbook.
    Number(f64),
    /// A date of a workbook, its time of day left out.
    Date(NaiveDate),
    /// True or false, in a workbook.
    Truth(bool),
    /// A formula that the workbook could not compute (`#N/A`).
    Broken,
}

/// One row of a sheet.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// Its number, as the sheet shows it: from 1, empty rows counted.
    pub number: u32,
    /// Its cells, from column A.
    pub cells: Vec<Cell>,
    /// The columns, from zero, whose cell is a formula: the value is the last that the workbook saved.
    pub formulas: Vec<usize>,
    /// Whether a quote was opened in it and never closed: where its cells end is then a guess.
    pub lone_quote: bool,
}

/// The day from which a workbook counts its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// 1900, as Excel does unless told otherwise.
    #[default]
    Y1900,
    /// 1904, as Excel for Mac did.
    Y1904,
}

impl Epoch {
    /// The date of a serial number: the days since the epoch, as a sheet shows them when a column loses its format.
    pub fn date(self, serial: f64) -> Option<NaiveDate> {
        if !(1.0..3_000_000.0).contains(&serial) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the bounds above"
        )]
        let days = serial as u64;
        let (year, month, day) = match self {
            // Excel believes that 29 February 1900 exists: before it, its days are one ahead.
            Self::Y1900 if days < 60 => (1899, 12, 31),
            Self::Y1900 => (1899, 12, 30),
            Self::Y1904 => (1904, 1, 1),
        };
        NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(days))
    }
}

impl Cell {
    /// A cell of this text, or an empty one when there is nothing to see in it.
    pub fn of_text(text: &str) -> Self {
        if super::words::trimmed(text).is_empty() { Self::Empty } else { Self::Text(text.into()) }
    }

    /// What a person reads in it. A whole number has neither decimals nor exponent.
    pub fn written(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number_written(*number)),
            Self::Date(date) => Cow::Owned(date.format("%d/%m/%Y").to_string()),
            Self::Truth(true) => Cow::Borrowed("VRAI"),
            Self::Truth(false) => Cow::Borrowed("FAUX"),
            Self::Broken => Cow::Borrowed("#N/A"),
        }
    }
}

impl Row {
    /// A row of these cells, where nothing is odd.
    pub fn new(number: u32, cells: Vec<Cell>) -> Self {
        Self { number, cells, formulas: Vec::new(), lone_quote: false }
    }

    /// Whether there is nothing to see in it.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|it| *it == Cell::Empty)
    }

    /// Leaves out the last cells, as long as they are empty and there are more than so many.
    pub(super) fn shorten(&mut self, most: usize) {
        while self.cells.len() > most && self.cells.last() == Some(&Cell::Empty) {
            self.cells.pop();
        }
    }

    /// The cell of a column, from zero; empty beyond the last.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// The letters of a column, from zero: `A` to `Z`, then `AA`.
pub fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = (left - 1) % 26;
        letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit]));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

fn number_written(number: f64) -> String {
    /// Beyond, a double no longer tells a whole number from the next.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.abs() < EXACT { number.to_string().replace('.', ",") } else { format!("{number:e}") }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(…)")
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({}, …)", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_a_sheet_names_them() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(letters).collect();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_whole_number_is_written_with_neither_decimals_nor_exponent() {
        assert_eq!(Cell::Number(1.803_331_476_872e12).written(), "1803331476872");
        assert_eq!(Cell::Number(187_137_728_800_197.0).written(), "187137728800197");
        assert_eq!(Cell::Number(77_000.0).written(), "77000");
        assert_eq!(Cell::Number(-3.5).written(), "-3,5");
        assert_eq!(Cell::Number(1e300).written(), "1e300");
    }

    #[test]
    fn a_serial_number_is_a_date_of_its_epoch() {
        let date = |epoch: Epoch, serial| epoch.date(serial).map(|it| it.to_string());
        assert_eq!(date(Epoch::Y1900, 29_546.0).as_deref(), Some("1980-11-21"));
        assert_eq!(date(Epoch::Y1900, 29_546.75).as_deref(), Some("1980-11-21"));
        assert_eq!(date(Epoch::Y1900, 1.0).as_deref(), Some("1900-01-01"));
        assert_eq!(date(Epoch::Y1900, 61.0).as_deref(), Some("1900-03-01"));
        assert_eq!(date(Epoch::Y1904, 28_084.0).as_deref(), Some("1980-11-21"));
        for serial in [0.0, -1.0, 3_000_000.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Epoch::Y1900.date(serial), None);
        }
    }

    #[test]
    fn a_cell_prints_nothing_of_what_it_holds() {
        let row = Row::new(7, vec![Cell::of_text("Zoé")]);
        assert_eq!(format!("{row:?} {:?}", row.cells[0]), "Row(7, …) Cell(…)");
    }
}
