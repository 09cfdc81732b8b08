//! One row of a CSV, as spreadsheets and people really write them.
//!
//! The library reads it; one lone quote would let it take the rest of the file for one cell. So a row that is longer than
//! a person writes, or that written again would not be itself, is read again without quotes: a lone quote costs its row.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::limits::{MAX_CELL, MAX_LINES};

/// A row, and where the next one starts.
pub(super) struct Lexed {
    /// Its cells, without the quotes around them.
    pub(super) cells: Vec<String>,
    /// How many bytes it took, its end included.
    pub(super) length: usize,
    /// Whether one of its quotes never closes.
    pub(super) lone_quote: bool,
}

/// Reads rows whose cells are apart by one separator.
pub(super) struct Lexer {
    separator: u8,
    quoting: Reader,
    bare: Reader,
}

impl Lexer {
    pub(super) fn new(separator: u8) -> Self {
        let reader = |quoting| ReaderBuilder::new().delimiter(separator).quoting(quoting).build();
        Self { separator, quoting: reader(true), bare: reader(false) }
    }

    /// What is between two cells.
    pub(super) fn separator(&self) -> u8 {
        self.separator
    }

    /// Reads the first row of a text that holds it whole.
    pub(super) fn row(&mut self, text: &[u8]) -> Lexed {
        let first = line(text, 0);
        if text.first().is_none_or(|it| is_end(*it)) {
            // The library passes over an empty line, which counts as a row.
            return Lexed { cells: vec![String::new()], length: first, lone_quote: false };
        }
        let quoted = record(&mut self.quoting, text, MAX_LINES);
        let beyond = quoted.as_ref().is_none_or(|(_, length)| *length > first);
        if let Some((cells, length)) = quoted.filter(|it| self.is_whole(text, it)) {
            return Lexed { cells, length, lone_quote: false };
        }
        let (cells, length) = record(&mut self.bare, text, 1).unwrap_or_else(|| (Vec::new(), first));
        let open = |it: &String| it.starts_with('"') && within(it).is_none();
        let lone_quote = beyond || cells.iter().any(open);
        let cells = cells.into_iter().map(|it| within(&it).map(str::to_owned).unwrap_or(it)).collect();
        Lexed { cells, length, lone_quote }
    }

    /// Whether a record is as long as people write them, and is itself when written again.
    fn is_whole(&self, text: &[u8], (cells, length): &(Vec<String>, usize)) -> bool {
        cells.iter().all(|it| it.len() <= MAX_CELL)
            && text.get(..*length).is_some_and(|it| self.is_itself(it, cells))
    }

    /// Whether these cells are written like this: each as it is, or between quotes.
    fn is_itself(&self, mut row: &[u8], cells: &[String]) -> bool {
        if !row.contains(&b'"') {
            return true;
        }
        let ends = |rest: &[u8]| rest.first().is_none_or(|it| *it == self.separator || is_end(*it));
        cells.iter().all(|cell| {
            let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
            let as_written = |it: &str| row.strip_prefix(it.as_bytes()).filter(|rest| ends(rest));
            let rest = as_written(&quoted).or_else(|| as_written(cell));
            row = rest.map(|it| it.get(1..).unwrap_or_default()).unwrap_or_default();
            rest.is_some()
        })
    }
}

/// What is between the quotes of a cell that has one at each end, however those within were written.
fn within(cell: &str) -> Option<&str> {
    cell.strip_prefix('"')?.strip_suffix('"')
}

/// The first record and its length; `None` when it does not end within so many lines.
fn record(reader: &mut Reader, text: &[u8], lines: usize) -> Option<(Vec<String>, usize)> {
    reader.reset();
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    let (mut at, mut written, mut cells) = (0, 0, 0);
    for _ in 0..=lines {
        let end = line(text, at);
        bytes.resize(end, 0);
        ends.resize(end + 1, 0);
        // Given nothing more, the library ends the record: what is held is the end of the file.
        let (result, read, out, ended) =
            reader.read_record(text.get(at..end)?, bytes.get_mut(written..)?, ends.get_mut(cells..)?);
        (at, written, cells) = (at + read, written + out, cells + ended);
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => {
                let length = if at == 0 { 0 } else { line(text, at - 1).max(at) };
                return Some((split(&bytes, ends.get(..cells)?), length));
            }
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull | ReadRecordResult::End => {
                return None;
            }
        }
    }
    None
}

/// The cells that end at these places.
fn split(bytes: &[u8], ends: &[usize]) -> Vec<String> {
    let starts = std::iter::once(&0).chain(ends);
    let cell = |(start, end): (&usize, &usize)| bytes.get(*start..*end).unwrap_or_default();
    starts.zip(ends).map(|it| String::from_utf8_lossy(cell(it)).into_owned()).collect()
}

/// Where the line that holds this place ends, its end included.
fn line(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let Some(length) = rest.iter().position(|it| is_end(*it)) else { return text.len() };
    let both = rest.get(length..length + 2) == Some(b"\r\n");
    from + length + if both { 2 } else { 1 }
}

fn is_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(mut text: &str) -> Vec<(Vec<String>, bool)> {
        let (mut lexer, mut rows) = (Lexer::new(b';'), Vec::new());
        while !text.is_empty() {
            let read = lexer.row(text.as_bytes());
            text = &text[read.length..];
            rows.push((read.cells, read.lone_quote));
        }
        rows
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        rows(text).into_iter().map(|(cells, _)| cells).collect()
    }

    #[test]
    fn rows_end_as_each_system_ends_them() {
        assert_eq!(cells("a;b\r\nc;d\ne;f\rg;h"), [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]);
        assert_eq!(cells("a;;\n\n;b"), [vec!["a", "", ""], vec![""], vec!["", "b"]]);
    }

    #[test]
    fn a_quoted_cell_holds_separators_line_breaks_and_doubled_quotes() {
        assert_eq!(
            cells("\"Date de\nNaissance\";\"a;\"\"b\"\"\"\r\n\"\";x"),
            [["Date de\nNaissance", "a;\"b\""], ["", "x"]]
        );
    }

    #[test]
    fn a_quote_that_was_not_doubled_is_kept() {
        assert_eq!(
            rows("\"12 rue \"des lilas\", bât. B\";77000\n")[0],
            (vec!["12 rue \"des lilas\", bât. B".to_owned(), "77000".to_owned()], false)
        );
        assert_eq!(cells("a\"b;c")[0], ["a\"b", "c"]);
    }

    #[test]
    fn a_lone_quote_costs_its_row_and_not_the_file() {
        let read = rows("1;\"Dupont;Jean\n2;Martin;Zoé\n3;\"Durand;Luc\n4;Petit;Ana");
        let lone: Vec<bool> = read.iter().map(|(_, lone)| *lone).collect();
        assert_eq!(lone, [true, false, true, false]);
        assert_eq!(read[0].0, ["1", "\"Dupont", "Jean"]);
        assert_eq!(read[3].0, ["4", "Petit", "Ana"]);
        assert_eq!(rows("1;\"Dupont;Jean\n2;b")[1].0, ["2", "b"]);
    }

    #[test]
    fn a_quote_closed_too_far_is_a_lone_one() {
        let text = format!("\"a\n{}\"\n", "b\n".repeat(MAX_CELL));
        let read = Lexer::new(b';').row(text.as_bytes());
        assert!(read.lone_quote && read.length == 3);
        // However short its lines: each row of a file may look so far.
        for (lines, lone) in [(MAX_LINES - 1, false), (MAX_LINES + 1, true)] {
            let text = format!("\"a{}\"\n", "\"\"\n".repeat(lines));
            assert_eq!(Lexer::new(b';').row(text.as_bytes()).lone_quote, lone);
        }
    }
}
