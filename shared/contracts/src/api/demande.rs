//! An application, as it is posted: who the person is, what they answer, what they wish.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::dossier::{Channel, Need, Wishes};
use domain::dsp::Answers;
use domain::intake::RightStated;
use domain::nir::{Nir, NirError};
use domain::{ReferentId, Territory};
use serde_json::Value;

use super::contact::age;
use super::journey::read_right;
use super::{Address, Admission, Email, Phone, read_answers, redacted};
use crate::border::{self, Fault, Node, Rejected, code, name, words};
use crate::codes::{BesoinCode, CanalCode, OrganismeCode, code_enum};

/// An application that can be true.
#[derive(Clone, PartialEq, Eq)]
pub struct Demande {
    /// The département it is addressed to.
    pub territory: Territory,
    /// How it came in.
    pub channel: Channel,
    /// Who.
    pub person: Person,
    /// With whom.
    pub household: Household,
    /// The right.
    pub right: RightStated,
    /// The answers to the DSP.
    pub answers: Answers,
    /// Immediate needs.
    pub needs: BTreeSet<Need>,
    /// Wishes, as codes.
    pub wishes: Wishes,
    /// Wishes, in words.
    pub comment: Option<String>,
}

/// Who a person is and how to reach them.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Birth date.
    pub birth_date: NaiveDate,
    /// Telephone.
    pub phone: Option<Phone>,
    /// E-mail.
    pub email: Option<Email>,
    /// Number at the CAF or the MSA, figures only.
    pub caf_number: Option<String>,
    /// Social security number, from a professional or a flow only.
    pub nir: Option<Nir>,
    /// Address.
    pub address: Address,
}

redacted!(Demande, Person);

/// With whom the person lives, as the RSA counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Household {
    /// Whether there is a spouse or partner.
    pub partner: bool,
    /// Dependent children.
    pub children: u8,
    /// Whether the RSA is increased for a lone parent.
    pub increased: bool,
    /// Which adult of the household this dossier is about.
    pub role: HouseholdRole,
}

/// Which adult of the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HouseholdRole {
    /// Whoever applied for the RSA.
    Applicant,
    /// Their spouse or partner.
    Partner,
}

code_enum! {
    /// Which adult of the household, on the wire.
    pub RoleCode = HouseholdRole { Applicant = "demandeur", Partner = "conjoint" }
}

impl Demande {
    /// Reads an application, or tells everything that is wrong with it.
    pub fn parse(value: &Value, admission: &Admission<'_>) -> Result<Self, Rejected> {
        border::parse(value, |node| read(node, admission))
    }
}

const FIELDS: &[&str] =
    &["territoire", "canal", "personne", "foyer", "droit", "dsp", "aide_immediate", "souhaits"];

fn read(node: &Node<'_>, admission: &Admission<'_>) -> Option<Demande> {
    let fields = node.fields(FIELDS)?;
    let territory = fields.required("territoire").and_then(|it| read_territory(&it, admission.served));
    let channel = fields.required("canal").and_then(|it| read_channel(&it, admission.trusted));
    // Until the channel is known, the public's rules hold.
    let door = Door { public: !admission.trusted || channel == Some(Channel::Web), today: admission.today };
    let person = fields.required("personne").and_then(|it| read_person(&it, territory, door));
    let household = fields.required("foyer").and_then(|it| read_household(&it));
    let right = match fields.optional("droit") {
        Some(it) => read_right(&it, admission.today).filter(|right| admit_right(&it, right, door)),
        None => Some(RightStated::Declared { opened_on: None }),
    };
    let answers = fields.optional("dsp").map_or_else(|| Some(Answers::default()), |it| read_answers(&it));
    let needs = fields.optional("aide_immediate").map_or_else(|| Some(BTreeSet::new()), |it| read_needs(&it));
    let asked =
        fields.optional("souhaits").map_or_else(|| Some((Wishes::default(), None)), |it| read_wishes(&it));
    let (wishes, comment) = asked?;
    Some(Demande {
        territory: territory?,
        channel: channel?,
        person: person?,
        household: household?,
        right: right?,
        answers: answers?,
        needs: needs?,
        wishes,
        comment,
    })
}

#[derive(Clone, Copy)]
struct Door {
    public: bool,
    today: NaiveDate,
}

fn read_territory(node: &Node<'_>, served: &[Territory]) -> Option<Territory> {
    let codes: Vec<&str> = served.iter().map(|it| it.as_str()).collect();
    let territory: Territory = node.code(&codes, |text| text.parse().ok())?;
    if !served.contains(&territory) {
        let detail = format!(
            "Ce service ne reçoit pas les demandes de ce territoire. Il sert : {}.",
            codes.join(", ")
        );
        node.refuse(code::TERRITORY_NOT_SERVED, detail);
        return None;
    }
    Some(territory)
}

fn read_channel(node: &Node<'_>, trusted: bool) -> Option<Channel> {
    let channel = node.code(CanalCode::CODES, CanalCode::from_code).map(Channel::from)?;
    if !trusted && channel != Channel::Web {
        let detail = "Sans identification professionnelle, le canal est « web ».";
        node.refuse(code::CHANNEL_REFUSED, detail);
        return None;
    }
    Some(channel)
}

const PERSON: &[&str] =
    &["prenom", "nom", "date_naissance", "telephone", "courriel", "numero_allocataire", "nir", "adresse"];

fn read_person(node: &Node<'_>, territory: Option<Territory>, door: Door) -> Option<Person> {
    let fields = node.fields(PERSON)?;
    let first_name = fields.required("prenom").and_then(|it| it.read(name));
    let last_name = fields.required("nom").and_then(|it| it.read(name));
    let birth_date = fields.required("date_naissance").and_then(|it| read_birth(&it, door.today));
    let phone = given(fields.optional("telephone"), |it| it.read(Phone::parse));
    let email = given(fields.optional("courriel"), |it| it.read(Email::parse));
    let caf_number =
        given(fields.optional("numero_allocataire"), |it| it.read(|text| caf_number(text, door)));
    let nir = given(fields.optional("nir"), |it| read_nir(it, door));
    let address = fields.required("adresse").and_then(|it| Address::read(&it, territory));
    Some(Person {
        first_name: first_name?,
        last_name: last_name?,
        birth_date: birth_date?,
        phone: phone?,
        email: email?,
        caf_number: caf_number?,
        nir: nir?,
        address: address?,
    })
}

/// `Some(None)` when it is not given, `None` when it is given and wrong.
#[expect(clippy::option_option, reason = "missing is right, and unreadable is already told")]
pub(crate) fn given<'a, T>(
    node: Option<Node<'a>>,
    read: impl FnOnce(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match node {
        Some(node) => read(&node).map(Some),
        None => Some(None),
    }
}

fn read_birth(node: &Node<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let birth = node.past_date(today)?;
    match age(birth, today) {
        Some(0..=15) | None => {
            let detail =
                "Ce service s’adresse aux personnes d’au moins 16 ans : vérifiez la date de naissance.";
            node.refuse(code::TOO_YOUNG, detail);
            None
        }
        Some(16..=110) => Some(birth),
        Some(_) => {
            let detail =
                "Cette date de naissance donne plus de 110 ans : vérifiez l’année, à quatre chiffres.";
            node.refuse(code::UNLIKELY_DATE, detail);
            None
        }
    }
}

fn caf_number(text: &str, door: Door) -> Result<String, Fault> {
    if door.public && Nir::parse(text).is_ok() {
        return Err(Fault::new(code::NIR_REFUSED, NO_NIR));
    }

    let digits: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    if (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(digits)
    } else {
        let detail =
            "Écrivez seulement les chiffres du numéro d’allocataire : 7 à la CAF, 13 à la MSA, 15 au plus.";
        Err(Fault::new(code::FORMAT, detail))
    }
}

const NO_NIR: &str = "Le numéro de sécurité sociale n’est pas demandé ici : retirez-le. Un professionnel le demandera si besoin.";

fn read_nir(node: &Node<'_>, door: Door) -> Option<Nir> {
    if door.public {
        node.refuse(code::NIR_REFUSED, NO_NIR);
        return None;
    }
    node.read(|text| Nir::parse(text).map_err(|it: NirError| Fault::new(code::NIR_INVALID, it.sentence())))
}

fn admit_right(node: &Node<'_>, right: &RightStated, door: Door) -> bool {
    let admitted = matches!(right, RightStated::Declared { .. }) || !door.public;
    if !admitted {
        let detail = "Le droit ne peut être que déclaré ici : mettez « declare ». La CAF, la MSA ou un agent le confirmera.";
        node.at("statut").refuse(code::CONFIRMED_REFUSED, detail);
    }
    admitted
}

fn read_household(node: &Node<'_>) -> Option<Household> {
    let fields = node.fields(&["conjoint", "enfants", "majore", "role"])?;
    let partner = fields.required("conjoint").and_then(|it| it.boolean());
    let children =
        fields.required("enfants").and_then(|it| it.whole(0..=20)).and_then(|it| u8::try_from(it).ok());
    let increased = given(fields.optional("majore"), Node::boolean);
    let role = given(fields.optional("role"), |it| it.code(RoleCode::CODES, RoleCode::from_code));
    if let (Some(false), Some(Some(RoleCode::Partner))) = (partner, role) {
        let detail = "Le rôle dit « conjoint » et le foyer n’en a pas : corrigez l’un ou l’autre.";
        fields.refuse("role", code::CONTRADICTORY, detail);
        return None;
    }
    Some(Household {
        partner: partner?,
        children: children?,
        increased: increased?.unwrap_or(false),
        role: role?.map_or(HouseholdRole::Applicant, Into::into),
    })
}

fn read_needs(node: &Node<'_>) -> Option<BTreeSet<Need>> {
    let read: Vec<Option<Need>> = node
        .items(20)?
        .iter()
        .map(|it| it.code(BesoinCode::CODES, BesoinCode::from_code).map(Into::into))
        .collect();
    read.into_iter().collect()
}

fn read_wishes(node: &Node<'_>) -> Option<(Wishes, Option<String>)> {
    let fields = node.fields(&["organisme", "referent", "commentaire"])?;
    let organisme =
        given(fields.optional("organisme"), |it| it.code(OrganismeCode::CODES, OrganismeCode::from_code));
    let referent = given(fields.optional("referent"), read_referent);
    let comment = given(fields.optional("commentaire"), |it| it.read(|text| words(text, 1000)));
    Some((Wishes { organisme: organisme?.map(Into::into), referent: referent? }, comment?))
}

pub(crate) fn read_referent(node: &Node<'_>) -> Option<ReferentId> {
    node.exact(|text| {
        let detail =
            "L’identifiant d’un référent a des minuscules, des chiffres et des traits d’union, 40 au plus.";
        text.parse().map_err(|_| Fault::new(code::FORMAT, detail))
    })
}

#[cfg(test)]
mod tests;
