//! What is sealed in rows: who a person is, how to reach them, their numbers, their household, their answers.
//!
//! A sealed shape is published like any other: it never changes, and a new one gets a new number.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::dsp::{Answers, RawAnswer};
use domain::nir::Nir;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{Address, Demande, Email, Household, Person, Phone, RoleCode, json_of, redacted};
use crate::rows::Corrupt;

pub use crate::api::{SourceCode, TraceV1};

/// Who.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentiteV1 {
    /// First name.
    pub prenom: String,
    /// Last name in use.
    pub nom: String,
    /// Last name at birth, when it is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom_naissance: Option<String>,
    /// Birth date.
    pub date_naissance: NaiveDate,
}

/// How to reach them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactsV1 {
    /// Telephone, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courriel: Option<String>,
    /// Number and street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voie: Option<String>,
    /// Postcode.
    pub code_postal: String,
    /// INSEE code of the commune.
    pub commune: String,
}

/// Their numbers.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumerosV1 {
    /// Social security number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nir: Option<String>,
    /// Number at the CAF or the MSA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numero_allocataire: Option<String>,
    /// Number of the application for the RSA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demande_rsa: Option<String>,
    /// Their name in the département's own software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiant: Option<String>,
    /// Their number at France Travail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub france_travail: Option<String>,
}

/// With whom they live.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoyerV1 {
    /// Whether there is a spouse or partner.
    pub conjoint: bool,
    /// Dependent children.
    pub enfants: u8,
    /// Whether the RSA is increased.
    pub majore: bool,
    /// Which adult.
    pub role: RoleCode,
}

/// What they answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReponsesV1 {
    /// Who gave the answers.
    pub source: SourceCode,
    /// When.
    pub le: DateTime<Utc>,
    /// Field of the DSP → code, list of codes, text.
    pub reponses: BTreeMap<String, Value>,
}

/// What the person wrote in their own words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MotsV1 {
    /// The words.
    pub texte: String,
}

redacted!(IdentiteV1, ContactsV1, NumerosV1, FoyerV1, ReponsesV1, MotsV1);

impl IdentiteV1 {
    /// What of a person goes here.
    pub fn of(person: &Person) -> Self {
        Self {
            prenom: person.first_name.clone(),
            nom: person.last_name.clone(),
            nom_naissance: None,
            date_naissance: person.birth_date,
        }
    }
}

impl ContactsV1 {
    /// What of a person goes here.
    pub fn of(person: &Person) -> Self {
        Self {
            telephone: person.phone.as_ref().map(|it| it.as_str().to_owned()),
            courriel: person.email.as_ref().map(|it| it.as_str().to_owned()),
            voie: person.address.street.clone(),
            code_postal: person.address.postcode.clone(),
            commune: person.address.commune.to_string(),
        }
    }
}

impl NumerosV1 {
    /// What of a person goes here.
    pub fn of(person: &Person) -> Self {
        Self {
            nir: person.nir.as_ref().map(|it| it.as_str().to_owned()),
            numero_allocataire: person.caf_number.clone(),
            ..Self::default()
        }
    }

    /// Whether there is nothing to seal.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl MotsV1 {
    /// The words of an application, when there are any.
    pub fn of(demande: &Demande) -> Option<Self> {
        demande.comment.clone().map(|texte| Self { texte })
    }
}

impl Person {
    /// A person from what was sealed.
    pub fn unseal(identite: IdentiteV1, contacts: ContactsV1, numeros: NumerosV1) -> Result<Self, Corrupt> {
        let phone = contacts.telephone.map(|it| Phone::stored(it).ok_or(Corrupt("telephone"))).transpose()?;
        let email = contacts.courriel.map(|it| Email::stored(it).ok_or(Corrupt("courriel"))).transpose()?;
        let nir = numeros.nir.map(|it| Nir::parse(&it).map_err(|_| Corrupt("nir"))).transpose()?;
        let commune = contacts.commune.parse().map_err(|_| Corrupt("commune"))?;
        Ok(Self {
            first_name: identite.prenom,
            last_name: identite.nom,
            birth_date: identite.date_naissance,
            phone,
            email,
            caf_number: numeros.numero_allocataire,
            nir,
            address: Address { street: contacts.voie, postcode: contacts.code_postal, commune },
        })
    }
}

impl From<&Household> for FoyerV1 {
    fn from(it: &Household) -> Self {
        Self { conjoint: it.partner, enfants: it.children, majore: it.increased, role: it.role.into() }
    }
}

impl From<&FoyerV1> for Household {
    fn from(it: &FoyerV1) -> Self {
        Self { partner: it.conjoint, children: it.enfants, increased: it.majore, role: it.role.into() }
    }
}

impl ReponsesV1 {
    /// What is sealed of answers.
    pub fn of(answers: &Answers, source: SourceCode, le: DateTime<Utc>) -> Self {
        let reponses = answers.iter().map(|(field, answer)| (field.to_owned(), json_of(answer))).collect();
        Self { source, le, reponses }
    }

    /// The answers that were sealed.
    pub fn answers(&self) -> Result<Answers, Corrupt> {
        let mut answers = Answers::default();
        for (field, value) in &self.reponses {
            let raw = match value {
                Value::String(text) => RawAnswer::One(text),
                Value::Bool(flag) => RawAnswer::Flag(*flag),
                Value::Array(list) => {
                    let codes: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
                    RawAnswer::Many(codes.ok_or(Corrupt("reponses"))?)
                }
                Value::Null | Value::Number(_) | Value::Object(_) => return Err(Corrupt("reponses")),
            };
            answers.insert(field, raw).map_err(|_| Corrupt("reponses"))?;
        }
        Ok(answers)
    }
}

#[cfg(test)]
mod tests;
