//! One person of a list: drawn, shown in the cells of a style, and told as they are to be read.

use chrono::{Days, NaiveDate};
use contracts::api::{Email, HouseholdRole, Phone};
use contracts::imports::{Adult, Contact, Identity, Numbers, Place, Reach, RightTold, UnderWay};
use domain::nir::{Nir, key_of};
use domain::rsa::RightState;
use domain::{Organisme, Parcours};

use super::{Holds, Shown, Style};
use crate::list::Told;

const LAST_NAMES: [&str; 8] = [
    "Exemple",
    "FICTIF",
    "D’Essai",
    "Modèle-Vide",
    "Personne",
    "Échantillon",
    "de l’Étrier",
    "Œuvre Inventée",
];

const FIRST_NAMES: [&str; 12] = [
    "Camille",
    "Anaïs",
    "Bakary",
    "Élise",
    "Jean-Noël",
    "Fatou",
    "Inès",
    "Mehdi",
    "Minh",
    "Olga",
    "ZOÉ",
    "Yasmine",
];

const STREETS: [&str; 4] =
    ["rue des Lilas", "avenue de la Gare", "place du Marché; bât. B", "chemin \"Vert\""];

/// A postcode, a commune as people write it, and its code.
const HOMES: [(&str, &str, &str); 6] = [
    ("77000", "MELUN", "77288"),
    ("77350", "LE MEE SUR SEINE", "77285"),
    ("77100", "Meaux", "77284"),
    ("77500", "Chelles", "77108"),
    ("77300", "FONTAINEBLEAU", "77186"),
    ("77310", "St Fargeau-Ponthierry", "77407"),
];

/// Somebody who does not exist.
pub(super) struct Person {
    index: u32,
    identity: Identity,
    nir: String,
    caf_number: String,
    application: String,
    role: HouseholdRole,
    phone: String,
    email: String,
    street: String,
    home: (&'static str, &'static str, &'static str),
    opened: NaiveDate,
    parcours: Parcours,
    organisme: Organisme,
}

impl Person {
    pub(super) fn draw(index: u32, seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed.rotate_left(32) ^ u64::from(index));
        let year = chance.i32(1962..2004);
        let birth_date =
            NaiveDate::from_ymd_opt(year, chance.u32(1..13), chance.u32(1..29)).unwrap_or_default();
        let number = format!(
            "{}{:02}1377{:03}{:03}",
            chance.u8(1..3),
            year % 100,
            index / 999 % 900 + 1,
            index % 999 + 1
        );
        let one = |of: &[&'static str], chance: &mut fastrand::Rng| of[chance.usize(..of.len())];
        let identity = Identity {
            last_name: one(&LAST_NAMES, &mut chance).to_owned(),
            birth_name: None,
            first_name: one(&FIRST_NAMES, &mut chance).to_owned(),
            birth_date,
        };
        Self {
            index,
            identity,
            nir: format!("{number}{:02}", key_of(&number).unwrap_or_default()),
            caf_number: format!("{:07}", 1_000_000 + index),
            application: format!("{:011}", 99_000_000_000 + u64::from(index)),
            role: if chance.u8(..4) == 0 { HouseholdRole::Partner } else { HouseholdRole::Applicant },
            phone: format!("063998{:04}", chance.u32(..10_000)),
            email: format!("personne-{index}@example.org"),
            street: format!("{} {}", chance.u32(1..120), one(&STREETS, &mut chance)),
            home: HOMES[chance.usize(..HOMES.len())],
            opened: NaiveDate::from_ymd_opt(2025, chance.u32(1..13), chance.u32(1..29)).unwrap_or_default(),
            parcours: Parcours::ALL[chance.usize(..3)],
            organisme: Organisme::ALL[chance.usize(..5)],
        }
    }

    /// What a column of a style shows of them.
    pub(super) fn cell(&self, style: Style, holds: Holds) -> Shown {
        let own = style == Style::RdvInsertion;
        Shown::Text(match holds {
            Holds::Nothing => String::new(),
            Holds::Title => "Monsieur".to_owned(),
            Holds::LastName => self.identity.last_name.clone(),
            Holds::FirstName => self.identity.first_name.clone(),
            Holds::Birth if own => return Shown::Day(self.identity.birth_date),
            Holds::Birth => self.day(self.identity.birth_date),
            Holds::CafNumber => self.caf_number.clone(),
            Holds::Application => self.application.clone(),
            Holds::Internal => self.internal(),
            Holds::FranceTravail => self.france_travail(),
            Holds::Nir if own => return Shown::Number(self.nir[..13].parse().unwrap_or_default()),
            Holds::Nir => self.nir.clone(),
            Holds::Role => self.said_role(style).to_owned(),
            Holds::Phone if own => return Shown::Number(self.phone.parse().unwrap_or_default()),
            Holds::Phone if style == Style::CnafContact => self.phone[1..].to_owned(),
            Holds::Phone => self.phone.clone(),
            Holds::Email => self.email.clone(),
            Holds::Street => self.street.clone(),
            Holds::Postcode => self.home.0.to_owned(),
            Holds::City => self.home.1.to_owned(),
            Holds::PostcodeCity => format!("{} {}", self.home.0, self.home.1),
            Holds::Opened => self.opened.format("%d/%m/%Y").to_string(),
            Holds::Since => (self.opened + Days::new(1)).format("%d/%m/%Y").to_string(),
            Holds::Parcours => self.parcours.label().to_owned(),
            Holds::Organisme => self.organisme.code().to_owned(),
            Holds::Decided => (self.opened + Days::new(20)).to_string(),
            Holds::Referent => self.referent().unwrap_or_default(),
            Holds::Contract => self.contract().map(|it| it.to_string()).unwrap_or_default(),
        })
    }

    /// What is to be read of them in a style.
    pub(super) fn told(&self, style: Style) -> Option<Told> {
        let reach = Reach {
            phone: if style.has(Holds::Phone) { Phone::parse(&self.phone).ok() } else { None },
            email: if style.has(Holds::Email) { Email::parse(&self.email).ok() } else { None },
        };
        let role = style.has(Holds::Role).then_some(self.role);
        Some(if style == Style::CnafContact {
            let named = (self.role == HouseholdRole::Applicant).then_some(&self.identity);
            Told::Contact(Box::new(Contact {
                numbers: self.numbers(style),
                last_name: named.map(|it| it.last_name.clone()),
                first_name: named.map(|it| it.first_name.clone()),
                role,
                reach,
                address: None,
                right: self.right(style),
            }))
        } else {
            Told::Adult(Box::new(Adult {
                identity: self.identity.clone(),
                numbers: self.numbers(style),
                role,
                partner: None,
                children: None,
                reach,
                address: Some(Place {
                    street: Some(self.street.clone()),
                    postcode: self.home.0.to_owned(),
                    commune: self.home.2.parse().ok()?,
                }),
                right: self.right(style),
                under_way: style.has(Holds::Parcours).then(|| self.under_way()),
            }))
        })
    }

    fn numbers(&self, style: Style) -> Numbers {
        let has = |holds, value: String| style.has(holds).then_some(value);
        Numbers {
            nir: Nir::parse(&self.nir).ok(),
            caf_number: has(Holds::CafNumber, self.caf_number.clone()),
            rsa_application: has(Holds::Application, self.application.clone()),
            internal_id: has(Holds::Internal, self.internal()),
            france_travail_id: has(Holds::FranceTravail, self.france_travail()),
        }
    }

    fn right(&self, style: Style) -> Option<RightTold> {
        style.has(Holds::Opened).then(|| RightTold {
            state: RightState::Open,
            opened_on: Some(self.opened),
            duties: style.has(Holds::Since).then_some(true),
            suspensions: Vec::new(),
            closure: None,
            arrived: None,
            left: None,
            died_on: None,
        })
    }

    fn under_way(&self) -> UnderWay {
        UnderWay {
            parcours: self.parcours,
            organisme: self.organisme,
            decided_on: self.opened + Days::new(20),
            referent: self.referent(),
            contract_signed_on: self.contract(),
        }
    }

    /// A date, in one of the forms of Carnet de bord.
    fn day(&self, date: NaiveDate) -> String {
        let form = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"][self.index as usize % 3];
        date.format(form).to_string()
    }

    fn internal(&self) -> String {
        format!("FICTIF-{:06}", self.index)
    }

    fn france_travail(&self) -> String {
        format!("{:011}", self.index)
    }

    fn said_role(&self, style: Style) -> &'static str {
        match (self.role, style == Style::RdvInsertion) {
            (HouseholdRole::Applicant, true) => "dem",
            (HouseholdRole::Applicant, false) => "DEMANDEUR",
            (HouseholdRole::Partner, true) => "cjt",
            (HouseholdRole::Partner, false) => "CONJOINT",
        }
    }

    /// One in three has no référent yet.
    fn referent(&self) -> Option<String> {
        (!self.index.is_multiple_of(3)).then(|| format!("ref-{:02}", self.index % 40))
    }

    /// One in two has no contract yet.
    fn contract(&self) -> Option<NaiveDate> {
        self.index.is_multiple_of(2).then(|| self.opened + Days::new(40))
    }
}
