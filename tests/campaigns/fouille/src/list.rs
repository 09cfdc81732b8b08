//! The reader of lists: bytes, then every row, then the list given back annotated, which is read again.

use chrono::NaiveDate;
use domain::Territory;
use files::forge_list::{self, Style};
use files::list::{List, Mapping, Row, RowRead, RowReader, Unreadable};

mod back;

use crate::input::{Pieces, drawn, one_in, stretched};
use crate::workbook::folded;
use crate::{memory, violated, words};

/// What the reading of a text may hold: 0.6 MB of text, one row, and twenty when it starts.
const ALLOWED_TEXT: usize = 16 * 1024 * 1024;

/// What the reading of a workbook may hold: it holds all of it, unfolded.
const ALLOWED_WORKBOOK: usize = 64 * 1024 * 1024;

/// What a reading may leave behind: a library may keep what it made once, as that of telephones does.
const LEFT: usize = 256 * 1024;

fn territory() -> Territory {
    "77".parse().unwrap_or_else(|_| violated("77 n’est plus un territoire"))
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default()
}

/// Tries one input as a file that should be a text.
pub fn attempt_text(input: &[u8]) {
    let bytes = stretched(input);
    if bytes.starts_with(b"PK\x03\x04") {
        return attempt_workbook(input);
    }
    measured(&bytes, ALLOWED_TEXT);
    // Opening a list looks at its first rows in several ways, and costs more than reading it: not all is tried each time.
    match drawn(input, 8) % 4 {
        0 => same_in_pieces(&bytes),
        1 => back::attempt(&bytes, bytes.len()),
        _ => {}
    }
}

/// Tries one input as the bytes of a workbook.
pub fn attempt_workbook(input: &[u8]) {
    measured(input, ALLOWED_WORKBOOK);
    if one_in(4, input, 8) {
        back::attempt(input, input.len());
    }
}

/// Tries one input as the parts of a workbook.
pub fn attempt_parts(input: &[u8]) {
    let parts = stretched(input);
    let bytes = folded(&parts, one_in(4, input, 5));
    measured(&bytes, ALLOWED_WORKBOOK);
    if one_in(16, input, 6) {
        by_name(&bytes);
    }
    if one_in(4, input, 8) {
        back::attempt(&bytes, parts.len());
    }
}

/// Asks for a sheet by its name.
fn by_name(bytes: &[u8]) {
    for name in ["Liste", "feuil1", ""] {
        if let Err(error) = List::open(bytes, Some(name)) {
            words::told(&error.sentence());
        }
    }
}

/// Reads all of a list within what it may hold.
fn measured(bytes: &[u8], allowed: usize) {
    let before = memory::held();
    memory::bounded(allowed, || read(bytes));
    if memory::held() > before + LEFT {
        violated(&format!("la lecture laisse {} octets derrière elle", memory::held() - before));
    }
}

/// Reads every row, and holds none.
fn read(bytes: &[u8]) {
    let Some(mut list) = opened(bytes) else { return };
    let reader = reader_of(&list);
    let mut number = 0;
    for row in list.by_ref() {
        match row {
            Ok(row) => {
                if row.number <= number {
                    violated("les lignes ne se suivent pas");
                }
                number = row.number;
                if let Some(reader) = &reader {
                    judge(&row, &reader.read(&row));
                }
            }
            Err(error) => words::told(&error.sentence()),
        }
    }
    if list.next().is_some() {
        violated("une liste finie donne encore quelque chose");
    }
}

/// The list, when it can be opened.
fn opened(bytes: &[u8]) -> Option<List<'_>> {
    match List::open(bytes, None) {
        Ok(list) => Some(list),
        Err(error) => {
            words::told(&error.sentence());
            None
        }
    }
}

/// What reads its rows, when its headings say enough.
fn reader_of(list: &List<'_>) -> Option<RowReader> {
    let mapping = Mapping::guess(&list.head().headings);
    match RowReader::new(list.head(), mapping, territory(), today()) {
        Ok(reader) => Some(reader),
        Err(problems) => {
            if problems.is_empty() {
                violated("une liste refusée sans dire pourquoi");
            }
            for it in &problems {
                words::code(it.code);
                words::told_at_length(&it.detail);
            }
            None
        }
    }
}

fn judge(row: &Row, read: &RowRead) {
    if read.number != row.number {
        violated("une ligne a changé de numéro");
    }
    let errors = read.outcome.as_ref().err();
    if errors.is_some_and(Vec::is_empty) {
        violated("une ligne refusée sans dire pourquoi");
    }
    for it in errors.into_iter().flatten().chain(&read.warnings) {
        words::code(it.code);
        words::told(&it.detail);
        words::told(&it.to_string());
    }
}

/// Reads the same bytes at once and in pieces: the same headings, the same rows, then the same end.
fn same_in_pieces(bytes: &[u8]) {
    let (mut whole, mut pieces) = match (List::open(bytes, None), List::open(Pieces::of(bytes), None)) {
        (Ok(whole), Ok(pieces)) => (whole, pieces),
        (Err(one), Err(other)) if same(&one, &other) => return,
        _ => violated("le même début, reçu par morceaux, est lu autrement"),
    };
    if !same_head(&whole, &pieces) {
        violated("les intitulés, reçus par morceaux, sont lus autrement");
    }
    loop {
        match (whole.next(), pieces.next()) {
            (Some(Ok(one)), Some(Ok(other))) if one == other => {}
            (None, None) => return,
            (Some(Err(one)), Some(Err(other))) if same(&one, &other) => return,
            _ => violated("les mêmes octets, reçus par morceaux, sont lus autrement"),
        }
    }
}

fn same(one: &Unreadable, other: &Unreadable) -> bool {
    one.sentence() == other.sentence()
}

fn same_head(one: &List<'_>, other: &List<'_>) -> bool {
    let (head, also) = (one.head(), other.head());
    one.format() == other.format()
        && (head.number, &head.above, &head.headings, head.epoch)
            == (also.number, &also.above, &also.headings, also.epoch)
}

/// A list of so many rows.
pub fn forged(style: Style, workbook: bool, rows: u32, seed: u64) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let written = if workbook {
        forge_list::xlsx(style, rows, seed, &mut bytes).is_ok()
    } else {
        forge_list::csv(style, rows, seed, &mut bytes).is_ok()
    };
    if !written {
        violated("une liste fictive ne s’écrit pas");
    }
    bytes.into_inner()
}

/// Reads lists that are right, so that what is made once is made.
pub fn warm_up() {
    for style in Style::ALL {
        for workbook in [false, true] {
            let bytes = forged(style, workbook, 60, 1);
            read(&bytes);
            back::attempt(&bytes, bytes.len());
        }
    }
}
