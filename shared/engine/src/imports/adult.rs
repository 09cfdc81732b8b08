//! Somebody of whom a line speaks: what they are recognised by, and what is to be done of them.

use std::collections::{BTreeMap, BTreeSet};

use contracts::imports::{Contact, RemarqueV1, Told};
use contracts::told::Statement;
use domain::commune::CodeInsee;
use domain::entrants::{self, Admission, Hearing, Standing};
use domain::intake::RightStated;
use domain::matching::{self, Candidate, Doubt, FoldedName, Match};
use domain::sources::Source;
use domain::{DossierId, Territory};
use uuid::Uuid;

use super::apply::hearing;
use super::store::Import;
use crate::ports::{DossierKey, PortError};
use crate::recognition::Bearings;
use crate::requests::reference;
use crate::world::World;

/// Somebody of whom a line speaks.
pub(super) struct Somebody {
    /// The line, and which of its people.
    pub(super) place: (u32, usize),
    /// What is told of them.
    pub(super) told: Told,
    /// What they answered.
    pub(super) answers: BTreeMap<String, serde_json::Value>,
    /// The dossier that would be opened for them.
    pub(super) id: DossierId,
    /// Who tells it.
    pub(super) source: Source,
}

/// What is to be done of somebody.
pub(super) enum Plan {
    /// A dossier is opened.
    Open(Admitted),
    /// This dossier is completed.
    Update(DossierId),
    /// They are not to be oriented.
    Nothing,
    /// A person must look.
    Refuse(Why),
}

/// Somebody for whom a dossier is to be opened.
pub(super) struct Admitted {
    /// Their right.
    pub(super) right: RightStated,
    /// Where they live.
    pub(super) commune: CodeInsee,
    /// Dossiers of the same name and birth date: for people to look at.
    pub(super) resembles: BTreeSet<DossierId>,
}

/// Why somebody is refused.
pub(super) enum Why {
    /// It is not certain who they are.
    Doubt(Doubt),
    /// Only a number is told, and it leads to nobody.
    Unknown,
    /// No address: nobody knows in which commune they live.
    NoAddress,
}

impl Somebody {
    pub(super) fn new(
        import: &Import,
        place: (u32, usize),
        told: Told,
        answers: BTreeMap<String, serde_json::Value>,
    ) -> Self {
        let name = format!("{}/{}", place.0, place.1);
        let source = match import.row.nature {
            contracts::api::ImportNature::Flux => Source::Flow,
            contracts::api::ImportNature::Liste => Source::List,
        };
        Self { place, told, answers, id: DossierId(Uuid::new_v5(&import.row.id, name.as_bytes())), source }
    }

    /// The line's rank.
    pub(super) fn rank(&self) -> u32 {
        self.place.0
    }

    /// What the file tells, value by value.
    pub(super) fn statement(&self) -> Statement {
        match &self.told {
            Told::Adult(adult) => Statement::of_adult(adult),
            Told::Contact(contact) => Statement::of_contact(contact),
        }
    }

    /// What they are recognised by.
    pub(super) fn bearings(&self) -> Bearings {
        let (numbers, role, reach) = match &self.told {
            Told::Adult(it) => (&it.numbers, it.role, &it.reach),
            Told::Contact(it) => (&it.numbers, it.role, &it.reach),
        };
        let (last_names, first_name, birth_date) = match &self.told {
            Told::Adult(it) => {
                let names = [Some(it.identity.last_name.clone()), it.identity.birth_name.clone()];
                (
                    names.into_iter().flatten().collect(),
                    Some(it.identity.first_name.clone()),
                    Some(it.identity.birth_date),
                )
            }
            Told::Contact(_) => (Vec::new(), None, None),
        };
        let role = role.map(|it| contracts::api::RoleCode::from(it).code());
        let phone = reach.phone.iter().map(|it| it.as_str().to_owned());
        let household = match self.source {
            Source::Flow => numbers.caf_number.clone(),
            Source::Person | Source::List | Source::Agent => None,
        };
        Bearings {
            last_names,
            first_name,
            birth_date,
            nir: numbers.nir.as_ref().map(|it| it.as_str().to_owned()),
            internal_id: numbers.internal_id.clone(),
            caf_number_and_role: numbers.caf_number.clone().zip(role),
            household,
            reach: phone.chain(reach.email.iter().map(|it| it.as_str().to_owned())).collect(),
        }
    }

    /// What the file says of the right, as the journey needs it.
    pub(super) fn standing(&self, territory: Territory) -> Option<Standing> {
        let right = match &self.told {
            Told::Adult(it) => it.right.as_ref(),
            Told::Contact(it) => it.right.as_ref(),
        };
        right.map(|it| it.standing(territory.as_str()))
    }

    /// What is to be done, given who may be known.
    pub(super) fn plan(&self, import: &Import, candidates: &[Candidate]) -> Plan {
        let found = match &self.told {
            Told::Adult(_) => match self.bearings().sought() {
                Some(sought) => matching::decide(&sought, candidates),
                None => Match::Nobody { resembles: BTreeSet::new() },
            },
            Told::Contact(contact) => by_numbers(contact, candidates),
        };
        match (found, &self.told) {
            (Match::Known { dossier, .. }, _) => Plan::Update(dossier),
            (Match::Doubtful(doubt), _) => Plan::Refuse(Why::Doubt(doubt)),
            (Match::Nobody { .. }, Told::Contact(_)) => Plan::Refuse(Why::Unknown),
            (Match::Nobody { resembles }, Told::Adult(adult)) => {
                let standing = self.standing(import.territory);
                // Whoever is accompanied has a right, whatever the list leaves out.
                let accompanied = standing.is_none() && adult.under_way.is_some();
                let hearing = hearing(import);
                let hearing = Hearing { opens_declared: hearing.opens_declared || accompanied, ..hearing };
                match entrants::admit(standing.as_ref(), hearing) {
                    Admission::Nothing => Plan::Nothing,
                    Admission::Open(right) => match &adult.address {
                        Some(address) => Plan::Open(Admitted { right, commune: address.commune, resembles }),
                        None => Plan::Refuse(Why::NoAddress),
                    },
                }
            }
        }
    }
}

fn by_numbers(contact: &Contact, candidates: &[Candidate]) -> Match {
    let folded = |it: &Option<String>| it.as_deref().map(FoldedName::of);
    let (last_name, first_name) = (folded(&contact.last_name), folded(&contact.first_name));
    let names = (last_name.as_ref(), first_name.as_ref());
    matching::decide_by_numbers(contact.numbers.nir.as_ref(), names, candidates)
}

impl Why {
    /// What is told of it, in French. Whoever reads it is entitled to see the dossiers that it names.
    pub(super) async fn told<W: World>(
        self,
        world: &W,
        territory: Territory,
    ) -> Result<RemarqueV1, PortError> {
        let (code, detail) = match self {
            Self::Unknown => (
                "inconnu",
                "Personne n’est connu sous ce numéro. Ce fichier ne donne pas de date de naissance : il complète des \
                 dossiers, il n’en ouvre pas."
                    .to_owned(),
            ),
            Self::NoAddress => (
                "adresse_absente",
                "L’adresse manque, et avec elle la commune : ouvrez le dossier à la main, ou complétez l’adresse et \
                 renvoyez la ligne."
                    .to_owned(),
            ),
            Self::Doubt(Doubt::Several { by, dossiers }) => {
                let (by, names) = (by.label(), references(world, territory, dossiers).await?);
                ("plusieurs_personnes", format!("Plusieurs dossiers correspondent par {by} : {names}. Dites lequel."))
            }
            Self::Doubt(Doubt::OtherPerson { by, dossier }) => {
                let name = reference(world, DossierKey { territory, dossier }).await?;
                let by = by.label();
                let detail = format!(
                    "Ce dossier est connu ({name}) par {by}, sous un autre nom ou une autre date de naissance : \
                     vérifiez de qui il s’agit."
                );
                ("autre_personne", detail)
            }
        };
        Ok(RemarqueV1 { ou: String::new(), code: code.to_owned(), detail })
    }
}

/// What is told of somebody for whom a dossier is opened though others look like theirs, in French; `None` when none does.
pub(super) async fn resemblance<W: World>(
    world: &W,
    territory: Territory,
    resembles: BTreeSet<DossierId>,
) -> Result<Option<RemarqueV1>, PortError> {
    if resembles.is_empty() {
        return Ok(None);
    }
    let names = references(world, territory, resembles).await?;
    let detail = format!(
        "Un dossier a été ouvert. Même nom et même date de naissance, dans un autre foyer : {names}. S’il s’agit de la \
         même personne, réunissez les deux dossiers."
    );
    Ok(Some(RemarqueV1 { ou: String::new(), code: "ressemble".to_owned(), detail }))
}

/// The numbers of dossiers, as people read them.
async fn references<W: World>(
    world: &W,
    territory: Territory,
    dossiers: BTreeSet<DossierId>,
) -> Result<String, PortError> {
    let mut names = Vec::new();
    for dossier in dossiers {
        names.push(reference(world, DossierKey { territory, dossier }).await?);
    }
    Ok(names.join(", "))
}
