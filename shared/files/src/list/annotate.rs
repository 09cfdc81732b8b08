//! The list given back: the same rows and columns, and a last column `erreur` that says what is wrong with each row.
//!
//! Rows keep their numbers, so that `D12` means the same cell in what was sent and in what comes back. No cell is ever
//! a formula, whatever it holds.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::{Datelike, NaiveDate};
use contracts::api::Phone;
use contracts::french;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::cell::{Cell, Row};
use super::head::{ANNOTATION, Head};
use super::value::FORMULA;
use super::words::trimmed;

/// The media type of each form, and the end of its name.
pub const CSV: (&str, &str) = ("text/csv; charset=utf-8; header=present", "csv");
/// See [`CSV`].
pub const XLSX: (&str, &str) = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx");

/// Why a list cannot be given back.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The bytes go nowhere.
    #[error("the annotated list could not be written")]
    Io(#[from] io::Error),
    /// The workbook cannot hold it.
    #[error("the annotated workbook could not be made")]
    Workbook(#[from] XlsxError),
}

/// A CSV as spreadsheets open it in France: UTF-8 with its mark, semicolons, CRLF. It is written as rows come.
pub struct CsvFile<W: Write> {
    out: csv::Writer<W>,
    width: Width,
    next: u32,
}

impl<W: Write> CsvFile<W> {
    /// Writes the headings, and what was above them.
    pub fn start(mut out: W, head: &Head) -> Result<Self, Unwritten> {
        out.write_all("\u{feff}".as_bytes())?;
        let out = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(out);
        let mut file = Self { out, width: Width::of(head), next: 1 };
        for row in &head.above {
            file.write(row, "")?;
        }
        file.write(&heading_row(head), ANNOTATION)?;
        Ok(file)
    }

    /// Writes a row and what is wrong with it, which is nothing when it is right.
    pub fn write(&mut self, row: &Row, remarks: &str) -> Result<(), Unwritten> {
        // Rows that were empty stay so, and are as short as can be: a sheet may have its last row a million rows below.
        for _ in self.next..row.number {
            self.out.write_record([""]).map_err(unwritten)?;
        }
        self.next = row.number.saturating_add(1);
        self.record(row, remarks)
    }

    /// Ends the file.
    pub fn finish(self) -> Result<W, Unwritten> {
        self.out.into_inner().map_err(|it| Unwritten::Io(it.into_error()))
    }

    fn record(&mut self, row: &Row, remarks: &str) -> Result<(), Unwritten> {
        for column in 0..self.width.kept {
            self.field(&row.cell(column).written())?;
        }
        self.field(remarks)?;
        // What a row has beyond its headings comes after, where it was already wrong.
        for cell in row.cells.iter().skip(self.width.given) {
            self.field(&cell.written())?;
        }
        self.out.write_record(None::<&[u8]>).map_err(unwritten)
    }

    fn field(&mut self, text: &str) -> Result<(), Unwritten> {
        self.out.write_field(harmless(text).as_bytes()).map_err(unwritten)
    }
}

/// A workbook whose cells are texts and dates. It is held until it is finished.
pub struct XlsxFile {
    book: Workbook,
    sheet: Worksheet,
    width: Width,
    head: u32,
    last: u32,
    day: Format,
}

impl XlsxFile {
    /// Writes the headings, and what was above them.
    pub fn start(head: &Head) -> Result<Self, Unwritten> {
        let mut file = Self {
            book: Workbook::new(),
            sheet: Worksheet::new(),
            width: Width::of(head),
            head: head.number.saturating_sub(1),
            last: 0,
            day: Format::new().set_num_format("dd/mm/yyyy"),
        };
        for row in &head.above {
            file.write(row, "")?;
        }
        file.write(&heading_row(head), ANNOTATION)?;
        Ok(file)
    }

    /// Writes a row and what is wrong with it, which is nothing when it is right.
    pub fn write(&mut self, row: &Row, remarks: &str) -> Result<(), Unwritten> {
        let number = row.number.saturating_sub(1);
        self.last = self.last.max(number);
        for (column, cell) in row.cells.iter().enumerate() {
            if column < self.width.kept {
                self.cell(number, column, cell)?;
            } else if let Some(beyond) = column.checked_sub(self.width.given) {
                self.cell(number, self.width.kept + 1 + beyond, cell)?;
            }
        }
        self.text(number, self.width.kept, remarks)
    }

    /// Ends the workbook: its headings stay in sight, and each column can be filtered.
    pub fn finish<W: Write + io::Seek + Send>(self, out: W) -> Result<(), Unwritten> {
        let Self { mut book, mut sheet, width, head, last, .. } = self;
        let columns = column_number(width.kept)?;
        sheet.set_name("Liste")?;
        sheet.set_freeze_panes(head.saturating_add(1), 0)?;
        sheet.autofilter(head, 0, last.max(head), columns)?;
        sheet.set_column_width(columns, 80)?;
        book.push_worksheet(sheet);
        book.save_to_writer(out)?;
        Ok(())
    }

    fn cell(&mut self, row: u32, column: usize, cell: &Cell) -> Result<(), Unwritten> {
        if let Cell::Date(date) = cell
            && let Some(day) = excel_day(*date)
        {
            self.sheet.write_datetime_with_format(row, column_number(column)?, &day, &self.day)?;
            return Ok(());
        }
        self.text(row, column, &cell.written())
    }

    fn text(&mut self, row: u32, column: usize, text: &str) -> Result<(), Unwritten> {
        if !text.is_empty() {
            self.sheet.write_string(row, column_number(column)?, fitting(&harmless(text)))?;
        }
        Ok(())
    }
}

/// How many columns the list came with, and how many of them stay: one that was given back once has the last already.
struct Width {
    given: usize,
    kept: usize,
}

impl Width {
    fn of(head: &Head) -> Self {
        let given = head.headings.len();
        Self { given, kept: given - usize::from(head.is_annotated()) }
    }
}

/// As much of a text as a cell of Excel holds: 32 767 units of UTF-16.
fn fitting(text: &str) -> &str {
    let mut units = 0;
    let too_long = text.char_indices().find(|(_, it)| {
        units += it.len_utf16();
        units > 32_767
    });
    too_long.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// A text that no spreadsheet takes for a formula, nor anything for a binary: a list in two bytes per letter may hold
/// zeros. A telephone number written from abroad is written as at home.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        return Cow::Owned(harmless(&text.replace('\0', "")).into_owned());
    }
    if !text.starts_with(FORMULA) {
        return Cow::Borrowed(text);
    }
    match Phone::parse(trimmed(text)) {
        Ok(phone) if text.starts_with('+') => Cow::Owned(french::phone(phone.as_str())),
        Ok(_) | Err(_) => Cow::Owned(format!("'{text}")),
    }
}

fn heading_row(head: &Head) -> Row {
    let headings = head.headings.iter().take(Width::of(head).kept);
    Row::new(head.number, headings.map(|it| Cell::of_text(it)).collect())
}

fn excel_day(date: NaiveDate) -> Option<ExcelDateTime> {
    let (year, month, day) = (date.year(), date.month(), date.day());
    ExcelDateTime::from_ymd(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn column_number(column: usize) -> Result<u16, Unwritten> {
    u16::try_from(column).map_err(|_| Unwritten::Workbook(XlsxError::RowColumnLimitError))
}

fn unwritten(error: csv::Error) -> Unwritten {
    Unwritten::Io(io::Error::other(error))
}
