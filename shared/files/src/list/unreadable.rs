//! Why a whole list cannot be read, told to whoever sent it.

use super::limits::{MAX_CELL, MAX_COLUMNS, MAX_ROWS};

/// Why a list is refused as a whole, or stops being read. It holds no value of a person.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The bytes could not be had.
    #[error("the list could not be read")]
    Io(#[from] std::io::Error),
    /// There is no row, or there are headings only.
    #[error("the list is empty")]
    Empty,
    /// Neither a workbook nor a text.
    #[error("the list is neither a workbook nor a text")]
    NotAList,
    /// A workbook of another kind: its name, as people know it.
    #[error("the list is a workbook of another kind")]
    OtherWorkbook(&'static str),
    /// A workbook that cannot be opened.
    #[error("the workbook is damaged")]
    Damaged,
    /// A workbook that a password protects.
    #[error("the workbook is protected by a password")]
    Protected,
    /// A workbook too heavy, once unfolded or before.
    #[error("the workbook is too heavy")]
    TooHeavy,
    /// There is no sheet of that name; the names that exist.
    #[error("the workbook has no sheet of that name")]
    NoSuchSheet(Vec<String>),
    /// More rows than are read.
    #[error("the list has too many rows")]
    TooManyRows,
    /// More columns than are read.
    #[error("row {row} of the list has too many columns")]
    TooManyColumns {
        /// The row.
        row: u32,
    },
    /// A cell longer than a sheet allows.
    #[error("a cell of row {row} is too long")]
    LongCell {
        /// The row.
        row: u32,
    },
    /// A row so long that its end must be missing.
    #[error("row {row} has no end")]
    LongRow {
        /// The row.
        row: u32,
    },
}

impl Unreadable {
    /// What to do, in French.
    pub fn sentence(&self) -> String {
        match self {
            Self::Io(_) => "La lecture du fichier s’est interrompue : envoyez-le de nouveau.".to_owned(),
            Self::Empty => {
                "Ce fichier ne contient aucune ligne sous ses intitulés : vérifiez que c’est le bon.".to_owned()
            }
            Self::NotAList => {
                "Ce fichier n’est ni un classeur Excel (.xlsx) ni un fichier CSV : ouvrez-le dans votre tableur \
                 et enregistrez-le au format « Classeur Excel (.xlsx) »."
                    .to_owned()
            }
            Self::OtherWorkbook(kind) => format!(
                "Ce fichier est au format {kind} : ouvrez-le dans votre tableur et enregistrez-le au format \
                 « Classeur Excel (.xlsx) »."
            ),
            Self::Damaged => {
                "Ce classeur est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau \
                 au format « Classeur Excel (.xlsx) », puis renvoyez-le."
                    .to_owned()
            }
            Self::Protected => {
                "Ce classeur est protégé par un mot de passe : retirez la protection, puis renvoyez-le.".to_owned()
            }
            Self::TooHeavy => {
                "Ce classeur est trop lourd : gardez la seule feuille utile, ou enregistrez-la au format CSV."
                    .to_owned()
            }
            Self::NoSuchSheet(names) => {
                format!("Ce classeur n’a pas de feuille de ce nom. Il a : {}.", names.join(", "))
            }
            Self::TooManyRows => {
                format!("Ce fichier a plus de {MAX_ROWS} lignes : coupez-le en plusieurs fichiers.")
            }
            Self::TooManyColumns { row } => {
                format!("La ligne {row} a plus de {MAX_COLUMNS} colonnes : gardez les seules colonnes utiles.")
            }
            Self::LongCell { row } => {
                format!("Une cellule de la ligne {row} dépasse {MAX_CELL} caractères : raccourcissez-la.")
            }
            Self::LongRow { row } => format!(
                "La ligne {row} n’a pas de fin : un guillemet ou un saut de ligne manque à cet endroit du fichier."
            ),
        }
    }
}
