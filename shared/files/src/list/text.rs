//! Rows of a CSV, read as they come: what is held never grows with the file.

use std::io::Read;

use super::cell::{Cell, Row};
use super::encoding::Decoded;
use super::head;
use super::lex::{Lexed, Lexer};
use super::limits::{HEAD, MAX_CELL, MAX_ROW, WIDEST};
use super::unreadable::Unreadable;

/// The rows of a CSV that have something in them.
pub(super) struct TextRows<R> {
    source: Decoded<R>,
    text: Vec<u8>,
    at: usize,
    lexer: Lexer,
    number: u32,
    ended: bool,
}

impl<R: Read> TextRows<R> {
    pub(super) fn open(bytes: R) -> Result<Self, Unreadable> {
        let source = Decoded::new(bytes);
        let lexer = Lexer::new(b';');
        let mut rows = Self { source, text: Vec::new(), at: 0, lexer, number: 0, ended: false };
        rows.fill()?;
        rows.at = told_separator(&rows.text);
        rows.lexer = Lexer::new(best_separator(rows.text.get(rows.at..).unwrap_or_default()));
        Ok(rows)
    }

    /// The name of the encoding.
    pub(super) fn encoding(&self) -> &'static str {
        self.source.encoding()
    }

    /// The character between two cells.
    pub(super) fn separator(&self) -> char {
        char::from(self.lexer.separator())
    }

    /// The next row that is not empty.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        loop {
            self.fill()?;
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(None);
            }
            let lexed = self.lexer.row(rest);
            self.number = self.number.saturating_add(1);
            self.at += lexed.length;
            let row = checked(&lexed, self.number)?;
            if !row.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    /// Reads ahead: a row, and what a quote in it may look at, are whole in what is held.
    fn fill(&mut self) -> Result<(), Unreadable> {
        const AHEAD: usize = MAX_ROW + 2 * MAX_CELL;
        if self.ended || self.text.len() - self.at >= AHEAD {
            return Ok(());
        }
        self.text.drain(..self.at);
        self.at = 0;
        while !self.ended && self.text.len() < AHEAD {
            self.ended = !self.source.more(&mut self.text)?;
        }
        Ok(())
    }
}

fn checked(lexed: &Lexed, number: u32) -> Result<Row, Unreadable> {
    if lexed.length > MAX_ROW {
        return Err(Unreadable::LongRow { row: number });
    }
    if lexed.cells.iter().any(|it| it.len() > MAX_CELL) {
        return Err(Unreadable::LongCell { row: number });
    }
    let cells = lexed.cells.iter().map(|it| Cell::of_text(it)).collect();
    let mut row = Row { lone_quote: lexed.lone_quote, ..Row::new(number, cells) };
    row.shorten(WIDEST);
    if row.cells.len() > WIDEST {
        return Err(Unreadable::TooManyColumns { row: number });
    }
    Ok(row)
}

/// The length of a first line `sep=;`, which tells Excel the separator and is no row of the sheet.
fn told_separator(text: &[u8]) -> usize {
    match text {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', b';' | b',' | b'\t', rest @ ..] => match rest {
            [b'\r', b'\n', ..] => 7,
            [b'\r' | b'\n', ..] => 6,
            _ => 0,
        },
        _ => 0,
    }
}

/// The separator that gives the best headings; of several as good, the first of these.
fn best_separator(text: &[u8]) -> u8 {
    let best = |separator: u8| {
        let (mut lexer, mut at, mut best) = (Lexer::new(separator), 0, (0, 0));
        for _ in 0..HEAD {
            let read = lexer.row(text.get(at..).unwrap_or_default());
            at += read.length;
            // A quote that closes before another character closes before another separator.
            if read.lone_quote {
                continue;
            }
            let cells = read.cells.iter().map(|it| Cell::of_text(it)).collect();
            best = best.max(head::score(&Row::new(0, cells)));
        }
        best
    };
    let mut chosen = (b';', best(b';'));
    for other in [b'\t', b','] {
        let score = best(other);
        if score > chosen.1 {
            chosen = (other, score);
        }
    }
    chosen.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (char, Vec<(u32, usize)>) {
        let mut rows = TextRows::open(text.as_bytes()).unwrap();
        let mut read = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            read.push((row.number, row.cells.len()));
        }
        (rows.separator(), read)
    }

    #[test]
    fn the_separator_is_that_of_the_headings_whatever_the_values_hold() {
        assert_eq!(read("Nom;Prénom\nA,B,C,D;E\n").0, ';');
        assert_eq!(read("Nom,Prénom\nA;B;C;D,E\n").0, ',');
        assert_eq!(read("Nom\tPrénom\nA;B;C;D\tE,F,G\n").0, '\t');
        assert_eq!(read("\"Nom, prénom, etc.\";Né le\n").0, ';');
        assert_eq!(read("Nom\n").0, ';');
    }

    #[test]
    fn the_line_that_tells_excel_the_separator_is_no_row() {
        assert_eq!(read("sep=;\r\nNom;Prénom\r\n"), (';', vec![(1, 2)]));
        assert_eq!(read("SEP=,\nNom,Prénom\n"), (',', vec![(1, 2)]));
        assert_eq!(read("sep=;"), (';', vec![(1, 2)]));
    }

    #[test]
    fn empty_rows_are_counted_and_not_given() {
        assert_eq!(read("\n\nNom;Prénom\n ; \n\nA;B").1, [(3, 2), (6, 2)]);
    }
}
