//! Imports of files, as they are asked for and shown.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::demande::given;
use super::journey::read_day;
use super::redacted;
use crate::border::{self, Rejected, code, line};
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

/// What is said of a file when it is given.
#[derive(Clone, PartialEq, Eq)]
pub struct DepotBody {
    /// What it is.
    pub nature: ImportNature,
    /// The tool it comes from.
    pub source: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether nothing is to be written.
    pub dry: bool,
    /// The day on which the département received it, when it is told.
    pub received_on: Option<NaiveDate>,
}

/// What a person says that the columns of a list are read as: heading → field, or nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ColonnesBody(pub BTreeMap<String, Option<String>>);

redacted!(ImportJson, DepotBody, ColonnesBody);

impl DepotBody {
    /// Every field.
    pub const FIELDS: &'static [&'static str] = &["nature", "source", "nom", "a_blanc", "recu_le"];

    /// Reads an object of texts: the parameters of an address, or the fields of a form.
    pub fn parse(value: &Value, today: NaiveDate) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(Self::FIELDS)?;
            let nature = fields
                .required("nature")
                .and_then(|it| it.code(ImportNature::CODES, ImportNature::from_code));
            let source = given(fields.optional("source"), |it| it.read(|text| line(text, 60)));
            let name = fields.required("nom").and_then(|it| it.read(|text| line(text, 200)));
            let dry =
                given(fields.optional("a_blanc"), |it| it.code(&["true", "false"], |it| it.parse().ok()));
            let received_on = given(fields.optional("recu_le"), |it| read_day(it, today));
            Some(Self {
                nature: nature?,
                source: source?,
                name: name?,
                dry: dry?.unwrap_or(false),
                received_on: received_on?,
            })
        })
    }
}

impl ColonnesBody {
    /// Reads the body. `columns` are those of the list: another heading is a mistake.
    pub fn parse(value: &Value, columns: &[ColonneJson]) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let members = node.fields(&["colonnes"])?.required("colonnes")?.members()?;
            let mut read = Some(BTreeMap::new());
            for (heading, field) in members {
                if !columns.iter().any(|it| it.titre == heading) {
                    let detail = "Le fichier n’a pas de colonne de ce titre : reprenez ceux de « colonnes ».";
                    field.refuse(code::UNKNOWN_FIELD, detail);
                    read = None;
                    continue;
                }
                let code =
                    if field.value().is_null() { Some(None) } else { field.code(&codes(), known).map(Some) };
                match (&mut read, code) {
                    (Some(all), Some(code)) => drop(all.insert(heading.to_owned(), code)),
                    (_, None) => read = None,
                    (None, Some(_)) => {}
                }
            }
            read.map(Self)
        })
    }
}

fn codes() -> Vec<&'static str> {
    CHAMPS.iter().map(|(code, _)| *code).collect()
}

fn known(code: &str) -> Option<String> {
    CHAMPS.iter().find(|(it, _)| *it == code).map(|(it, _)| (*it).to_owned())
}

/// The fields that a column of a list may be read as: the code of each, and its French name.
pub const CHAMPS: &[(&str, &str)] = &[
    ("nom", "le nom"),
    ("nom_naissance", "le nom de naissance"),
    ("prenom", "le prénom"),
    ("nom_responsable", "le nom du responsable du dossier"),
    ("prenom_responsable", "le prénom du responsable du dossier"),
    ("date_naissance", "la date de naissance"),
    ("nir", "le NIR"),
    ("numero_allocataire", "le numéro d’allocataire"),
    ("numero_demande", "le numéro de demande de RSA"),
    ("identifiant_interne", "l’identifiant dans votre logiciel"),
    ("identifiant_france_travail", "l’identifiant France Travail"),
    ("role", "le rôle dans le foyer"),
    ("conjoint", "la présence d’un conjoint"),
    ("enfants", "le nombre d’enfants"),
    ("telephone", "le téléphone"),
    ("courriel", "l’adresse électronique"),
    ("adresse", "l’adresse"),
    ("code_postal", "le code postal"),
    ("ville", "la ville"),
    ("code_postal_ville", "le code postal et la ville"),
    ("code_insee", "le code INSEE de la commune"),
    ("droit_rsa", "l’état du droit au RSA"),
    ("date_ouverture_droit", "la date d’ouverture du droit"),
    ("droits_devoirs", "la soumission aux droits et devoirs"),
    ("date_droits_devoirs", "la date de début des droits et devoirs"),
    ("parcours", "le parcours"),
    ("organisme", "l’organisme qui accompagne"),
    ("date_orientation", "la date d’orientation"),
    ("referent", "l’identifiant du référent"),
    ("date_contrat", "la date de signature du contrat"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(rejected: Rejected) -> Vec<String> {
        rejected.errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
    }

    #[test]
    fn what_is_said_of_a_file_is_read_whole_and_every_error_is_told() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let good = json!({"nature": "liste", "nom": "liste.csv", "a_blanc": "true", "recu_le": "2026-11-20"});
        let read = DepotBody::parse(&good, today).unwrap();
        assert!(read.dry && read.received_on.is_some() && read.source.is_none());
        let bad = json!({"nature": "photo", "source": "a\nb", "nom": "", "a_blanc": "oui", "recu_le": "2027-01-01"});
        assert_eq!(
            said(DepotBody::parse(&bad, today).unwrap_err()),
            [
                "/nature code_inconnu",
                "/source caracteres_interdits",
                "/nom vide",
                "/a_blanc code_inconnu",
                "/recu_le date_future"
            ]
        );
        assert_eq!(
            said(DepotBody::parse(&json!({}), today).unwrap_err()),
            ["/nature champ_absent", "/nom champ_absent"]
        );
    }

    #[test]
    fn a_column_is_one_of_the_file_and_is_read_as_a_known_field_or_not_at_all() {
        let columns = ["Nom", "Né"].map(|it| ColonneJson { titre: it.to_owned(), champ: None });
        let parse = |value: Value| ColonnesBody::parse(&json!({ "colonnes": value }), &columns);
        let ColonnesBody(read) = parse(json!({"Nom": "nom", "Né": null})).unwrap();
        assert_eq!(read, BTreeMap::from([("Nom".into(), Some("nom".into())), ("Né".into(), None)]));
        let refused = parse(json!({"Nom": "pointure", "Prénom": "prenom", "Né": 3})).unwrap_err();
        assert!(refused.errors[0].detail.contains("date_naissance"), "the codes that exist are told");
        assert_eq!(
            said(refused),
            ["/colonnes/Nom code_inconnu", "/colonnes/Né type", "/colonnes/Prénom champ_inconnu"]
        );
    }
}
