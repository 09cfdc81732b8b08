//! One row of a CSV, as spreadsheets and people really write them.
//!
//! A library would let one lone quote swallow the rest of the file, held whole. Here a quoted cell closes before a
//! separator or an end of line; one that does not close so is read again as an ordinary cell whose first character
//! is a quote: a lone quote costs its cell, at most its row.

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

/// Reads the first row of a text that holds it whole.
pub(super) fn row(text: &[u8], separator: u8) -> Lexed {
    let (mut cells, mut at, mut lone_quote) = (Vec::new(), 0, false);
    loop {
        // After a lone quote, the others of the row are ordinary too: what is read twice stays within bounds.
        let quoted = if lone_quote || text.get(at) != Some(&b'"') { None } else { Some(at) };
        let closed = quoted.map(|start| quoted_cell(text, start, separator));
        lone_quote |= matches!(closed, Some(None));
        let (cell, end) = closed.flatten().unwrap_or_else(|| bare_cell(text, at, separator));
        cells.push(cell);
        at = match (text.get(end), text.get(end + 1)) {
            (Some(byte), _) if *byte == separator => end + 1,
            (Some(b'\r'), Some(b'\n')) => return Lexed { cells, length: end + 2, lone_quote },
            (Some(_), _) => return Lexed { cells, length: end + 1, lone_quote },
            (None, _) => return Lexed { cells, length: end, lone_quote },
        };
    }
}

/// A cell up to the next separator or end of line.
fn bare_cell(text: &[u8], start: usize, separator: u8) -> (String, usize) {
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.iter().position(|it| is_end(*it, separator)).unwrap_or(rest.len());
    (owned(rest.get(..length).unwrap_or_default()), start + length)
}

/// A cell between quotes; `None` when its quote is a lone one.
fn quoted_cell(text: &[u8], start: usize, separator: u8) -> Option<(String, usize)> {
    let (mut value, mut at, mut lines) = (Vec::new(), start + 1, 0);
    loop {
        let byte = *text.get(at)?;
        at += 1;
        if byte == b'"' {
            match text.get(at) {
                None => return Some((owned(&value), at)),
                Some(next) if is_end(*next, separator) => return Some((owned(&value), at)),
                Some(b'"') => at += 1,
                // A quote inside a cell that forgot to double it; after an end of line, another row's instead.
                Some(_) if lines > 0 => return None,
                Some(_) => {}
            }
        }
        lines += usize::from(matches!(byte, b'\n' | b'\r'));
        value.push(byte);
        if value.len() > MAX_CELL || lines > MAX_LINES {
            return None;
        }
    }
}

fn is_end(byte: u8, separator: u8) -> bool {
    byte == separator || byte == b'\n' || byte == b'\r'
}

fn owned(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(mut text: &str) -> Vec<(Vec<String>, bool)> {
        let mut rows = Vec::new();
        while !text.is_empty() {
            let read = row(text.as_bytes(), b';');
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
        let read = row(text.as_bytes(), b';');
        assert!(read.lone_quote && read.length == 3);
        // However short its lines: each row of a file may look so far.
        for (lines, lone) in [(MAX_LINES - 1, false), (MAX_LINES + 1, true)] {
            let text = format!("\"a{}\"\n", "\"\"\n".repeat(lines));
            assert_eq!(row(text.as_bytes(), b';').lone_quote, lone);
        }
    }
}
