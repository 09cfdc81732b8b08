//! Where the headings of a list are, and what is above them.

use std::collections::BTreeSet;
use std::fmt;

use super::cell::{Cell, Epoch, Row};
use super::field::Known;
use super::limits::MAX_COLUMNS;
use super::unreadable::Unreadable;
use super::words::key;

/// The headings of a list. It prints none: a list without headings has a person's values in their place.
#[derive(Clone)]
pub struct Head {
    /// The titles that people put above the headings.
    pub above: Vec<Row>,
    /// The row of the headings.
    pub number: u32,
    /// The headings, as they are written, from column A; those of empty cells are empty.
    pub headings: Vec<String>,
    /// Whether each row says how many columns it has, as in a CSV: one that lacks some was broken.
    pub counted: bool,
    /// How the list counts the dates that are mere numbers.
    pub epoch: Epoch,
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({}, …)", self.number)
    }
}

/// The heading of the column that is added to a list given back.
pub(super) const ANNOTATION: &str = "erreur";

impl Head {
    /// Whether the list was given back once: its last column is ours.
    pub(super) fn is_annotated(&self) -> bool {
        self.headings.last().is_some_and(|it| key(it) == ANNOTATION)
    }

    /// The head of a list that is no wider than one may be, as all that is above its headings.
    pub(super) fn fitted(mut self) -> Result<Self, Unreadable> {
        if self.headings.len() > self.most() {
            return Err(Unreadable::TooManyColumns { row: self.number });
        }
        let above = std::mem::take(&mut self.above);
        self.above = self.fitting_all(above)?;
        Ok(self)
    }

    /// These rows, each as [`fitting`](Self::fitting) gives it.
    pub(super) fn fitting_all(&self, rows: Vec<Row>) -> Result<Vec<Row>, Unreadable> {
        rows.into_iter().map(|row| self.fitting(row)).collect()
    }

    /// A row no wider than a list may be, its last empty cells left out.
    pub(super) fn fitting(&self, mut row: Row) -> Result<Row, Unreadable> {
        row.shorten(self.most());
        if row.cells.len() > self.most() {
            return Err(Unreadable::TooManyColumns { row: row.number });
        }
        Ok(row)
    }

    /// How many columns there may be: that which was added to the list is not its sender's.
    fn most(&self) -> usize {
        MAX_COLUMNS + usize::from(self.is_annotated())
    }
}

/// How well a row of headings is one: how many different headings it has that are known, then how many cells are
/// filled. A heading merged over several columns is one.
pub(super) fn score(row: &Row) -> (usize, usize) {
    let (mut known, mut filled) = (BTreeSet::new(), 0);
    for cell in row.cells.iter().map(Cell::written) {
        let key = key(&cell);
        if key.is_empty() {
            continue;
        }
        filled += 1;
        if Known::of_key(&cell, &key).is_some() {
            known.insert(key);
        }
    }
    (known.len(), filled)
}

/// Takes the head off the first rows of a list: the row with the most known headings, else the first; of two as good,
/// the upper. `None` when there is no row.
pub(super) fn take(first: &mut Vec<Row>, counted: bool, epoch: Epoch) -> Option<Head> {
    let known: Vec<usize> = first.iter().map(|it| score(it).0).collect();
    let most = known.iter().copied().max()?;
    let at = if most < 2 { 0 } else { known.iter().position(|it| *it == most)? };
    let mut above: Vec<Row> = first.drain(..=at).collect();
    let row = above.pop()?;
    let mut headings: Vec<String> = row.cells.iter().map(|it| it.written().into_owned()).collect();
    while headings.last().is_some_and(|it| super::words::trimmed(it).is_empty()) {
        headings.pop();
    }
    Some(Head { above, number: row.number, headings, counted, epoch })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, cells: &[&str]) -> Row {
        Row::new(number, cells.iter().map(|it| Cell::of_text(it)).collect())
    }

    #[test]
    fn the_headings_are_the_row_that_has_the_most_known_ones() {
        let mut rows = vec![
            row(1, &["Nom du fichier : liste"]),
            row(3, &["Nom", "Prénom", "Date de naissance (JJ/MM/AAAA)", "", " "]),
            row(4, &["Exemple", "Zoé", "25/05/1998"]),
        ];
        let head = take(&mut rows, true, Epoch::Y1900).unwrap();
        assert_eq!((head.number, head.above.len(), head.headings.len()), (3, 1, 3));
        assert_eq!(rows.len(), 1);
    }

    #[test]
    fn the_first_row_is_that_of_the_headings_when_none_is_known() {
        let mut rows = vec![row(2, &["x", "y"]), row(3, &["Nom", "z"])];
        let head = take(&mut rows, true, Epoch::Y1900).unwrap();
        assert_eq!(head.number, 2);
        assert_eq!(format!("{head:?}"), "Head(2, …)");
        assert!(take(&mut Vec::new(), true, Epoch::Y1900).is_none());
    }
}
