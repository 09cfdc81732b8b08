//! One row of a list, read into what it tells of somebody, or into everything that is wrong with it.

use std::fmt;

use chrono::NaiveDate;
use contracts::border::Fault;
pub use contracts::imports::Told;
use domain::Territory;

use super::cell::{Cell, Row, letters};
use super::code;
use super::field::Field;
use super::head::Head;
use super::mapping::{Kind, Mapping, Problem};
use super::value::{Communes, Given};

mod told;

/// Reads rows, by a mapping that was settled.
pub struct RowReader {
    mapping: Mapping,
    kind: Kind,
    head: Head,
    communes: Communes,
    today: NaiveDate,
}

/// A row, as it was read.
#[derive(Debug)]
pub struct RowRead {
    /// Its number in the sheet.
    pub number: u32,
    /// What it tells, or all that is wrong with it, in the order of its columns.
    pub outcome: Result<Told, Vec<CellError>>,
    /// What was read all the same, and a person should look at.
    pub warnings: Vec<CellError>,
}

/// What is wrong with a cell, or with a whole row. It repeats no value of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The row, as the sheet numbers it.
    pub row: u32,
    /// The column, from zero; none for the whole row.
    pub column: Option<usize>,
    /// The heading of the column.
    pub heading: String,
    /// One of [`code`].
    pub code: &'static str,
    /// What to do, in French.
    pub detail: String,
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, heading, detail, .. } = self;
        match self.column {
            None => write!(f, "Ligne {row} : {detail}"),
            Some(column) if heading.is_empty() => write!(f, "{}{row} : {detail}", letters(column)),
            Some(column) => write!(f, "{}{row} ({heading}) : {detail}", letters(column)),
        }
    }
}

impl RowRead {
    /// Everything to tell of the row, in one French text; nothing when it is right.
    pub fn remarks(&self) -> String {
        let errors = self.outcome.as_ref().err().into_iter().flatten().map(ToString::to_string);
        let warnings = self.warnings.iter().map(|it| format!("À vérifier, {it}"));
        errors.chain(warnings).collect::<Vec<_>>().join(" | ")
    }
}

impl RowReader {
    /// A reader of the rows below these headings, for a territory, as of a day.
    pub fn new(
        head: &Head,
        mapping: Mapping,
        territory: Territory,
        today: NaiveDate,
    ) -> Result<Self, Vec<Problem>> {
        let kind = mapping.kind()?;
        Ok(Self { mapping, kind, head: head.clone(), communes: Communes::of(territory), today })
    }

    /// What its rows are.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Reads a row.
    pub fn read(&self, row: &Row) -> RowRead {
        let mut reading = Reading { by: self, row, errors: Vec::new(), warnings: Vec::new() };
        reading.look_at_shape();
        let told = if reading.errors.is_empty() { reading.told() } else { None };
        let Reading { mut errors, warnings, .. } = reading;
        errors.sort_by_key(|it| it.column);
        let outcome = match told {
            Some(told) if errors.is_empty() => Ok(told),
            Some(_) | None => Err(errors),
        };
        RowRead { number: row.number, outcome, warnings }
    }
}

/// A row while it is read: where its errors gather.
struct Reading<'a> {
    by: &'a RowReader,
    row: &'a Row,
    errors: Vec<CellError>,
    warnings: Vec<CellError>,
}

impl<'a> Reading<'a> {
    /// A row that lacks columns, or has too many, was cut or shifted: its cells are not where they seem.
    fn look_at_shape(&mut self) {
        let (found, expected) = (self.row.cells.len(), self.by.head.headings.len());
        let beyond = self.row.cells.iter().skip(expected).any(|it| Given::of(it).is_some());
        if self.row.lone_quote {
            let detail = "Un guillemet est ouvert dans cette ligne et n’est jamais refermé : retirez-le ou refermez-le.";
            self.refuse(None, Fault::new(code::FORMAT, detail));
        } else if self.by.head.counted && beyond {
            let detail = format!(
                "Cette ligne a {found} colonnes au lieu de {expected} : une valeur y contient sans doute le séparateur, \
                 mettez-la entre guillemets."
            );
            self.refuse(None, Fault::new(code::FORMAT, detail));
        } else if self.by.head.counted && found < expected {
            let plural = if found > 1 { "s" } else { "" };
            let detail = format!(
                "Cette ligne a {found} colonne{plural} au lieu de {expected} : un saut de ligne la coupe sans doute."
            );
            let fault = Fault::new(code::FORMAT, detail);
            if self.lacks_what_is_required() { self.refuse(None, fault) } else { self.warn(None, fault) }
        }
        let formulas = self.row.formulas.iter().filter(|it| self.by.mapping.field(**it).is_some());
        for column in formulas.copied().collect::<Vec<_>>() {
            let detail = match self.row.cell(column) {
                Cell::Broken => continue,
                Cell::Empty => {
                    "Cette cellule est une formule sans valeur enregistrée : ouvrez le fichier dans votre tableur et \
                     enregistrez-le de nouveau."
                }
                Cell::Text(_) | Cell::Number(_) | Cell::Date(_) | Cell::Truth(_) => {
                    "Cette cellule est une formule : la dernière valeur enregistrée a été lue."
                }
            };
            self.warn(Some(column), Fault::new(code::FORMAT, detail));
        }
    }

    fn lacks_what_is_required(&self) -> bool {
        let has = |field: &Field| self.columns(*field).any(|it| it < self.row.cells.len());
        match self.by.kind {
            Kind::People => ![Field::LastName, Field::FirstName, Field::BirthDate].iter().all(has),
            Kind::Contacts => !Mapping::NUMBERS.iter().any(has),
        }
    }

    fn columns(&self, field: Field) -> impl Iterator<Item = usize> + use<'a> {
        self.by.mapping.columns_of(field)
    }

    /// The cells of a field that hold something, each with its column.
    fn given(&self, field: Field) -> impl Iterator<Item = (usize, Given<'a>)> + use<'a> {
        let row = self.row;
        self.columns(field).filter_map(move |column| Some((column, Given::of(row.cell(column))?)))
    }

    /// The value of a field, when its cell holds one that is right.
    fn optional<T>(&mut self, field: Field, read: impl FnOnce(&Given<'_>) -> Result<T, Fault>) -> Option<T> {
        let (column, given) = self.given(field).next()?;
        self.told_by(column, given.sound().and_then(|it| read(&it)))
    }

    /// The value of a field that every row has.
    fn required<T>(&mut self, field: Field, read: impl FnOnce(&Given<'_>) -> Result<T, Fault>) -> Option<T> {
        if self.given(field).next().is_none() {
            let column = self.columns(field).next();
            let detail = format!("Cette cellule est vide : elle doit donner {}.", field.label());
            self.refuse(column, Fault::new(code::MISSING, detail));
            return None;
        }
        self.optional(field, read)
    }

    fn told_by<T>(&mut self, column: usize, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.refuse(Some(column), fault)).ok()
    }

    fn refuse(&mut self, column: Option<usize>, fault: Fault) {
        let error = self.error(column, fault);
        self.errors.push(error);
    }

    fn warn(&mut self, column: Option<usize>, fault: Fault) {
        let error = self.error(column, fault);
        self.warnings.push(error);
    }

    fn error(&self, column: Option<usize>, fault: Fault) -> CellError {
        let heading = column.map(|it| self.by.mapping.heading(it)).unwrap_or_default();
        CellError {
            row: self.row.number,
            column,
            heading,
            code: fault.code,
            detail: fault.detail.into_owned(),
        }
    }
}
