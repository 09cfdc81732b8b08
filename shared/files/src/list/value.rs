//! What people write in a cell, understood: each value comes out right, or says in French how to write it.
//!
//! No sentence repeats the value.

mod date;
mod figures;
mod known;
mod phone;
mod place;

use std::borrow::Cow;

use contracts::api::Email;
use contracts::border::{self, Fault};

pub(super) use date::{birth, date, past};
pub(super) use figures::{caf_number, france_travail_id, identifier, nir};
pub(super) use known::{children, organisme, parcours, referent, right_state, role, truth};
pub(super) use phone::phones;
pub(super) use place::{Communes, Written, insee, postcode, postcode_and_city};

use super::cell::Cell;
use super::code;
use super::words::trimmed;

/// A cell that holds something, and its text without what is around it.
pub(super) struct Given<'a> {
    pub(super) cell: &'a Cell,
    pub(super) text: Cow<'a, str>,
}

/// What a formula starts with. A text that starts so is written after an apostrophe, which is no part of it.
pub(super) const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\0'];

impl<'a> Given<'a> {
    /// The cell, when there is something to understand in it.
    pub(super) fn of(cell: &'a Cell) -> Option<Self> {
        let text = match cell.written() {
            Cow::Borrowed(text) => Cow::Borrowed(bare(text)),
            Cow::Owned(text) => Cow::Owned(bare(&text).to_owned()),
        };
        (!text.is_empty()).then_some(Self { cell, text })
    }

    /// The cell, unless nothing can be understood of it.
    pub(super) fn sound(self) -> Result<Self, Fault> {
        if *self.cell == Cell::Broken {
            let detail = "Cette formule ne donne pas de résultat : remplacez-la par sa valeur.";
            return Err(Fault::new(code::FORMAT, detail));
        }
        if self.text.contains('\u{fffd}') {
            let detail = "Cette cellule contient un caractère illisible : enregistrez le fichier au format « CSV UTF-8 » \
                          ou « Classeur Excel (.xlsx) », et saisissez-la de nouveau.";
            return Err(Fault::new(code::CHARACTERS, detail));
        }
        Ok(self)
    }
}

fn bare(text: &str) -> &str {
    trimmed(text.strip_prefix('\'').filter(|it| it.starts_with(FORMULA)).unwrap_or(text))
}

/// A person's name, its blanks brought to one space.
pub(super) fn name(given: &Given<'_>) -> Result<String, Fault> {
    border::name(&given.text.split(' ').filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "))
}

/// An e-mail address.
pub(super) fn email(given: &Given<'_>) -> Result<Email, Fault> {
    Email::parse(given.text.strip_prefix("mailto:").unwrap_or(&given.text))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Reads a text as a cell that holds it.
    pub(in super::super) fn read<T>(
        text: &str,
        read: impl Fn(&Given<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let cell = Cell::of_text(text);
        read(&Given::of(&cell).unwrap().sound()?)
    }

    #[test]
    fn blanks_and_the_apostrophe_of_a_formula_are_no_part_of_a_value() {
        let text = |it: &str| Given::of(&Cell::of_text(it)).map(|it| it.text.into_owned());
        assert_eq!(text(" \u{a0}Zoé\t").as_deref(), Some("Zoé"));
        assert_eq!(text("'+33639980001").as_deref(), Some("+33639980001"));
        assert_eq!(text("'t Hooft").as_deref(), Some("'t Hooft"));
        assert_eq!(text(" \u{feff} "), None);
        assert_eq!(text("'=").as_deref(), Some("="));
        assert_eq!(text("\t'=").as_deref(), Some("'="));
    }

    #[test]
    fn a_name_keeps_its_letters_and_loses_its_double_spaces() {
        assert_eq!(read("EXEMPLE   DE  LA", name).as_deref(), Ok("EXEMPLE DE LA"));
        assert_eq!(read("Zo\u{fffd}", name).unwrap_err().code, code::CHARACTERS);
        assert_eq!(read("D2", name).unwrap_err().code, code::CHARACTERS);
        assert_eq!(Given::of(&Cell::Broken).unwrap().sound().err().unwrap().code, code::FORMAT);
    }

    #[test]
    fn an_address_is_read_without_the_link_before_it() {
        assert_eq!(read(" mailto:Zoe@Exemple.FR ", email).unwrap().as_str(), "Zoe@exemple.fr");
        assert!(read("zoe chez exemple", email).is_err());
    }
}
