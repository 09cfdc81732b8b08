//! The rows of the table `imports`: a file that was received, the parts it was cut into, the mapping of a list.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::{BilanJson, ColonneJson, ImportEtat, ImportNature};

/// An import, version 1: under `77` / `import#<uuid>`. Its attributes are these and `rev`, on which every write is
/// conditional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a row, each true or not by itself")]
pub struct ImportRow {
    /// Version of this shape: 1.
    pub v: u32,
    /// Which.
    pub id: Uuid,
    /// How far it is.
    pub etat: ImportEtat,
    /// What the file is.
    pub nature: ImportNature,
    /// For a list: the tool it comes from, under whose name its mapping is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// SHA-256 of the file, in hexadecimal figures.
    pub empreinte: String,
    /// Its length in bytes.
    pub octets: u64,
    /// The blocks in which it lies, in order: the name of each document ends with this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocs: Vec<String>,
    /// Who gave it.
    pub par: String,
    /// When.
    pub le: DateTime<Utc>,
    /// The day on which the département received it.
    pub recu_le: NaiveDate,
    /// Whether nothing is to be written.
    pub a_blanc: bool,
    /// As of when the file speaks, once it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub a_jour_au: Option<DateTime<Utc>>,
    /// Whether the file also names people whose right is not decided yet.
    #[serde(default)]
    pub declares: bool,
    /// For a list: its columns and what each is read as.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub colonnes: Vec<ColonneJson>,
    /// How many parts it was cut into.
    #[serde(default)]
    pub tranches: u32,
    /// How many lines it has.
    #[serde(default)]
    pub lignes: u64,
    /// What became of them, at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bilan: Option<BilanJson>,
    /// The dry run whose file it is, when it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copie_de: Option<Uuid>,
    /// Whether there is an annotated file.
    #[serde(default)]
    pub annote: bool,
    /// Whether the file itself has been deleted.
    #[serde(default)]
    pub fichier_supprime: bool,
    /// The name of the file, and why the whole of it is refused: sealed, for both may name somebody.
    pub prive: String,
}

/// What of an import is sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriveV1 {
    /// The file's name.
    pub nom: String,
    /// Why the whole of it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
}

crate::api::redacted!(PriveV1);

/// A part that was applied, version 1: under `77#<uuid>` / `tranche#00001`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrancheRow {
    /// Version of this shape: 1.
    pub v: u32,
    /// What became of its lines.
    pub bilan: BilanJson,
}
