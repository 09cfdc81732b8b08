//! Who plays in a run: départements, référents, agents and fictional people.

use std::sync::LazyLock;

use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::api::{Admission, DelegationBody, Demande, Phone, ReferentBody};
use contracts::data::{DataError, Reference, Service};
use domain::dossier::{Channel, Need};
use domain::intake::RightStated;
use domain::{AgentId, Organisme, Parcours, ReferentId, Territory};
use engine::{Professional, Role};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::files::Newcomer;

/// The départements that a run may serve: one on the time of Paris always, another that may not be.
const SERVED: [&[&str]; 4] = [&["77", "93"], &["77", "974"], &["77", "93", "971"], &["93", "974"]];

/// A commune of each.
const COMMUNES: [(&str, &str, &str); 4] = [
    ("77", "77288", "77000"),
    ("93", "93066", "93200"),
    ("971", "97105", "97100"),
    ("974", "97411", "97400"),
];

/// How many kinds of answers, and of contacts, there are.
const ANSWERS: usize = 6;
const CONTACTS: usize = 4;

/// First names that no text contains, and that contain each other nowhere.
pub(crate) const FIRST_NAMES: [&str; 12] = [
    "Abélard",
    "Blandine",
    "Cyprien",
    "Dorothée",
    "Évariste",
    "Florimond",
    "Gersende",
    "Hildegarde",
    "Isabeau",
    "Josserand",
    "Kilda",
    "Léontine",
];

/// What a run is given, read once for all runs.
pub(crate) struct Stock {
    references: Vec<Reference>,
    applications: Vec<Demande>,
    referent: ReferentBody,
    delegation: DelegationBody,
}

/// The files that ship with the suite, or a fixture, cannot be read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("les données de la simulation sont illisibles : {0}")]
pub(crate) struct Unusable(&'static str);

/// The stock, read once.
pub(crate) fn stock() -> Result<&'static Stock, Unusable> {
    static STOCK: LazyLock<Result<Stock, Unusable>> = LazyLock::new(Stock::read);
    STOCK.as_ref().map_err(|it| *it)
}

impl Stock {
    fn read() -> Result<Self, Unusable> {
        let references: Result<Vec<Reference>, DataError> =
            SERVED.iter().map(|codes| Reference::embedded(territories(codes), service())).collect();
        let served = territories(&["77"]);
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).ok_or(Unusable("date"))?;
        let admission = Admission { served: &served, trusted: true, today };
        let mut applications = Vec::new();
        for answers in answers() {
            for contacts in contacts() {
                let body = application(&answers, &contacts);
                applications.push(Demande::parse(&body, &admission).map_err(|_| Unusable("demande"))?);
            }
        }
        let referent = json!({"nom": "Fictif", "structure": "Maison des solidarités", "telephone": "01 99 00 12 34",
            "adresse": "1 rue des Exemples", "organisme": "departement", "capacite": 1,
            "parcours": ["social", "socio_professionnel", "emploi"], "communes": []});
        let delegation = json!({"nom": "Alix Exemple", "qualite": "responsable de l’orientation",
            "acte": "2026-01", "du": "2020-01-01"});
        Ok(Self {
            references: references.map_err(|_| Unusable("cadre"))?,
            applications,
            referent: ReferentBody::parse(&referent, served[0]).map_err(|_| Unusable("référent"))?,
            delegation: DelegationBody::parse(&delegation).map_err(|_| Unusable("délégation"))?,
        })
    }

    /// A delegation of signature for every parcours.
    pub(crate) fn delegation(&self) -> DelegationBody {
        self.delegation.clone()
    }

    /// The record of a référent. Their name tells who and where they are.
    pub(crate) fn referent(
        &self,
        territory: Territory,
        number: usize,
        rng: &mut Rng,
        capacity: u32,
    ) -> ReferentBody {
        let organisme = match rng.u32(..8) {
            0 => Organisme::FranceTravail,
            1 => Organisme::Delegataire,
            _ => Organisme::Departement,
        };
        let mut parcours = Parcours::ALL.into();
        if rng.u32(..5) == 0 {
            parcours = [Parcours::Social].into();
        }
        ReferentBody {
            name: referent_name(territory, number),
            capacity,
            organisme,
            parcours,
            ..self.referent.clone()
        }
    }
}

/// A commune of a département, and its postcode.
pub(crate) fn home(territory: Territory) -> Option<(&'static str, &'static str)> {
    COMMUNES.iter().find(|it| it.0 == territory.as_str()).map(|(_, commune, postcode)| (*commune, *postcode))
}

/// The name that people read of a référent: nobody else has it.
pub(crate) fn referent_name(territory: Territory, number: usize) -> String {
    format!("Référent {} {}", territory.as_str(), ["Un", "Deux", "Trois", "Quatre"][number % 4])
}

/// Who plays in one run.
pub(crate) struct Cast {
    pub(crate) reference: &'static Reference,
    pub(crate) stock: &'static Stock,
    pub(crate) territories: Vec<Territory>,
    pub(crate) people: Vec<Person>,
    /// Those whom only files tell of.
    pub(crate) newcomers: Vec<Newcomer>,
}

/// A fictional person, before they apply.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) key: String,
    pub(crate) demande: Demande,
}

impl Cast {
    /// Draws a run's cast: `people` of them, in two or three départements.
    pub(crate) fn draw(rng: &mut Rng, people: usize) -> Result<Self, Unusable> {
        let stock = stock()?;
        let reference = &stock.references[rng.usize(..stock.references.len())];
        let territories = reference.served.clone();
        // Most live in the first: that is where places are scarce.
        let people = (0..people)
            .map(|number| {
                let territory = if rng.u32(..4) == 0 {
                    territories[rng.usize(..territories.len())]
                } else {
                    territories[0]
                };
                // Most are proposed to the département: that is where places are looked for.
                let kind = if rng.u32(..3) == 0 { rng.usize(..ANSWERS) } else { rng.usize(..2) };
                let mut demande = stock.applications[kind * CONTACTS + rng.usize(..CONTACTS)].clone();
                demande.territory = territory;
                let first_name = FIRST_NAMES[number % FIRST_NAMES.len()];
                first_name.clone_into(&mut demande.person.first_name);
                number_of(first_name, &mut demande);
                settle(&mut demande);
                if rng.u32(..10) == 0 {
                    demande.needs = [Need::Shelter].into();
                }
                if rng.u32(..6) == 0 {
                    demande.wishes.referent = referent_id(rng.usize(..3));
                }
                Person { key: format!("demande-{number}"), demande }
            })
            .collect();
        Ok(Self { reference, stock, territories, people, newcomers: Vec::new() })
    }

    /// The people as the checker knows them.
    pub(crate) fn told(&self) -> Vec<checker::Person> {
        let tell = |it: &Person| checker::Person {
            territory: it.demande.territory.as_str().to_owned(),
            key: it.key.clone(),
            visits: Vec::new(),
            first_name: it.demande.person.first_name.clone(),
            telephone: telephone(&it.demande.person.first_name),
        };
        let newcomer = |it: &Newcomer| checker::Person {
            territory: it.territory.as_str().to_owned(),
            key: String::new(),
            visits: it.visits.clone(),
            first_name: it.first_name.to_owned(),
            telephone: telephone(it.first_name),
        };
        self.people.iter().map(tell).chain(self.newcomers.iter().map(newcomer)).collect()
    }

    /// What an agent types today for somebody of whom files tell.
    pub(crate) fn visit(&self, newcomer: &Newcomer, rng: &mut Rng, now: DateTime<Utc>) -> Demande {
        let mut demande = self.stock.applications[rng.usize(..self.stock.applications.len())].clone();
        newcomer.write_in(&mut demande);
        settle(&mut demande);
        demande.right = if rng.bool() {
            RightStated::Declared { opened_on: None }
        } else {
            right(rng, demande.territory.local_date(now))
        };
        demande
    }

    /// A person's application as it is made today: by themselves, the right is declared; by a professional, it may be
    /// confirmed.
    pub(crate) fn apply(&self, person: usize, rng: &mut Rng, now: DateTime<Utc>) -> (Demande, String) {
        let Person { key, mut demande } = self.people[person].clone();
        let today = demande.territory.local_date(now);
        if rng.u32(..3) == 0 {
            demande.channel = Channel::Web;
            demande.right = RightStated::Declared { opened_on: None };
        } else {
            demande.channel = Channel::Counter;
            demande.right = right(rng, today);
        }
        (demande, key)
    }
}

/// The telephone of a fictional person, as it is stored: nobody of another first name has it.
pub(crate) fn telephone(first_name: &str) -> String {
    let number = first_name.bytes().fold(0, |sum: u32, it| (sum * 257 + u32::from(it)) % 9973);
    format!("+3363998{number:04}")
}

/// Gives whoever has a telephone the one of their first name.
pub(crate) fn number_of(first_name: &str, demande: &mut Demande) {
    if demande.person.phone.is_some() {
        demande.person.phone = Phone::parse(&telephone(first_name)).ok();
    }
}

/// Gives a home in its département to whoever applies.
fn settle(demande: &mut Demande) {
    if let Some((commune, postcode)) = home(demande.territory)
        && let Ok(commune) = commune.parse()
    {
        demande.person.address.commune = commune;
        postcode.clone_into(&mut demande.person.address.postcode);
    }
}

/// A confirmed right, received some days before `today`.
pub(crate) fn right(rng: &mut Rng, today: NaiveDate) -> RightStated {
    let ago = match rng.u32(..4) {
        0 | 1 => 0,
        2 => rng.u64(..10),
        _ => rng.u64(..50),
    };
    let received = today.checked_sub_days(Days::new(ago)).unwrap_or(today);
    RightStated::Confirmed { opened_on: received, received_on: Some(received), duties: rng.u32(..12) != 0 }
}

/// The identifier of a référent.
pub(crate) fn referent_id(number: usize) -> Option<ReferentId> {
    format!("ref-{number}").parse().ok()
}

/// A professional of a département.
pub(crate) fn professional(territory: Territory, agent: &str, role: Role) -> Option<Professional> {
    Some(Professional { agent: agent.parse::<AgentId>().ok()?, territory, role })
}

fn territories(codes: &[&str]) -> Vec<Territory> {
    codes.iter().filter_map(|it| it.parse().ok()).collect()
}

fn service() -> Service {
    Service {
        nom: "Service insertion".into(),
        telephone: "01 99 00 10 10".into(),
        horaires: "du lundi au vendredi".into(),
        adresse: "Place des Essais".into(),
    }
}

/// Answers that lead to each kind of proposition.
fn answers() -> [Value; ANSWERS] {
    [
        json!({"natlog": "0904"}),
        json!({"hispro": "1902"}),
        json!({"cessderact": "2701"}),
        json!({}),
        json!({"inscdememploi": "4302"}),
        json!({"sitpersdemrsa": "0105", "hispro": "1901"}),
    ]
}

/// Ways to be reached: all, one, none.
fn contacts() -> [Value; CONTACTS] {
    [
        json!({"telephone": "06 39 98 12 34", "courriel": "essai@exemple.test",
            "adresse": {"voie": "1 rue des Essais", "code_postal": "77000", "commune": "77288"}}),
        json!({"telephone": "06 39 98 12 34", "adresse": {"code_postal": "77000", "commune": "77288"}}),
        json!({"courriel": "essai@exemple.test", "adresse": {"code_postal": "77000", "commune": "77288"}}),
        json!({"adresse": {"code_postal": "77000", "commune": "77288"}}),
    ]
}

fn application(answers: &Value, contacts: &Value) -> Value {
    let mut person = json!({"prenom": "Camille", "nom": "Exemple", "date_naissance": "1985-03-27"});
    for (name, value) in contacts.as_object().into_iter().flatten() {
        person[name] = value.clone();
    }
    json!({"territoire": "77", "canal": "guichet", "personne": person,
        "foyer": {"conjoint": false, "enfants": 0, "majore": false, "role": "demandeur"},
        "dsp": answers, "souhaits": {}})
}
