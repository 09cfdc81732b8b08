//! A part of a file that was read, as it waits to be applied: what its lines tell, sealed whole.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::dsp::Answers;
use domain::entrants::Standing;
use domain::nir::Nir;
use domain::rsa::{ClosureMotive, RightState, SuspensionMotive};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Adult, Contact, Identity, Numbers, Place, Reach, RightTold, Told, Transfer, UnderWay};
use crate::api::{Email, Phone, RoleCode, SourceCode, redacted};
use crate::codes::{OrganismeCode, ParcoursCode};
use crate::rows::Corrupt;
use crate::sealed::ReponsesV1;

/// A part of a file: some of its lines, in order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrancheV1 {
    /// The lines: households of a flow, rows of a list.
    pub lignes: Vec<LigneV1>,
}

/// A line, read or refused.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LigneV1 {
    /// The household's rank in its flow, the row's number in its sheet.
    pub rang: u32,
    /// Those of whom it speaks; empty when it is refused.
    pub gens: Vec<QuelquunV1>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refus: Vec<RemarqueV1>,
    /// What was left out of it, and a person should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alertes: Vec<RemarqueV1>,
}

/// What is to be told of a line, in French.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemarqueV1 {
    /// Where: the cell, or the path in the household; empty for the whole line.
    pub ou: String,
    /// A stable word.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// Somebody of whom a line speaks.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuelquunV1 {
    /// Last name in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom: Option<String>,
    /// Last name at birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom_naissance: Option<String>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prenom: Option<String>,
    /// Birth date; without it the line only completes somebody who is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_naissance: Option<NaiveDate>,
    /// Their numbers.
    #[serde(flatten)]
    pub numeros: NumerosDitsV1,
    /// Which adult of their household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleCode>,
    /// Whether the household has a spouse or partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conjoint: Option<bool>,
    /// Dependent children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enfants: Option<u8>,
    /// Telephone, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courriel: Option<String>,
    /// Street, postcode, INSEE code of the commune.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adresse: Option<(Option<String>, String, String)>,
    /// Their right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub droit: Option<DroitDitV1>,
    /// What is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en_cours: Option<EnCoursV1>,
    /// Their answers to the DSP.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reponses: BTreeMap<String, Value>,
}

/// Numbers, as told.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumerosDitsV1 {
    /// Social security.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nir: Option<String>,
    /// CAF or MSA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numero_allocataire: Option<String>,
    /// Application for the RSA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demande_rsa: Option<String>,
    /// The département's own software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiant: Option<String>,
    /// France Travail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub france_travail: Option<String>,
}

/// A right, as told: codes of the CNAF.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroitDitV1 {
    /// `ETATDOSRSA`.
    pub etat: String,
    /// Open since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ouvert_le: Option<NaiveDate>,
    /// Subject to rights and duties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devoirs: Option<bool>,
    /// `MOTISUSVERSRSA`, each with its first day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<(String, NaiveDate)>,
    /// `MOTICLORSA`, with its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloture: Option<(String, NaiveDate)>,
    /// The organism that hands over, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venu_de: Option<(String, NaiveDate)>,
    /// The organism that takes over, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parti_vers: Option<(String, NaiveDate)>,
    /// Died on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decede_le: Option<NaiveDate>,
}

/// An accompaniment under way, as told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnCoursV1 {
    /// The parcours.
    pub parcours: ParcoursCode,
    /// The organism.
    pub organisme: OrganismeCode,
    /// Decided on.
    pub decide_le: NaiveDate,
    /// The référent's id here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referent: Option<String>,
    /// A contract was signed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrat_le: Option<NaiveDate>,
}

redacted!(TrancheV1, LigneV1, RemarqueV1, QuelquunV1, NumerosDitsV1, DroitDitV1, EnCoursV1);

impl QuelquunV1 {
    /// An adult, as it waits.
    pub fn of_adult(adult: &Adult) -> Self {
        Self {
            nom: Some(adult.identity.last_name.clone()),
            nom_naissance: adult.identity.birth_name.clone(),
            prenom: Some(adult.identity.first_name.clone()),
            date_naissance: Some(adult.identity.birth_date),
            conjoint: adult.partner,
            enfants: adult.children,
            en_cours: adult.under_way.as_ref().map(EnCoursV1::of),
            ..Self::common(&adult.numbers, &adult.reach, adult.address.as_ref(), adult.right.as_ref())
        }
        .with_role(adult.role.map(Into::into))
    }

    /// A contact, as it waits.
    pub fn of_contact(contact: &Contact) -> Self {
        Self {
            nom: contact.last_name.clone(),
            prenom: contact.first_name.clone(),
            ..Self::common(&contact.numbers, &contact.reach, contact.address.as_ref(), contact.right.as_ref())
        }
        .with_role(contact.role.map(Into::into))
    }

    /// Somebody, as they wait.
    pub fn of(told: &Told) -> Self {
        match told {
            Told::Adult(adult) => Self::of_adult(adult),
            Told::Contact(contact) => Self::of_contact(contact),
        }
    }

    /// The same with answers to the DSP.
    #[must_use]
    pub fn with_answers(mut self, answers: &Answers) -> Self {
        self.reponses = ReponsesV1::of(answers, SourceCode::Flux, DateTime::<Utc>::UNIX_EPOCH).reponses;
        self
    }

    fn with_role(mut self, role: Option<RoleCode>) -> Self {
        self.role = role;
        self
    }

    fn common(numbers: &Numbers, reach: &Reach, place: Option<&Place>, right: Option<&RightTold>) -> Self {
        Self {
            numeros: NumerosDitsV1 {
                nir: numbers.nir.as_ref().map(|it| it.as_str().to_owned()),
                numero_allocataire: numbers.caf_number.clone(),
                demande_rsa: numbers.rsa_application.clone(),
                identifiant: numbers.internal_id.clone(),
                france_travail: numbers.france_travail_id.clone(),
            },
            telephone: reach.phone.as_ref().map(|it| it.as_str().to_owned()),
            courriel: reach.email.as_ref().map(|it| it.as_str().to_owned()),
            adresse: place.map(|it| (it.street.clone(), it.postcode.clone(), it.commune.to_string())),
            droit: right.map(DroitDitV1::of),
            ..Self::default()
        }
    }

    /// Reads it back.
    pub fn told(&self) -> Result<Told, Corrupt> {
        let numbers = Numbers {
            nir: self.numeros.nir.as_deref().map(Nir::parse).transpose().map_err(|_| Corrupt("nir"))?,
            caf_number: self.numeros.numero_allocataire.clone(),
            rsa_application: self.numeros.demande_rsa.clone(),
            internal_id: self.numeros.identifiant.clone(),
            france_travail_id: self.numeros.france_travail.clone(),
        };
        let phone = self.telephone.clone().map(|it| Phone::stored(it).ok_or(Corrupt("telephone")));
        let email = self.courriel.clone().map(|it| Email::stored(it).ok_or(Corrupt("courriel")));
        let reach = Reach { phone: phone.transpose()?, email: email.transpose()? };
        let address = match &self.adresse {
            None => None,
            Some((street, postcode, commune)) => Some(Place {
                street: street.clone(),
                postcode: postcode.clone(),
                commune: commune.parse().map_err(|_| Corrupt("commune"))?,
            }),
        };
        let right = self.droit.as_ref().map(DroitDitV1::told).transpose()?;
        let role = self.role.map(Into::into);
        let Some(birth_date) = self.date_naissance else {
            let (last_name, first_name) = (self.nom.clone(), self.prenom.clone());
            let contact = Contact { numbers, last_name, first_name, role, reach, address, right };
            return Ok(Told::Contact(Box::new(contact)));
        };
        let identity = Identity {
            last_name: self.nom.clone().ok_or(Corrupt("nom"))?,
            birth_name: self.nom_naissance.clone(),
            first_name: self.prenom.clone().ok_or(Corrupt("prenom"))?,
            birth_date,
        };
        let under_way = self.en_cours.as_ref().map(EnCoursV1::told);
        let (partner, children) = (self.conjoint, self.enfants);
        let adult = Adult { identity, numbers, role, partner, children, reach, address, right, under_way };
        Ok(Told::Adult(Box::new(adult)))
    }
}

impl DroitDitV1 {
    fn of(right: &RightTold) -> Self {
        let transfer = |it: &Transfer| (it.organism.clone(), it.on);
        Self {
            etat: right.state.code().to_owned(),
            ouvert_le: right.opened_on,
            devoirs: right.duties,
            suspensions: right.suspensions.iter().map(|it| (it.0.code().to_owned(), it.1)).collect(),
            cloture: right.closure.map(|it| (it.0.code().to_owned(), it.1)),
            venu_de: right.arrived.as_ref().map(transfer),
            parti_vers: right.left.as_ref().map(transfer),
            decede_le: right.died_on,
        }
    }

    fn told(&self) -> Result<RightTold, Corrupt> {
        let suspension = |it: &(String, NaiveDate)| Some((SuspensionMotive::from_code(&it.0)?, it.1));
        let suspensions: Option<Vec<_>> = self.suspensions.iter().map(suspension).collect();
        let closure = match &self.cloture {
            None => None,
            Some((code, on)) => Some((ClosureMotive::from_code(code).ok_or(Corrupt("cloture"))?, *on)),
        };
        let transfer = |it: &(String, NaiveDate)| Transfer { organism: it.0.clone(), on: it.1 };
        Ok(RightTold {
            state: RightState::from_code(&self.etat).ok_or(Corrupt("etat"))?,
            opened_on: self.ouvert_le,
            duties: self.devoirs,
            suspensions: suspensions.ok_or(Corrupt("suspensions"))?,
            closure,
            arrived: self.venu_de.as_ref().map(transfer),
            left: self.parti_vers.as_ref().map(transfer),
            died_on: self.decede_le,
        })
    }
}

impl EnCoursV1 {
    fn of(it: &UnderWay) -> Self {
        Self {
            parcours: it.parcours.into(),
            organisme: it.organisme.into(),
            decide_le: it.decided_on,
            referent: it.referent.clone(),
            contrat_le: it.contract_signed_on,
        }
    }

    fn told(&self) -> UnderWay {
        UnderWay {
            parcours: self.parcours.into(),
            organisme: self.organisme.into(),
            decided_on: self.decide_le,
            referent: self.referent.clone(),
            contract_signed_on: self.contrat_le,
        }
    }
}

impl RightTold {
    /// What the journey needs of it. `here` are the first figures of the organisms of this département: a household that
    /// leaves for another organism of the same département has not left.
    pub fn standing(&self, here: &str) -> Standing {
        let left = self
            .left
            .as_ref()
            .filter(|it| !it.organism.trim_start_matches(char::is_alphabetic).starts_with(here));
        Standing {
            state: self.state,
            opened_on: self.opened_on,
            duties: self.duties,
            suspensions: self.suspensions.clone(),
            closure: self.closure,
            left_on: left.map(|it| it.on),
            died_on: self.died_on,
        }
    }
}
