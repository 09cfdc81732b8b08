//! Lists of people who do not exist, written as other tools write theirs: drawn from a seed, the same each time.
//!
//! Their numbers were never issued: the month of their NIR is the thirteenth, and their telephones are among those that
//! the ARCEP keeps for fiction. They live in Seine-et-Marne.

use std::io::{self, Write};

use chrono::NaiveDate;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use crate::list::Told;

mod person;
use person::Person;

/// Whose headings a list has, and whose ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// rdv-insertion: dates that are mere numbers, NIR that are floats, telephones without their zero.
    RdvInsertion,
    /// Carnet de bord: dates of three forms.
    CarnetDeBord,
    /// The contacts that the CNAF sends: no birth dates.
    CnafContact,
    /// A stock of accompaniments to take over.
    Stock,
}

/// What a column of a style holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Nothing,
    Title,
    LastName,
    FirstName,
    Birth,
    CafNumber,
    Application,
    Internal,
    FranceTravail,
    Nir,
    Role,
    Phone,
    Email,
    Street,
    Postcode,
    City,
    PostcodeCity,
    Opened,
    Since,
    Parcours,
    Organisme,
    Decided,
    Referent,
    Contract,
}

type Columns = &'static [(&'static str, Holds)];

const RDV_INSERTION: Columns = &[
    ("N° Allocataire", Holds::CafNumber),
    ("Civilité", Holds::Title),
    ("Nom bénéficiaire", Holds::LastName),
    ("Prénom bénéficiaire", Holds::FirstName),
    ("Date de\nNaissance", Holds::Birth),
    ("Adresse", Holds::Street),
    ("CP Ville", Holds::PostcodeCity),
    ("Complément adresse", Holds::Nothing),
    ("Rôle", Holds::Role),
    ("ID IODAS\t", Holds::Internal),
    ("PA", Holds::Nothing),
    ("NIR", Holds::Nir),
    ("ID pôle Emploi", Holds::FranceTravail),
    ("Adresses\nMails", Holds::Email),
    ("N°\nTéléphones", Holds::Phone),
    ("Structure", Holds::Nothing),
    ("Tags", Holds::Nothing),
];

const CARNET_DE_BORD: Columns = &[
    ("Identifiant dans le SI*", Holds::Internal),
    ("Prénom*", Holds::FirstName),
    ("Nom*", Holds::LastName),
    ("Date de naissance*", Holds::Birth),
    ("NIR", Holds::Nir),
    ("Lieu de naissance", Holds::Nothing),
    ("Téléphone", Holds::Phone),
    ("Email", Holds::Email),
    ("Adresse", Holds::Street),
    ("Adresse (complément)", Holds::Nothing),
    ("Code postal", Holds::Postcode),
    ("Ville", Holds::City),
    ("Situation", Holds::Nothing),
    ("Numéro allocataire CAF/MSA", Holds::CafNumber),
    ("Identifiant Pôle emploi", Holds::FranceTravail),
    ("Structure", Holds::Nothing),
    ("Accompagnateurs", Holds::Nothing),
];

const CNAF_CONTACT: Columns = &[
    ("MATRICULE", Holds::CafNumber),
    ("ROLE PERSONNE", Holds::Role),
    ("TYPE PERSONNE", Holds::Title),
    ("NIR", Holds::Nir),
    ("NUMERO DEMANDE RSA", Holds::Application),
    ("DATE DEMANDE RSA", Holds::Opened),
    ("DATE DEBUT DROITS - DEVOIRS", Holds::Since),
    ("NOM RESPONSABLE DOSSIER", Holds::LastName),
    ("PRENOM RESPONSABLE DOSSIER", Holds::FirstName),
    ("NUMERO TELEPHONE DOSSIER", Holds::Phone),
    ("NUMERO TELEPHONE 2 DOSSIER", Holds::Nothing),
    ("ADRESSE ELECTRONIQUE DOSSIER", Holds::Email),
];

const STOCK: Columns = &[
    ("Identifiant interne", Holds::Internal),
    ("Nom", Holds::LastName),
    ("Prénom", Holds::FirstName),
    ("Date de naissance", Holds::Birth),
    ("NIR", Holds::Nir),
    ("Adresse", Holds::Street),
    ("Code postal", Holds::Postcode),
    ("Commune", Holds::City),
    ("Date d’ouverture des droits", Holds::Opened),
    ("Parcours", Holds::Parcours),
    ("Organisme", Holds::Organisme),
    ("Date d’orientation", Holds::Decided),
    ("Identifiant du référent", Holds::Referent),
    ("Date de contrat", Holds::Contract),
];

impl Style {
    /// Every style.
    pub const ALL: [Self; 4] = [Self::RdvInsertion, Self::CarnetDeBord, Self::CnafContact, Self::Stock];

    const fn columns(self) -> Columns {
        match self {
            Self::RdvInsertion => RDV_INSERTION,
            Self::CarnetDeBord => CARNET_DE_BORD,
            Self::CnafContact => CNAF_CONTACT,
            Self::Stock => STOCK,
        }
    }

    fn has(self, holds: Holds) -> bool {
        self.columns().iter().any(|(_, it)| *it == holds)
    }
}

/// What is read of each row of the list, in their order.
pub fn told(style: Style, rows: u32, seed: u64) -> impl Iterator<Item = Told> {
    (0..rows).filter_map(move |index| Person::draw(index, seed).told(style))
}

/// Writes the list as a CSV of that tool: semicolons, and everything that a spreadsheet spoils on the way.
pub fn csv(style: Style, rows: u32, seed: u64, out: impl Write) -> io::Result<()> {
    let mut file = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(io::BufWriter::new(out));
    file.write_record(style.columns().iter().map(|(heading, _)| heading))?;
    for index in 0..rows {
        let person = Person::draw(index, seed);
        file.write_record(style.columns().iter().map(|(_, it)| person.cell(style, *it).spoilt()))?;
    }
    file.flush()
}

/// Writes the list as a workbook, with the dates and numbers that such workbooks have.
pub fn xlsx(style: Style, rows: u32, seed: u64, out: impl Write + io::Seek + Send) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet();
    for (column, (heading, _)) in (0..).zip(style.columns()) {
        sheet.write_string(0, column, *heading)?;
    }
    for index in 0..rows {
        let person = Person::draw(index, seed);
        for (column, (_, holds)) in (0..).zip(style.columns()) {
            match person.cell(style, *holds) {
                Shown::Text(text) => sheet.write_string(index + 1, column, text)?,
                Shown::Number(number) => sheet.write_number(index + 1, column, number)?,
                Shown::Day(date) => {
                    let serial = ExcelDateTime::from_serial_datetime(f64::from(serial(date)))?;
                    sheet.write_datetime_with_format(index + 1, column, &serial, &day)?
                }
            };
        }
    }
    book.save_to_writer(out)
}

/// A cell, before a container spoils it or not.
enum Shown {
    Text(String),
    Number(f64),
    Day(NaiveDate),
}

impl Shown {
    fn spoilt(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) if number >= 1e12 => format!("{number:E}"),
            Self::Number(number) => number.to_string(),
            Self::Day(date) => serial(date).to_string(),
        }
    }
}

/// The number that a spreadsheet gives a day.
fn serial(date: NaiveDate) -> i32 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    i32::try_from(date.signed_duration_since(epoch).num_days()).unwrap_or_default()
}
