//! What a file of another administration says of people, before anything is known of them here.
//!
//! A reader of files makes these; each value is right in itself or is not there. What is missing is `None`: it never
//! stands for an empty value, so that nothing known is ever overwritten by nothing.

use chrono::NaiveDate;
use domain::commune::CodeInsee;
use domain::nir::Nir;
use domain::rsa::{ClosureMotive, RightState, SuspensionMotive};
use domain::{Organisme, Parcours};

use crate::api::{Email, HouseholdRole, Phone, redacted};

mod parts;
pub use parts::{DroitDitV1, EnCoursV1, LigneV1, NumerosDitsV1, QuelquunV1, RemarqueV1, TrancheV1};

/// Of whom a line of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Somebody, by name and birth date.
    Adult(Box<Adult>),
    /// Somebody who is known already, by one of their numbers: the file has no birth dates.
    Contact(Box<Contact>),
}

/// One adult, as one household of a flow or one row of a list tells of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Adult {
    /// Who they are.
    pub identity: Identity,
    /// By what numbers they are known.
    pub numbers: Numbers,
    /// Which adult of their household.
    pub role: Option<HouseholdRole>,
    /// Whether their household has a spouse or partner.
    pub partner: Option<bool>,
    /// Dependent children.
    pub children: Option<u8>,
    /// How to reach them.
    pub reach: Reach,
    /// Where they live.
    pub address: Option<Place>,
    /// What is said of their right.
    pub right: Option<RightTold>,
    /// What is already under way, when an existing stock is taken over.
    pub under_way: Option<UnderWay>,
}

/// Who somebody is.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Last name in use.
    pub last_name: String,
    /// Last name at birth, when it is told apart.
    pub birth_name: Option<String>,
    /// First name.
    pub first_name: String,
    /// Birth date.
    pub birth_date: NaiveDate,
}

/// The numbers by which somebody is known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Number of the social security, key included.
    pub nir: Option<Nir>,
    /// Number at the CAF or the MSA (`MATRICULE`): the household's, shared by its adults.
    pub caf_number: Option<String>,
    /// Number of the application for the RSA (`NUMDEMRSA`): the household's too.
    pub rsa_application: Option<String>,
    /// Their name in the département's own software.
    pub internal_id: Option<String>,
    /// Their number at France Travail.
    pub france_travail_id: Option<String>,
}

/// How to reach somebody. What the person has not allowed to be used is not here.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Telephone.
    pub phone: Option<Phone>,
    /// E-mail.
    pub email: Option<Email>,
}

/// Where somebody lives. A file may know the commune by its code, or by its name and postcode: the reader finds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Number and street; absent for people without a home.
    pub street: Option<String>,
    /// Five figures.
    pub postcode: String,
    /// The commune.
    pub commune: CodeInsee,
}

/// What a file without birth dates tells of somebody: it can complete a person who is already known by one of their
/// numbers, and open nothing. At least one number is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// By what numbers they are known.
    pub numbers: Numbers,
    /// Last name, when the file's is theirs and not that of the holder of the household's file.
    pub last_name: Option<String>,
    /// First name, on the same condition.
    pub first_name: Option<String>,
    /// Which adult of their household.
    pub role: Option<HouseholdRole>,
    /// How to reach them.
    pub reach: Reach,
    /// Where they live.
    pub address: Option<Place>,
    /// What is said of their right.
    pub right: Option<RightTold>,
}

redacted!(Adult, Contact, Identity, Numbers, Reach, Place);

/// What is said of a right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightTold {
    /// Where it stands.
    pub state: RightState,
    /// The day from which it is open, as the file knows it: that of the application, for a flow.
    pub opened_on: Option<NaiveDate>,
    /// Whether this adult is subject to rights and duties.
    pub duties: Option<bool>,
    /// The suspensions under way, each with its first day.
    pub suspensions: Vec<(SuspensionMotive, NaiveDate)>,
    /// The closure, with its day.
    pub closure: Option<(ClosureMotive, NaiveDate)>,
    /// The organism that hands the household over, and since when it is here.
    pub arrived: Option<Transfer>,
    /// The organism that takes the household over, and since when it is there.
    pub left: Option<Transfer>,
    /// The day the person died, when the file says so.
    pub died_on: Option<NaiveDate>,
}

/// A household that changes organism.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The other organism's number (`NUMORG…`).
    pub organism: String,
    /// The day of the change.
    pub on: NaiveDate,
}

/// An accompaniment under way before the département worked here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// The parcours decided.
    pub parcours: Parcours,
    /// The organism that accompanies.
    pub organisme: Organisme,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// The référent, by their id here, when one is named.
    pub referent: Option<String>,
    /// The day a contract was signed, when one was.
    pub contract_signed_on: Option<NaiveDate>,
}
