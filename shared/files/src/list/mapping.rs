//! Which column tells what: guessed from the headings, corrected by a person, kept for the next file of the source.

use std::fmt;

use super::cell::letters;
use super::field::{Field, Known};
use super::limits::MAX_HEADING;
use super::words::{key, trimmed};

/// What each column of a list tells. It prints no heading: a list without any has a person's values in their place.
#[derive(Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<Column>,
}

#[derive(Clone, PartialEq, Eq)]
struct Column {
    heading: String,
    field: Option<Field>,
}

/// What the rows of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People: each has a name and a birth date.
    People,
    /// Contacts of people who are known by a number already: the list has no birth dates.
    Contacts,
}

/// Why a mapping cannot be used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `champ_absent` or `champ_en_double`.
    pub code: &'static str,
    /// The field.
    pub field: Field,
    /// The columns, from zero, that tell it; none when it is missing.
    pub columns: Vec<usize>,
    /// What to do, in French.
    pub detail: String,
}

/// What a kept mapping says of a column that a person chose to leave aside.
const LEFT_ASIDE: &str = "ignore";

impl Mapping {
    /// The numbers by which somebody is known without a birth date.
    pub const NUMBERS: [Field; 5] =
        [Field::Nir, Field::CafNumber, Field::RsaApplication, Field::InternalId, Field::FranceTravailId];

    /// What the headings mean, as far as they are known.
    pub fn guess(headings: &[String]) -> Self {
        let column = |heading: &String| Column {
            heading: trimmed(heading).to_owned(),
            field: match Known::of(heading) {
                Some(Known::Field(field)) => Some(field),
                Some(Known::Left) | None => None,
            },
        };
        Self { columns: headings.iter().map(column).collect() }
    }

    /// A mapping kept with [`Mapping::to_pairs`], for headings that may have moved; the new ones are guessed.
    pub fn from_pairs<'a>(headings: &[String], pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut kept: Vec<(&str, &str)> = pairs.into_iter().collect();
        let mut mapping = Self::guess(headings);
        for column in &mut mapping.columns {
            let heading = key(&column.heading);
            let Some(at) = kept.iter().position(|(it, _)| *it == heading) else { continue };
            // Of two columns with one heading, the first takes the first pair.
            let (_, code) = kept.remove(at);
            column.field = if code == LEFT_ASIDE { None } else { Field::from_code(code).or(column.field) };
        }
        mapping
    }

    /// The pairs that keep it: a heading in its plain form, and the code of a field or `ignore`.
    pub fn to_pairs(&self) -> Vec<(String, &'static str)> {
        let named = self.columns.iter().filter(|it| !key(&it.heading).is_empty());
        named.map(|it| (key(&it.heading), it.field.map_or(LEFT_ASIDE, Field::code))).collect()
    }

    /// Says what a column tells; nothing happens beyond the last one.
    pub fn set(&mut self, column: usize, field: Option<Field>) {
        if let Some(column) = self.columns.get_mut(column) {
            column.field = field;
        }
    }

    /// What a column tells.
    pub fn field(&self, column: usize) -> Option<Field> {
        self.columns.get(column)?.field
    }

    /// The columns that tell a field, in their order.
    pub fn columns_of(&self, field: Field) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |(_, it)| it.field == Some(field)).map(|(at, _)| at)
    }

    /// The columns whose heading means nothing here: a person may say what they tell.
    pub fn unknown(&self) -> Vec<usize> {
        let unknown = |(at, column): (usize, &Column)| {
            let named = !key(&column.heading).is_empty();
            (named && column.field.is_none() && Known::of(&column.heading).is_none()).then_some(at)
        };
        self.columns.iter().enumerate().filter_map(unknown).collect()
    }

    /// A column as people name it: its letter and its heading.
    pub fn named(&self, column: usize) -> String {
        let heading = self.heading(column);
        if heading.is_empty() { letters(column) } else { format!("{} ({heading})", letters(column)) }
    }

    /// The heading of a column, on one line and no longer than one: what is told of each row repeats it.
    pub(super) fn heading(&self, column: usize) -> String {
        let heading = self.columns.get(column).map_or("", |it| it.heading.as_str());
        let start = heading.get(..heading.floor_char_boundary(MAX_HEADING)).unwrap_or_default();
        let words = start.split(|it: char| it.is_whitespace() || it.is_control()).filter(|it| !it.is_empty());
        let mut line = words.collect::<Vec<_>>().join(" ");
        if start.len() < heading.len() {
            line.push('…');
        }
        line
    }

    /// What the rows are, or all that must be settled before they are read.
    pub fn kind(&self) -> Result<Kind, Vec<Problem>> {
        let mut problems: Vec<Problem> = Field::ALL.iter().filter_map(|it| self.told_twice(*it)).collect();
        let has = |field: Field| self.columns_of(field).next().is_some();
        let kind = if !has(Field::BirthDate) && Self::NUMBERS.into_iter().any(has) {
            Kind::Contacts
        } else {
            Kind::People
        };
        if kind == Kind::People {
            let required = [Field::LastName, Field::FirstName, Field::BirthDate];
            problems.extend(required.into_iter().filter(|it| !has(*it)).map(missing));
        }
        problems.extend(self.half_under_way());
        if problems.is_empty() { Ok(kind) } else { Err(problems) }
    }

    fn told_twice(&self, field: Field) -> Option<Problem> {
        let columns: Vec<usize> = self.columns_of(field).collect();
        if columns.len() < 2 || field.takes_several() {
            return None;
        }
        let named: Vec<String> = columns.iter().map(|it| self.named(*it)).collect();
        let detail = format!(
            "Plusieurs colonnes donnent {} : {}. Gardez-en une et laissez les autres de côté.",
            field.label(),
            named.join(", ")
        );
        Some(Problem { code: super::code::DUPLICATE_FIELD, field, columns, detail })
    }

    /// An accompaniment under way has a parcours, an organism and a day: a référent or a contract alone is not one, and
    /// neither is a lone date, which other tools give for what never was decided.
    fn half_under_way(&self) -> Vec<Problem> {
        let needed = [Field::Parcours, Field::Organisme, Field::DecidedOn];
        let (told, absent): (Vec<Field>, Vec<Field>) =
            needed.into_iter().partition(|it| self.columns_of(*it).next().is_some());
        if told.len() < 2 { Vec::new() } else { absent.into_iter().map(half).collect() }
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.columns.iter().map(|it| it.field)).finish()
    }
}

fn missing(field: Field) -> Problem {
    let examples: Vec<String> = field.headings().iter().take(2).map(|it| format!("« {it} »")).collect();
    let detail = format!(
        "Aucune colonne ne donne {} : ajoutez-la avec un intitulé comme {}, ou dites quelle colonne la donne.",
        field.label(),
        examples.join(" ou ")
    );
    Problem { code: super::code::MISSING, field, columns: Vec::new(), detail }
}

fn half(field: Field) -> Problem {
    let detail = format!(
        "Pour reprendre les accompagnements en cours, il manque {} : ajoutez une colonne « {} », ou laissez de côté \
         celles du parcours, de l’organisme et de la date d’orientation.",
        field.label(),
        field.headings().first().copied().unwrap_or_default()
    );
    Problem { code: super::code::MISSING, field, columns: Vec::new(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(of: &[&str]) -> Vec<String> {
        of.iter().map(|it| (*it).to_owned()).collect()
    }

    fn told(mapping: &Mapping) -> Vec<Option<&'static str>> {
        (0..mapping.columns.len()).map(|it| mapping.field(it).map(Field::code)).collect()
    }

    #[test]
    fn the_headings_of_other_tools_are_guessed() {
        let mapping = Mapping::guess(&headings(&[
            "N° Allocataire",
            "Civilité",
            "Date de\nNaissance",
            "ID IODAS\t",
            "Adresses\nMails",
            "Signe astral",
            "",
        ]));
        let expected = [
            Some("numero_allocataire"),
            None,
            Some("date_naissance"),
            Some("identifiant_interne"),
            Some("courriel"),
        ];
        assert_eq!(told(&mapping)[..5], expected);
        assert_eq!(mapping.unknown(), [5]);
        assert_eq!(mapping.named(2), "C (Date de Naissance)");
        assert_eq!(Mapping::guess(&headings(&["Ad\u{1f}resse\u{0}"])).named(0), "A (Ad resse)");
        let extract = ["identifiant_gps", "nom", "prenom", "identifiant_local", "date_de_naissance", "nir"];
        assert_eq!(Mapping::guess(&headings(&extract)).kind(), Ok(Kind::People));
    }

    #[test]
    fn a_list_without_birth_dates_is_one_of_contacts_when_it_has_a_number() {
        assert_eq!(
            Mapping::guess(&headings(&["MATRICULE", "NOM RESPONSABLE DOSSIER"])).kind(),
            Ok(Kind::Contacts)
        );
        let problems = Mapping::guess(&headings(&["Nom", "Téléphone"])).kind().unwrap_err();
        let missing: Vec<Field> = problems.iter().map(|it| it.field).collect();
        assert_eq!(missing, [Field::FirstName, Field::BirthDate]);
    }

    #[test]
    fn all_that_must_be_settled_is_told_at_once_and_names_the_columns() {
        let mapping = Mapping::guess(&headings(&[
            "Nom",
            "Email",
            "Nom d’usage",
            "Mail",
            "Parcours",
            "Date d’orientation",
        ]));
        let problems = mapping.kind().unwrap_err();
        let details: Vec<&str> = problems.iter().map(|it| it.detail.as_str()).collect();
        assert_eq!(problems.len(), 5);
        assert!(details[0].contains("A (Nom), C (Nom d’usage)"), "{}", details[0]);
        assert_eq!(problems[1].columns, [1, 3]);
        assert!(details[4].contains("Organisme"), "{}", details[4]);
    }

    #[test]
    fn several_columns_may_give_an_address_or_telephones() {
        let of = ["Nom", "Prénom", "Né le", "Adresse 1", "Adresse 2", "Téléphone 1", "Téléphone 2"];
        assert_eq!(Mapping::guess(&headings(&of)).kind(), Ok(Kind::People));
    }

    #[test]
    fn a_mapping_is_kept_and_comes_back_for_headings_that_moved() {
        let mut mapping =
            Mapping::guess(&headings(&["Nom", "Prénom", "Jour", "Nom d’usage", "Observations"]));
        mapping.set(0, Some(Field::BirthName));
        mapping.set(2, Some(Field::BirthDate));
        mapping.set(99, Some(Field::Nir));
        let pairs = mapping.to_pairs();
        assert_eq!(pairs[2], ("jour".to_owned(), "date_naissance"));
        assert_eq!(pairs[4], ("observations".to_owned(), "ignore"));
        let kept = pairs.iter().map(|(heading, code)| (heading.as_str(), *code));
        let moved = Mapping::from_pairs(&headings(&["JOUR", "Ville", "NOM", "prenom", "nom d'usage"]), kept);
        let expected = ["date_naissance", "ville", "nom_naissance", "prenom", "nom"].map(Some);
        assert_eq!(told(&moved), expected);
    }

    #[test]
    fn a_kept_code_that_no_longer_exists_is_guessed_again() {
        let mapping = Mapping::from_pairs(&headings(&["Nom"]), [("nom", "signe_astral")]);
        assert_eq!(told(&mapping), [Some("nom")]);
    }
}
