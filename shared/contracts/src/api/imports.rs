//! Imports of files, as they are shown.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::redacted;
use crate::codes::code_enum;

code_enum! {
    /// What a file is.
    pub ImportNature { Flux = "flux", Liste = "liste" }
}

code_enum! {
    /// How far an import is: received, read and its columns to be settled by a person, refused whole, being applied,
    /// applied.
    pub ImportEtat {
        Recu = "recu", APreciser = "a_preciser", Refuse = "refuse", EnCours = "en_cours", Termine = "termine",
    }
}

/// An import.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportJson {
    /// Which.
    pub import: Uuid,
    /// How far it is.
    pub etat: ImportEtat,
    /// What the file is.
    pub nature: ImportNature,
    /// The tool that a list comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The name of the file.
    pub nom: String,
    /// Its SHA-256.
    pub empreinte: String,
    /// Who gave it.
    pub par: String,
    /// When.
    pub le: DateTime<Utc>,
    /// The day on which the département received it: the legal clock of those whom it brings in starts on it.
    pub recu_le: NaiveDate,
    /// Whether nothing is written.
    pub a_blanc: bool,
    /// How much of it is done.
    pub avancement: AvancementJson,
    /// What became of its lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bilan: Option<BilanJson>,
    /// Why the whole file is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
    /// The columns of a list and what each is read as.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub colonnes: Vec<ColonneJson>,
    /// Whether the annotated file can be fetched.
    pub fichier_annote: bool,
}

/// How much of an import is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AvancementJson {
    /// Parts applied.
    pub fait: u32,
    /// Parts in all; zero while the file is being read.
    pub total: u32,
}

/// What became of the people of a file. Adults are counted, not households; a line that could not be read counts for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BilanJson {
    /// All of them.
    pub lignes: u64,
    /// Whose dossier was opened.
    pub crees: u64,
    /// Of whom something changed.
    pub mis_a_jour: u64,
    /// Of whom nothing changed, or who are not to be oriented.
    pub inchanges: u64,
    /// Who were refused, and why is in the annotated file.
    pub refuses: u64,
    /// Lines in which a value was left out.
    pub alertes: u64,
}

impl std::ops::AddAssign for BilanJson {
    fn add_assign(&mut self, it: Self) {
        self.lignes += it.lignes;
        self.crees += it.crees;
        self.mis_a_jour += it.mis_a_jour;
        self.inchanges += it.inchanges;
        self.refuses += it.refuses;
        self.alertes += it.alertes;
    }
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColonneJson {
    /// Its heading.
    pub titre: String,
    /// The field it is read as; absent when it is not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub champ: Option<String>,
}

redacted!(ImportJson);
