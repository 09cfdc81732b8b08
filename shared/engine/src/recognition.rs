//! Who is already known: people are looked for behind the doors that their numbers, their names and their birth dates
//! open, many at once, and the rules of [`domain::matching`] conclude.

use std::collections::{BTreeMap, BTreeSet};

use contracts::rows::{DossierRow, NoDossier, SideRow};
use contracts::sealed::{ContactsV1, FoyerV1, IdentiteV1, NumerosV1};
use contracts::told::{DitsV1, SourceDit, Statement, Value};
use domain::matching::{Candidate, FoldedName, Key, Sought};
use domain::nir::Nir;
use domain::sources::Source;
use domain::{Dossier, DossierId, Territory};

use crate::doors::{self, Doors, Held};
use crate::keys;
use crate::ports::{DossierKey, Dossiers, PortError, Rows, Table};
use crate::step::StepError;
use crate::vault::Vault;
use crate::world::World;

/// The values that open doors, as one source or as everything that is known gives them.
#[derive(Clone, Default)]
pub(crate) struct Bearings {
    /// Last names, in use and at birth.
    pub(crate) last_names: Vec<String>,
    /// First name.
    pub(crate) first_name: Option<String>,
    /// Birth date.
    pub(crate) birth_date: Option<chrono::NaiveDate>,
    /// Number of the social security.
    pub(crate) nir: Option<String>,
    /// Identifier in the département's own software.
    pub(crate) internal_id: Option<String>,
    /// Number at the CAF or the MSA, and the code of the role.
    pub(crate) caf_number_and_role: Option<(String, &'static str)>,
    /// Number of the household, as a file of the CAF or of the MSA tells it.
    pub(crate) household: Option<String>,
    /// Telephone and e-mail.
    pub(crate) reach: BTreeSet<String>,
}

impl Bearings {
    /// Those of what is sealed.
    pub(crate) fn of(
        identite: &IdentiteV1,
        contacts: &ContactsV1,
        numeros: &NumerosV1,
        foyer: Option<&FoyerV1>,
    ) -> Self {
        let last_names = [Some(identite.nom.clone()), identite.nom_naissance.clone()];
        let caf = numeros.numero_allocataire.clone();
        Self {
            last_names: last_names.into_iter().flatten().collect(),
            first_name: Some(identite.prenom.clone()),
            birth_date: Some(identite.date_naissance),
            nir: numeros.nir.clone(),
            internal_id: numeros.identifiant.clone(),
            caf_number_and_role: caf.zip(foyer.map(|it| it.role.code())),
            household: None,
            reach: contacts.telephone.iter().chain(&contacts.courriel).cloned().collect(),
        }
    }

    /// What opens a door each.
    pub(crate) fn values(&self) -> Vec<(Held, String)> {
        let mut values = Vec::new();
        values.extend(self.nir.clone().map(|it| (Held::Nir, it)));
        values.extend(self.internal_id.as_ref().map(|it| (Held::InternalId, it.trim().to_uppercase())));
        if let Some((number, role)) = &self.caf_number_and_role {
            let number = bare_number(number);
            if !number.is_empty() {
                values.push((Held::CafNumberAndRole, format!("{number}|{role}")));
            }
        }
        if let (Some(first_name), Some(birth)) = (&self.first_name, self.birth_date) {
            let first_name = FoldedName::of(first_name);
            values.extend(self.last_names.iter().map(|last_name| {
                let last_name = FoldedName::of(last_name).joined();
                (Held::NameAndBirth, format!("{last_name}|{}|{birth}", first_name.first_part()))
            }));
        }
        values
    }

    /// Who is looked for; `None` without a name or a birth date.
    pub(crate) fn sought(&self) -> Option<Sought> {
        let mut last_names = self.last_names.iter().map(|it| FoldedName::of(it));
        Some(Sought {
            last_name: last_names.next()?,
            birth_name: last_names.next(),
            first_name: FoldedName::of(self.first_name.as_ref()?),
            birth_date: self.birth_date?,
            nir: self.nir.as_deref().and_then(|it| Nir::parse(it).ok()),
            household: self.household.as_deref().map(bare_number),
            reach: self.reach.clone(),
        })
    }
}

/// A number at the CAF without the zeros before it and the letter of the key, which tools keep or drop.
fn bare_number(number: &str) -> String {
    let figures: String = number.chars().filter(char::is_ascii_digit).collect();
    figures.trim_start_matches('0').to_owned()
}

/// Somebody who is known, with all that is sealed of them.
pub(crate) struct Known {
    pub(crate) key: DossierKey,
    pub(crate) row: DossierRow,
    pub(crate) dossier: Dossier,
    pub(crate) vault: Vault,
    pub(crate) person: Person,
}

/// What is sealed of a person.
#[derive(Clone)]
pub(crate) struct Person {
    /// The row it lies in.
    pub(crate) row: SideRow,
    /// What each source has told.
    pub(crate) dits: DitsV1,
    /// The values that are believed.
    pub(crate) identite: IdentiteV1,
    pub(crate) contacts: ContactsV1,
    pub(crate) numeros: NumerosV1,
    pub(crate) foyer: FoyerV1,
}

impl Person {
    /// Opens a person's row. What was sealed before several sources spoke was said by whoever opened the dossier.
    pub(crate) fn open(vault: &Vault, row: SideRow, opened: &Dossier) -> Result<Option<Self>, StepError> {
        if !row.attributes.contains_key("identite") {
            return Ok(None); // all that is left of somebody who was erased
        }
        let missing = || PortError::new("open a person", "a sealed value is missing");
        let identite: IdentiteV1 = vault.open(Table::Personnes, &row, "identite")?.ok_or_else(missing)?;
        let contacts: ContactsV1 = vault.open(Table::Personnes, &row, "contacts")?.ok_or_else(missing)?;
        let numeros: NumerosV1 = vault.open(Table::Personnes, &row, "numeros")?.unwrap_or_default();
        let foyer: FoyerV1 = vault.open(Table::Personnes, &row, "foyer")?.ok_or_else(missing)?;
        let kept: Option<DitsV1> = vault.open(Table::Personnes, &row, "dits")?;
        let dits = kept.unwrap_or_else(|| {
            let mut dits = DitsV1::default();
            let said = Statement::of_sealed(&identite, &contacts, &numeros, Some(&foyer));
            dits.hear(source_of(opened.channel), opened.submitted_at, &said);
            dits
        });
        Ok(Some(Self { row, dits, identite, contacts, numeros, foyer }))
    }

    /// What is believed of what every source has told.
    pub(crate) fn believed(row: SideRow, dits: DitsV1) -> Result<Self, StepError> {
        let (identite, contacts, numeros, foyer) = dits.effective()?;
        Ok(Self { row, dits, identite, contacts, numeros, foyer })
    }

    /// The values and who told them, sealed each in its field.
    pub(crate) fn sealed<W: World>(
        &self,
        world: &W,
        vault: &Vault,
    ) -> Result<BTreeMap<String, serde_json::Value>, PortError> {
        let mut values = sealed(world, vault, (&self.identite, &self.contacts, &self.numeros, &self.foyer))?;
        values.insert("dits".to_owned(), vault.seal(world, Table::Personnes, "-", "dits", &self.dits)?);
        Ok(values)
    }

    /// What they are recognised by.
    pub(crate) fn bearings(&self) -> Bearings {
        let household = self.dits.told_by(SourceDit::Flow, Value::CafNumber).map(str::to_owned);
        let bearings = Bearings::of(&self.identite, &self.contacts, &self.numeros, Some(&self.foyer));
        Bearings { household, ..bearings }
    }
}

/// Who spoke, by the channel of an application.
pub(crate) const fn source_of(channel: domain::dossier::Channel) -> Source {
    use domain::dossier::Channel;
    match channel {
        Channel::Web => Source::Person,
        Channel::Paper | Channel::Telephone | Channel::Counter => Source::Agent,
        Channel::Flow => Source::Flow,
    }
}

/// Counts the writes of a person's row, from the first one on: of two who complete it at once, one reads again.
pub(crate) const REVISION: &str = "rev";

/// The values of a person, sealed each in its field.
pub(crate) fn sealed<W: World>(
    world: &W,
    vault: &Vault,
    (identite, contacts, numeros, foyer): (&IdentiteV1, &ContactsV1, &NumerosV1, &FoyerV1),
) -> Result<BTreeMap<String, serde_json::Value>, PortError> {
    let (table, sk) = (Table::Personnes, "-");
    Ok(BTreeMap::from([
        ("identite".to_owned(), vault.seal(world, table, sk, "identite", identite)?),
        ("contacts".to_owned(), vault.seal(world, table, sk, "contacts", contacts)?),
        ("numeros".to_owned(), vault.seal(world, table, sk, "numeros", numeros)?),
        ("foyer".to_owned(), vault.seal(world, table, sk, "foyer", foyer)?),
    ]))
}

/// By which keys each dossier was found.
pub(crate) type Found = BTreeMap<DossierId, BTreeSet<Key>>;

/// Those who may be the people that these doors lead to, in the order of `seekers`. A dossier that was erased, or never
/// opened in the end, is nobody.
pub(crate) async fn look_for<W: World>(
    world: &W,
    territory: Territory,
    seekers: &[Doors],
) -> Result<(Vec<Found>, BTreeMap<DossierId, Known>), StepError> {
    let behind = doors::behind_all(world, territory, seekers.iter()).await?;
    let found: Vec<Found> = seekers.iter().map(|it| by_dossier(&it.found(territory, &behind))).collect();
    let ids: BTreeSet<DossierId> = found.iter().flat_map(BTreeMap::keys).copied().collect();
    let known = known_all(world, territory, &ids).await?;
    Ok((found, known))
}

/// By which keys each dossier was found.
pub(crate) fn by_dossier(found: &BTreeMap<Held, BTreeSet<DossierId>>) -> Found {
    let mut keys = Found::new();
    for (held, dossiers) in found {
        let key = match held {
            Held::Nir => Key::Nir,
            Held::InternalId => Key::InternalId,
            Held::CafNumberAndRole => Key::CafNumberAndRole,
            Held::NameAndBirth => Key::NameAndBirth,
            Held::FollowUp | Held::Application | Held::Joined => continue,
        };
        for dossier in dossiers {
            keys.entry(*dossier).or_default().insert(key);
        }
    }
    keys
}

/// The candidates of one person among those who are known.
pub(crate) fn candidates(found: &Found, known: &BTreeMap<DossierId, Known>) -> Vec<Candidate> {
    let candidate = |(dossier, keys): (&DossierId, &BTreeSet<Key>)| {
        // The dossier that goes on is behind the same doors.
        let known = known.get(dossier).filter(|it| it.dossier.merged_into().is_none())?;
        let who = known.person.bearings().sought()?;
        Some(Candidate { dossier: *dossier, found_by: keys.clone(), who })
    };
    found.iter().filter_map(candidate).collect()
}

/// What is known of one dossier; `None` when it was erased.
pub(crate) async fn known<W: World>(world: &W, key: DossierKey) -> Result<Option<Known>, StepError> {
    Ok(known_all(world, key.territory, &[key.dossier].into()).await?.remove(&key.dossier))
}

/// Reads and opens what is known of many dossiers.
pub(crate) async fn known_all<W: World>(
    world: &W,
    territory: Territory,
    ids: &BTreeSet<DossierId>,
) -> Result<BTreeMap<DossierId, Known>, StepError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let keys: Vec<DossierKey> = ids.iter().map(|it| DossierKey { territory, dossier: *it }).collect();
    let people_keys: Vec<(String, String)> = keys.iter().map(|it| (it.pk(), "-".to_owned())).collect();
    let rows = world.store().read_many(&keys).await?;
    let people = world.store().get_many(Table::Personnes, &people_keys).await?;
    let mut secrets = keys::of_dossiers(world, territory, &keys).await?;
    let mut people: BTreeMap<String, SideRow> = people.into_iter().map(|it| (it.pk.clone(), it)).collect();
    let mut known = BTreeMap::new();
    for row in rows {
        let dossier = match row.dossier() {
            Err(NoDossier::Erased) => continue,
            read => read?,
        };
        let key = DossierKey { territory, dossier: dossier.id };
        // A file writes them together, but they may be seen one after the other.
        let person = people.remove(&row.pk);
        let person = person.ok_or_else(|| PortError::new("read a person", "their row is not there yet"))?;
        let Some(secret) = secrets.remove(&key) else { continue };
        let vault = Vault::with(key, secret);
        let Some(person) = Person::open(&vault, person, &dossier)? else { continue };
        known.insert(dossier.id, Known { key, row, dossier, vault, person });
    }
    Ok(known)
}
