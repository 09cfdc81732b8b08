//! Référents and delegations of signature, as they are put and answered.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::commune::CodeInsee;
use domain::{Organisme, Parcours, Territory};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::contact::read_commune;
use super::demande::given;
use super::{Phone, redacted};
use crate::border::{self, Node, Rejected, code, line, name};
use crate::codes::{OrganismeCode, ParcoursCode};

/// A référent, as they are put.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferentBody {
    /// Their name.
    pub name: String,
    /// Where they work.
    pub structure: String,
    /// Their telephone.
    pub phone: Option<Phone>,
    /// Where people meet them.
    pub address: Option<String>,
    /// The organism they work for.
    pub organisme: Organisme,
    /// How many people they may accompany at once.
    pub capacity: u32,
    /// The parcours they serve, at least one.
    pub parcours: BTreeSet<Parcours>,
    /// The communes they cover; empty when they cover the whole territory.
    pub communes: BTreeSet<CodeInsee>,
    /// Days on which they take nobody new, both ends included.
    pub absences: Vec<(NaiveDate, NaiveDate)>,
}

/// A delegation of signature, as it is put.
#[derive(Clone, PartialEq, Eq)]
pub struct DelegationBody {
    /// The name that decisions bear.
    pub name: String,
    /// The quality that decisions bear.
    pub quality: String,
    /// The reference of the arrêté.
    pub act: String,
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force.
    pub until: Option<NaiveDate>,
    /// The parcours that the agent may sign for; all when the body names none.
    pub scope: BTreeSet<Parcours>,
}

/// A référent, as they are answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferentJson {
    /// Who.
    pub id: String,
    /// Their name.
    pub nom: String,
    /// Where they work.
    pub structure: String,
    /// Their telephone.
    #[serde(default)]
    pub telephone: Option<String>,
    /// Where people meet them.
    #[serde(default)]
    pub adresse: Option<String>,
    /// The organism they work for.
    pub organisme: OrganismeCode,
    /// How many people they may accompany at once.
    pub capacite: u32,
    /// How many they accompany, provisional contacts included.
    pub actifs: u32,
    /// The parcours they serve.
    pub parcours: Vec<ParcoursCode>,
    /// The communes they cover; empty for the whole territory.
    pub communes: Vec<String>,
    /// Days on which they take nobody new.
    pub absences: Vec<AbsenceJson>,
    /// The number in the `ETag`.
    pub revision: u64,
}

/// A period, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceJson {
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: NaiveDate,
}

/// A delegation, as it is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelegationJson {
    /// Who holds it.
    pub agent: String,
    /// The name that decisions bear.
    pub nom: String,
    /// The quality that decisions bear.
    pub qualite: String,
    /// The reference of the arrêté.
    pub acte: String,
    /// First day in force.
    pub du: NaiveDate,
    /// Last day in force; null until further notice.
    #[serde(default)]
    pub au: Option<NaiveDate>,
    /// The parcours that the agent may sign for.
    pub parcours: Vec<ParcoursCode>,
}

redacted!(ReferentBody, DelegationBody, ReferentJson, DelegationJson);

const REFERENT: &[&str] = &[
    "nom",
    "structure",
    "telephone",
    "adresse",
    "organisme",
    "capacite",
    "parcours",
    "communes",
    "absences",
];

impl ReferentBody {
    /// Reads the body. The communes must be in the territory.
    pub fn parse(value: &Value, territory: Territory) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(REFERENT)?;
            let name = fields.required("nom").and_then(|it| it.read(name));
            let structure = fields.required("structure").and_then(|it| it.read(|text| line(text, 200)));
            let phone = given(fields.optional("telephone"), |it| it.read(Phone::parse));
            let address = given(fields.optional("adresse"), |it| it.read(|text| line(text, 300)));
            let organisme = fields
                .required("organisme")
                .and_then(|it| it.code(OrganismeCode::CODES, OrganismeCode::from_code));
            let capacity = fields.required("capacite").and_then(|it| it.whole(0..=1000));
            let parcours = fields.required("parcours").and_then(|it| read_parcours(&it));
            let communes = given(fields.optional("communes"), |it| {
                each(it, 1000, |one| read_commune(one, Some(territory)).map(|it| it.insee))
            });
            let absences = given(fields.optional("absences"), |it| each(it, 100, read_absence));
            Some(Self {
                name: name?,
                structure: structure?,
                phone: phone?,
                address: address?,
                organisme: organisme?.into(),
                capacity: capacity?,
                parcours: parcours?,
                communes: communes?.into_iter().flatten().collect(),
                absences: absences?.unwrap_or_default(),
            })
        })
    }
}

impl DelegationBody {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["nom", "qualite", "acte", "du", "au", "parcours"])?;
            let name = fields.required("nom").and_then(|it| it.read(name));
            let quality = fields.required("qualite").and_then(|it| it.read(|text| line(text, 200)));
            let act = fields.required("acte").and_then(|it| it.read(|text| line(text, 200)));
            let from = fields.required("du").and_then(|it| it.date());
            let until = given(fields.optional("au"), Node::date);
            if let (Some(from), Some(Some(until))) = (from, until)
                && until < from
            {
                fields.refuse("au", code::REVERSED_DATES, REVERSED);
                return None;
            }
            let scope = given(fields.optional("parcours"), read_parcours);
            Some(Self {
                name: name?,
                quality: quality?,
                act: act?,
                from: from?,
                until: until?,
                scope: scope?.unwrap_or_else(|| Parcours::ALL.into()),
            })
        })
    }
}

const REVERSED: &str = "La fin précède le début : vérifiez les deux dates.";

fn read_parcours(node: &Node<'_>) -> Option<BTreeSet<Parcours>> {
    let read =
        each(node, 10, |it| it.code(ParcoursCode::CODES, ParcoursCode::from_code).map(Parcours::from))?;
    if read.is_empty() {
        node.refuse(code::EMPTY, "Indiquez au moins un parcours.");
        return None;
    }
    Some(read.into_iter().collect())
}

fn read_absence(node: &Node<'_>) -> Option<(NaiveDate, NaiveDate)> {
    let fields = node.fields(&["du", "au"])?;
    let first = fields.required("du").and_then(|it| it.date());
    let last = fields.required("au").and_then(|it| it.date());
    let (first, last) = (first?, last?);
    if last < first {
        fields.refuse("au", code::REVERSED_DATES, REVERSED);
        return None;
    }
    Some((first, last))
}

/// Every element of a list, so that all their errors are told.
fn each<T>(node: &Node<'_>, max: usize, read: impl Fn(&Node<'_>) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = node.items(max)?.iter().map(read).collect();
    read.into_iter().collect()
}

#[cfg(test)]
mod tests;
