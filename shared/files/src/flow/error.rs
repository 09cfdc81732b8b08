//! What is wrong with a file, with a household of it, or with one value that could be left out.
//!
//! No error repeats a person's value: only the path of an element, and a code or a name that is short and printable.

use std::fmt::{self, Write as _};
use std::io;

/// How many faults of one household are told; beyond, the household is of another structure altogether.
pub const MAX_FINDINGS: usize = 50;

/// Where something is in the file, counted in what was received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line, from 1. Many flows are a single line.
    pub line: u64,
    /// The byte, from 0.
    pub byte: u64,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ligne {}, octet {}", self.line, self.byte)
    }
}

/// A file that is refused as a whole: nothing of it may be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is refused at line {}, byte {}", at.line, at.byte)]
pub struct FileError {
    /// Where the reading stopped.
    pub at: Spot,
    /// Why.
    pub fault: FileFault,
}

/// Why a file is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// The reading failed: the file itself may be right.
    Interrupted(io::ErrorKind),
    /// There is nothing in it.
    Empty,
    /// It does not start as XML does.
    NotXml,
    /// It says that it is in an encoding that is not read here; its name, when it can be shown.
    Encoding(Option<String>),
    /// It starts with the mark of UTF-8 and says that it is in another encoding.
    EncodingContradicted,
    /// Bytes mean nothing in the encoding that it says.
    Undecodable,
    /// It declares a document type, which may define entities without end.
    Doctype,
    /// A tag, a text or a comment never seems to end.
    EndlessToken,
    /// A household, or what stands between two households, never seems to end.
    EndlessBlock,
    /// Elements are nested without end.
    TooDeep,
    /// It is not well-formed XML.
    IllFormed,
    /// It ends before its end.
    Truncated,
    /// Its root is another element; its name, when it can be shown.
    Root(Option<String>),
    /// What it says of itself is not what a flow says.
    Header(Vec<Refusal>),
    /// An element stands where it cannot, outside the households.
    Misplaced(Option<String>),
    /// Words stand outside the households.
    StrayText,
    /// It has no count of what it transmits, or one that cannot be read.
    Closing(Vec<Refusal>),
    /// It does not hold as many households as it says.
    Count {
        /// How many it says.
        announced: u64,
        /// How many there are.
        read: u64,
    },
    /// It does not hold as many households in anomaly as it says.
    AnomalyCount {
        /// How many it says.
        announced: u64,
        /// How many there are.
        read: u64,
    },
    /// Something follows the end.
    AfterEnd,
}

impl FileError {
    /// What to tell whoever brought the file, in French.
    pub fn sentence(&self) -> String {
        format!("{} ({}). {}", self.what(), self.at, self.what_to_do())
    }

    fn what(&self) -> String {
        let shown =
            |name: &Option<String>| name.as_deref().map(|it| format!(" « {it} »")).unwrap_or_default();
        match &self.fault {
            FileFault::Interrupted(_) => "La lecture du fichier s’est interrompue".to_owned(),
            FileFault::Empty => "Ce fichier est vide".to_owned(),
            FileFault::NotXml => "Ce fichier n’est pas du XML".to_owned(),
            FileFault::Encoding(name) => {
                format!("Le codage de caractères{} qu’annonce ce fichier n’est pas lu ici", shown(name))
            }
            FileFault::EncodingContradicted => {
                "Ce fichier commence par la marque de l’UTF-8 et s’annonce dans un autre codage de caractères"
                    .to_owned()
            }
            FileFault::Undecodable => {
                "Des octets de ce fichier ne sont pas des caractères du codage qu’il annonce".to_owned()
            }
            FileFault::Doctype => {
                "Ce fichier déclare un type de document, ce qu’un flux ne fait pas".to_owned()
            }
            FileFault::EndlessToken => "Une balise ou une valeur de ce fichier est démesurée".to_owned(),
            FileFault::EndlessBlock => "Un foyer de ce fichier est démesuré".to_owned(),
            FileFault::TooDeep => "Les éléments de ce fichier sont trop imbriqués pour un flux".to_owned(),
            FileFault::IllFormed => "Ce fichier n’est pas du XML bien formé".to_owned(),
            FileFault::Truncated => "Ce fichier s’arrête avant sa fin".to_owned(),
            FileFault::Root(name) => {
                format!(
                    "Ce fichier n’est pas un flux VRSB0801 : sa racine{} n’est pas « Racine »",
                    shown(name)
                )
            }
            FileFault::Header(faults) => {
                format!("L’identification du flux ne convient pas, {}", first(faults))
            }
            FileFault::Misplaced(name) => {
                format!("Un élément{} n’est pas à sa place en dehors des foyers", shown(name))
            }
            FileFault::StrayText => "Du texte se trouve en dehors des foyers".to_owned(),
            FileFault::Closing(faults) => {
                format!("Le décompte final du flux ne convient pas, {}", first(faults))
            }
            FileFault::Count { announced, read } => {
                format!("Ce fichier annonce {announced} foyer(s) et en contient {read}")
            }
            FileFault::AnomalyCount { announced, read } => {
                format!("Ce fichier annonce {announced} foyer(s) en anomalie et en contient {read}")
            }
            FileFault::AfterEnd => "Quelque chose suit la fin du flux".to_owned(),
        }
    }

    fn what_to_do(&self) -> &'static str {
        match self.fault {
            FileFault::Interrupted(_) => "Rien n’a été retenu : recommencez.",
            FileFault::Empty | FileFault::Truncated => {
                "Rien n’a été retenu : transférez-le de nouveau, puis recommencez."
            }
            FileFault::Count { .. } | FileFault::AnomalyCount { .. } | FileFault::AfterEnd => {
                "Rien n’a été retenu : il a été coupé ou assemblé ; demandez-le de nouveau à l’organisme."
            }
            FileFault::Encoding(_) | FileFault::EncodingContradicted | FileFault::Undecodable => {
                "Rien n’a été retenu : reprenez le fichier d’origine, sans l’ouvrir ni l’enregistrer avec un autre logiciel."
            }
            FileFault::NotXml | FileFault::Root(_) | FileFault::Header(_) => {
                "Rien n’a été retenu : choisissez le flux RSA reçu de la CAF ou de la MSA, sans le modifier."
            }
            FileFault::Doctype
            | FileFault::EndlessToken
            | FileFault::EndlessBlock
            | FileFault::TooDeep
            | FileFault::IllFormed
            | FileFault::Misplaced(_)
            | FileFault::StrayText
            | FileFault::Closing(_) => {
                "Rien n’a été retenu : reprenez le fichier d’origine ou demandez-le de nouveau à l’organisme."
            }
        }
    }
}

/// The first fault, and how many others there are.
fn first(faults: &[Refusal]) -> String {
    let mut text = String::new();
    if let Some(fault) = faults.first() {
        let mut detail = fault.detail.trim_end_matches('.').chars();
        let start = detail.next().map(char::to_lowercase).into_iter().flatten();
        let detail: String = start.chain(detail).collect();
        let _ = write!(text, "à l’élément {} : {detail}", fault.path);
    }
    if faults.len() > 1 {
        let _ = write!(text, " (et {} autre(s) erreur(s))", faults.len() - 1);
    }
    text
}

/// Why a household is refused, and that household alone: one of its errors, which are all told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where in the household: `Personne[2]/Identification/DTNAI`; its own name when it is the household itself.
    pub path: String,
    /// What, in one stable word of `contracts::border::code` or of [`code`].
    pub code: &'static str,
    /// What is wrong, in French.
    pub detail: String,
}

/// A value that was left out, of a household that is read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where in the household: `Personne[2]/Identification/NIR`.
    pub path: String,
    /// What, in one stable word of `contracts::border::code` or of [`code`].
    pub code: &'static str,
    /// What was left out and why, in French.
    pub detail: String,
}

/// The codes that only files have; the others are those of `contracts::border::code`.
pub mod code {
    /// An element comes after one that it should precede.
    pub const ORDER: &str = "ordre";
    /// An element is there more often than it may be.
    pub const TOO_MANY: &str = "trop_de_fois";
    /// Words stand where only elements may.
    pub const STRAY_TEXT: &str = "texte_inattendu";
    /// The household has no applicant, or more than one, or more than one partner.
    pub const ADULTS: &str = "adultes";
    /// The address is not in France.
    pub const ABROAD: &str = "hors_de_france";
    /// The right is closed and nothing says when or why, or suspended and nothing says why.
    pub const MOTIVE_MISSING: &str = "motif_absent";
}

/// What is found while one household is read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) refusals: Vec<Refusal>,
    pub(super) warnings: Vec<Warning>,
}

impl Findings {
    /// The household cannot be read.
    pub(super) fn refuse(&mut self, path: String, code: &'static str, detail: impl Into<String>) {
        if self.refusals.len() < MAX_FINDINGS {
            self.refusals.push(Refusal { path, code, detail: detail.into() });
        }
    }

    /// A value is left out.
    pub(super) fn warn(&mut self, path: String, code: &'static str, detail: impl Into<String>) {
        if self.warnings.len() < MAX_FINDINGS {
            self.warnings.push(Warning { path, code, detail: detail.into() });
        }
    }
}
