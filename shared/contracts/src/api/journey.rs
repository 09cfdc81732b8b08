//! What professionals post on a dossier: the right, the signature, a change of référent, the end of an emergency.

use chrono::NaiveDate;
use domain::ReferentId;
use domain::dossier::{Deviation, Target};
use domain::intake::RightStated;
use serde_json::Value;

use super::StatutDroit;
use super::demande::{given, read_referent};
use super::redacted;
use crate::border::{self, Node, Rejected, code, words};
use crate::codes::{MotifEcartCode, OrganismeCode, ParcoursCode, code_enum};

/// What is said of the right after the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroitBody(pub RightStated);

/// A signature.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureBody {
    /// What is decided.
    pub target: Target,
    /// Why it departs from the proposition.
    pub deviation: Option<Deviation>,
    /// In words.
    pub comment: Option<String>,
    /// The day France Travail decided, when the signature records its decision.
    pub by_france_travail: Option<NaiveDate>,
}

/// A change of référent.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangeReferent {
    /// The new one.
    pub referent: ReferentId,
    /// Why.
    pub motive: MotifChangementCode,
    /// In words.
    pub comment: Option<String>,
}

redacted!(SignatureBody, ChangeReferent);

code_enum! {
    /// Why a référent changes: the person wishes it, the référent is away, leaves, has too many people; the person moves.
    pub MotifChangementCode {
        SouhaitPersonne = "souhait_personne", Absence = "absence", Depart = "depart",
        Demenagement = "demenagement", Charge = "charge", Autre = "autre",
    }
}

/// The end of an emergency: people have dealt with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrgenceBody;

impl DroitBody {
    /// Reads the body.
    pub fn parse(value: &Value, today: NaiveDate) -> Result<Self, Rejected> {
        border::parse(value, |node| read_right(node, today).map(Self))
    }
}

impl SignatureBody {
    /// Reads the body. Whether the signature is allowed is the domain's business.
    pub fn parse(value: &Value, today: NaiveDate) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&[
                "parcours",
                "organisme",
                "motif_ecart",
                "commentaire",
                "decision_france_travail_le",
            ])?;
            let parcours = fields
                .required("parcours")
                .and_then(|it| it.code(ParcoursCode::CODES, ParcoursCode::from_code));
            let organisme = fields
                .required("organisme")
                .and_then(|it| it.code(OrganismeCode::CODES, OrganismeCode::from_code));
            let deviation = given(fields.optional("motif_ecart"), |it| {
                it.code(MotifEcartCode::CODES, MotifEcartCode::from_code)
            });
            let comment = given(fields.optional("commentaire"), |it| it.read(|text| words(text, 1000)));
            let decided = given(fields.optional("decision_france_travail_le"), |it| it.past_date(today));
            Some(Self {
                target: Target { parcours: parcours?.into(), organisme: organisme?.into() },
                deviation: deviation?.map(Into::into),
                comment: comment?,
                by_france_travail: decided?,
            })
        })
    }
}

impl ChangeReferent {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["referent", "motif", "commentaire"])?;
            let referent = fields.required("referent").and_then(|it| read_referent(&it));
            let motive = fields
                .required("motif")
                .and_then(|it| it.code(MotifChangementCode::CODES, MotifChangementCode::from_code));
            let comment = given(fields.optional("commentaire"), |it| it.read(|text| words(text, 1000)));
            if (motive, &comment) == (Some(MotifChangementCode::Autre), &Some(None)) {
                let detail = "Le motif « autre » demande une explication : ajoutez un commentaire.";
                fields.refuse("commentaire", code::WORDS_MISSING, detail);
                return None;
            }
            Some(Self { referent: referent?, motive: motive?, comment: comment? })
        })
    }
}

impl UrgenceBody {
    /// Reads the body.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["issue"])?;
            fields.required("issue")?.code(&["traitee"], |text| (text == "traitee").then_some(Self))
        })
    }
}

/// Reads what is said of the right. Of a right that is only declared, nothing is kept but the opening date.
pub(crate) fn read_right(node: &Node<'_>, today: NaiveDate) -> Option<RightStated> {
    let fields = node.fields(&["statut", "date_ouverture", "date_reception", "droits_devoirs"])?;
    let status = fields.required("statut").and_then(|it| it.code(StatutDroit::CODES, StatutDroit::from_code));
    let opening = match status {
        Some(StatutDroit::Confirme) => {
            fields.required("date_ouverture").and_then(|it| read_day(&it, today)).map(Some)
        }
        Some(StatutDroit::Declare) | None => {
            given(fields.optional("date_ouverture"), |it| read_day(it, today))
        }
    };
    let received_on = given(fields.optional("date_reception"), |it| read_day(it, today));
    let duties = given(fields.optional("droits_devoirs"), Node::boolean);
    let (opening, received_on, duties) = (opening?, received_on?, duties?.unwrap_or(true));
    match (status?, opening) {
        (StatutDroit::Declare, opened_on) => Some(RightStated::Declared { opened_on }),
        (StatutDroit::Confirme, Some(opened_on)) => {
            Some(RightStated::Confirmed { opened_on, received_on, duties })
        }
        (StatutDroit::Confirme, None) => None,
    }
}

/// No right is older than the minimum income itself (law of 1 December 1988).
pub(crate) fn read_day(node: &Node<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let date = node.past_date(today)?;
    if NaiveDate::from_ymd_opt(1988, 12, 1).is_some_and(|first| date < first) {
        node.refuse(
            code::UNLIKELY_DATE,
            "Cette date précède la création du RMI (1er décembre 1988) : vérifiez l’année.",
        );
        return None;
    }
    Some(date)
}

#[cfg(test)]
mod tests;
