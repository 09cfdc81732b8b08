//! A list of another tool, row by row.

use std::collections::BTreeMap;
use std::io;

use chrono::NaiveDate;
use contracts::api::ColonneJson;
use contracts::imports::{LigneV1, QuelquunV1, RemarqueV1};
use domain::Territory;
use files::list::{CellError, Field, List, Mapping, RowRead, RowReader, letters};

use crate::line::{Facts, Read, Seen, twice};

/// What is known of a list before it is read.
pub(crate) struct Given {
    /// Who receives it.
    pub(crate) territory: Territory,
    /// The day on which it was received.
    pub(crate) today: NaiveDate,
    /// What a person said that its columns are read as, from the first.
    pub(crate) columns: Vec<ColonneJson>,
    /// The mapping that is remembered for its source.
    pub(crate) remembered: BTreeMap<String, String>,
}

/// Reads a list to its end. `tell` says whether anybody still listens.
pub(crate) fn read(bytes: impl io::Read, given: &Given, mut tell: impl FnMut(Read) -> bool) {
    let list = match List::open(bytes, None) {
        Ok(list) => list,
        Err(error) => {
            tell(Read::Refused(error.sentence()));
            return;
        }
    };
    let mapping = mapping(&list.head().headings, given);
    let pairs = mapping.to_pairs().into_iter().map(|(heading, code)| (heading, code.to_owned())).collect();
    let columns = columns(&list.head().headings, &mapping);
    let reader = match RowReader::new(list.head(), mapping, given.territory, given.today) {
        Ok(reader) => reader,
        Err(problems) => {
            let why: Vec<String> = problems.into_iter().map(|it| it.detail).collect();
            tell(Read::Columns(columns, why.join("\n")));
            return;
        }
    };
    let mut seen = Seen::default();
    for row in list.read(&reader) {
        match row {
            Ok(row) => {
                if !tell(Read::Line(line(row, &mut seen))) {
                    return;
                }
            }
            Err(error) => {
                tell(Read::Refused(error.sentence()));
                return;
            }
        }
    }
    // Names without a right are those of people whom a tool follows: their right is declared until a flow confirms it.
    tell(Read::End(Facts { as_of: None, declares: true, mapping: pairs }));
}

/// What a person said first, then what is remembered, then what the headings mean.
pub(crate) fn mapping(headings: &[String], given: &Given) -> Mapping {
    let kept = given.remembered.iter().map(|(heading, code)| (heading.as_str(), code.as_str()));
    let mut mapping = Mapping::from_pairs(headings, kept);
    for (index, column) in given.columns.iter().enumerate() {
        mapping.set(index, column.champ.as_deref().and_then(Field::from_code));
    }
    mapping
}

/// The columns, each under a title of its own: a person says by title what each is read as.
fn columns(headings: &[String], mapping: &Mapping) -> Vec<ColonneJson> {
    let mut columns: Vec<ColonneJson> = Vec::with_capacity(headings.len());
    for (index, heading) in headings.iter().enumerate() {
        let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        let twice = columns.iter().any(|it| it.titre == heading);
        let titre = if heading.is_empty() || twice {
            format!("{heading} (colonne {})", letters(index)).trim_start().to_owned()
        } else {
            heading
        };
        columns.push(ColonneJson { titre, champ: mapping.field(index).map(|it| it.code().to_owned()) });
    }
    columns
}

fn line(row: RowRead, seen: &mut Seen) -> LigneV1 {
    let rang = row.number;
    let alertes = row.warnings.iter().map(remark).collect();
    let (mut gens, mut refus) = (Vec::new(), Vec::new());
    match row.outcome {
        Err(errors) => refus.extend(errors.iter().map(remark)),
        Ok(told) => match seen.before(&told, rang) {
            None => gens.push(QuelquunV1::of(&told)),
            Some(first) => refus.push(twice("à la ligne", first)),
        },
    }
    LigneV1 { rang, gens, refus, alertes }
}

/// The sentence names the cell: it is all that is to be told.
fn remark(error: &CellError) -> RemarqueV1 {
    RemarqueV1 { ou: String::new(), code: error.code.to_owned(), detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use contracts::api::CHAMPS;

    use super::*;

    #[test]
    fn people_are_offered_the_fields_that_a_list_can_tell() {
        let fields: Vec<_> = Field::ALL.iter().map(|it| (it.code(), it.label())).collect();
        assert_eq!(CHAMPS, fields);
    }

    #[test]
    fn every_column_has_a_title_of_its_own() {
        let headings = ["Nom", "Date", "", "Date", " Date\n de  naissance ", ""].map(str::to_owned);
        let columns = columns(&headings, &Mapping::guess(&headings));
        let titles: Vec<&str> = columns.iter().map(|it| it.titre.as_str()).collect();
        assert_eq!(
            titles,
            ["Nom", "Date", "(colonne C)", "Date (colonne D)", "Date de naissance", "(colonne F)"]
        );
    }
}
