//! Lists of people, as other tools write them: CSV and workbooks, read a row at a time, and given back annotated.
//!
//! A [`List`] is opened on bytes: it finds the container, the encoding, the separator and the headings, then gives its
//! rows as they are. A [`Mapping`] says which column tells what; a [`RowReader`] reads a row with it, into an adult or
//! into all that is wrong; [`annotate`] gives the rows back with a last column that says it.
//!
//! ```text
//! List::open ── head() ── Mapping::guess ── RowReader::new ── read(row) ── CsvFile::write(row, remarks)
//! ```

use std::io::Read;

pub mod annotate;
mod cell;
mod encoding;
mod field;
mod guard;
mod head;
mod lex;
pub mod limits;
mod mapping;
mod reader;
mod text;
mod unreadable;
mod value;
mod words;
mod workbook;

pub use cell::{Cell, Epoch, Row, letters};
pub use contracts::border::code;
pub use field::{Field, Known};
pub use head::Head;
pub use mapping::{Kind, Mapping, Problem};
pub use reader::{CellError, RowRead, RowReader, Told};
pub use unreadable::Unreadable;

use limits::{HEAD, MAX_ROWS, MAX_WORKBOOK};
use text::TextRows;

/// A list being read: an iterator over the rows below its headings. After an error, it gives nothing more.
pub struct List<'a> {
    head: Head,
    format: Format,
    first: std::vec::IntoIter<Row>,
    rest: Rest<'a>,
    given: u32,
    stopped: bool,
}

enum Rest<'a> {
    Text(Box<TextRows<Box<dyn Read + 'a>>>),
    Workbook(std::vec::IntoIter<Row>),
}

/// What a list is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A text.
    Csv {
        /// The name of its encoding, as far as it is known: UTF-8 until something else is met.
        encoding: &'static str,
        /// The character between two cells.
        separator: char,
    },
    /// A workbook.
    Xlsx,
}

impl<'a> List<'a> {
    /// Opens a list. Of a workbook, reads the sheet of this name, else the first that a person sees.
    pub fn open(bytes: impl Read + 'a, sheet: Option<&str>) -> Result<Self, Unreadable> {
        let mut bytes: Box<dyn Read + 'a> = Box::new(bytes);
        let mut start = Vec::new();
        bytes.by_ref().take(8 * 1024).read_to_end(&mut start)?;
        match container(&start)? {
            Container::Workbook => Self::open_workbook(start, bytes, sheet),
            Container::Text => Self::open_text(Box::new(std::io::Cursor::new(start).chain(bytes))),
        }
    }

    fn open_workbook(
        start: Vec<u8>,
        rest: Box<dyn Read + 'a>,
        sheet: Option<&str>,
    ) -> Result<Self, Unreadable> {
        let mut bytes = start;
        rest.take(MAX_WORKBOOK + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_WORKBOOK {
            return Err(Unreadable::TooHeavy);
        }
        let workbook::Sheet { mut rows, epoch } = workbook::read(&bytes, sheet)?;
        let rest = rows.split_off(HEAD.min(rows.len()));
        let head = head::take(&mut rows, false, epoch).ok_or(Unreadable::Empty)?;
        let rest = head.fitting_all(rest)?;
        Self::below(head, Format::Xlsx, rows, Rest::Workbook(rest.into_iter()))
    }

    fn open_text(bytes: Box<dyn Read + 'a>) -> Result<Self, Unreadable> {
        let mut text = TextRows::open(bytes)?;
        let mut first = Vec::new();
        while first.len() < HEAD
            && let Some(row) = text.next_row()?
        {
            first.push(row);
        }
        let head = head::take(&mut first, true, Epoch::Y1900).ok_or(Unreadable::Empty)?;
        let format = Format::Csv { encoding: text.encoding(), separator: text.separator() };
        Self::below(head, format, first, Rest::Text(Box::new(text)))
    }

    fn below(head: Head, format: Format, first: Vec<Row>, rest: Rest<'a>) -> Result<Self, Unreadable> {
        if first.is_empty() {
            return Err(Unreadable::Empty);
        }
        let head = head.fitted()?;
        let first = head.fitting_all(first)?;
        Ok(Self { head, format, first: first.into_iter(), rest, given: 0, stopped: false })
    }

    /// Its headings, and what is above them.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What it is written in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Reads every row with a reader, and stops at what cannot be read.
    pub fn read(self, reader: &RowReader) -> impl Iterator<Item = Result<RowRead, Unreadable>> {
        self.map(|row| row.map(|row| reader.read(&row)))
    }

    fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        let row = match (self.first.next(), &mut self.rest) {
            (Some(row), _) => Some(row),
            (None, Rest::Text(rows)) => rows.next_row()?.map(|it| self.head.fitting(it)).transpose()?,
            (None, Rest::Workbook(rows)) => rows.next(),
        };
        if row.is_some() {
            self.given += 1;
            if self.given > MAX_ROWS {
                return Err(Unreadable::TooManyRows);
            }
        }
        Ok(row)
    }
}

impl Iterator for List<'_> {
    type Item = Result<Row, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stopped {
            return None;
        }
        let row = self.next_row().transpose();
        self.stopped = !matches!(row, Some(Ok(_)));
        row
    }
}

enum Container {
    Workbook,
    Text,
}

/// What the first bytes say of a file. A text holds no zero, unless it is written in two bytes per character.
fn container(start: &[u8]) -> Result<Container, Unreadable> {
    const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    if start.is_empty() {
        return Err(Unreadable::Empty);
    }
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Container::Workbook);
    }
    if start.starts_with(&OLE) {
        // A workbook that a password protects is in such an envelope too; it names what it holds, in two bytes per letter.
        let mark: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = start.windows(mark.len()).any(|it| it == mark);
        return Err(if locked {
            Unreadable::Protected
        } else {
            Unreadable::OtherWorkbook("Excel 97-2003 (.xls)")
        });
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    // Some tools give a page of HTML the name of a workbook.
    let other = [&b"%PDF"[..], b"{\\rtf", b"\x89PNG", b"<"].iter().any(|it| text.starts_with(it));
    if other || (start.contains(&0) && !encoding::is_utf_16(start)) {
        return Err(Unreadable::NotAList);
    }
    Ok(Container::Text)
}

#[cfg(test)]
mod tests;
