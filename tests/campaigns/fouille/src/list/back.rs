//! The list given back: it can be read again, as the same people at the same rows, and is never out of proportion.

use std::io::{self, Cursor, Write};

use files::list::annotate::{CsvFile, Unwritten, XlsxFile};
use files::list::{List, RowRead, RowReader};

use super::{ALLOWED_WORKBOOK, opened, reader_of};
use crate::input::one_in;
use crate::{memory, violated};

/// The longest list whose annotated form is kept and read again: beyond, it is only counted.
const SHORT: usize = 64 * 1024;

/// What may be written for a short list, and for each byte of one that is not.
const MOST: usize = 16 * 1024 * 1024;
const MOST_PER_BYTE: usize = 400;

/// Gives a list back and reads it again; `weight` is its length before it was folded.
pub(super) fn attempt(bytes: &[u8], weight: usize) {
    let Ok(list) = List::open(bytes, None) else { return };
    let Some(reader) = reader_of(&list) else { return };
    let workbook = bytes.starts_with(b"PK");
    if weight > SHORT {
        let most = MOST + weight * MOST_PER_BYTE;
        memory::bounded(ALLOWED_WORKBOOK, || drop(text(list, &reader, Counted { kept: None, left: most })));
        return;
    }
    // It comes back as what it was; now and then, as what it was not.
    let other = one_in(4, bytes, 7);
    let back = memory::bounded(ALLOWED_WORKBOOK, || {
        if workbook == other {
            text(list, &reader, Counted { kept: Some(Vec::new()), left: MOST })
        } else {
            sheet(list, &reader)
        }
    });
    if let Some(back) = back {
        same(bytes, &back, &reader);
    }
}

/// The annotated text; nothing when the list stops before its end.
fn text(list: List<'_>, reader: &RowReader, out: Counted) -> Option<Vec<u8>> {
    let mut file = written(CsvFile::start(out, list.head()));
    for row in list {
        let row = row.ok()?;
        written(file.write(&row, &reader.read(&row).remarks()));
    }
    written(file.finish()).kept
}

/// The annotated workbook; nothing when the list stops before its end.
fn sheet(list: List<'_>, reader: &RowReader) -> Option<Vec<u8>> {
    let mut file = written(XlsxFile::start(list.head()));
    for row in list {
        let row = row.ok()?;
        written(file.write(&row, &reader.read(&row).remarks()));
    }
    let mut out = Cursor::new(Vec::new());
    written(file.finish(&mut out));
    Some(out.into_inner())
}

fn written<T>(result: Result<T, Unwritten>) -> T {
    result.unwrap_or_else(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        violated(&format!("une liste lue ne peut être rendue : {error}, {cause}"))
    })
}

/// The rows of both, side by side: what was right is the same, and no row has moved.
fn same(bytes: &[u8], back: &[u8], reader: &RowReader) {
    let Some(list) = opened(bytes) else { return };
    let Ok(again) = List::open(back, None) else { violated("une liste rendue ne s’ouvre plus") };
    let Some(reader_again) = reader_of(&again) else {
        violated("une liste rendue n’a plus ses intitulés")
    };
    if list.head().number != again.head().number {
        violated("les intitulés d’une liste rendue ont bougé");
    }
    // A sheet may have cells beyond its headings, which are passed over; a text that has some was shifted.
    let (width, counted) = (list.head().headings.len(), list.head().counted || back.starts_with(b"PK"));
    let mut after = again;
    for row in list {
        let (Ok(row), Some(Ok(returned))) = (row, after.next()) else {
            violated("une liste rendue ne se lit plus entière")
        };
        if row.number != returned.number {
            violated(&format!("la ligne {} est devenue la ligne {}", row.number, returned.number));
        }
        if counted || row.cells.len() <= width {
            same_row(&reader.read(&row), &reader_again.read(&returned));
        }
    }
    if after.next().is_some() {
        violated("une liste rendue a une ligne de plus");
    }
}

/// What a row tells stays so; why it is wrong need not.
fn same_row(read: &RowRead, again: &RowRead) {
    if let Ok(told) = &read.outcome
        && again.outcome.as_ref() != Ok(told)
    {
        let (number, remarks) = (read.number, again.remarks());
        violated(&format!("la ligne {number}, qui était juste, est rendue autrement : {remarks}"));
    }
}

/// Counts what is written, and maybe keeps it.
struct Counted {
    kept: Option<Vec<u8>>,
    left: usize,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => self.left = left,
            None => violated("une liste rendue est démesurée"),
        }
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
