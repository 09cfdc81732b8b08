//! Files of other administrations: who is in them, how each is read, and what their messages do.
//!
//! The form of a file is the readers' business, and they have tests of their own; here a file is the list of its lines,
//! and everything from the deposit on is the engine's.

use chrono::{DateTime, Days, Utc};
use contracts::Envelope;
use contracts::api::{Demande, ImportNature};
use contracts::imports::{DroitDitV1, LigneV1, QuelquunV1};
use contracts::messages::{Body, Unreadable};
use domain::Territory;
use domain::dossier::Channel;
use engine::imports::{Applied, Cut, Deposit, apply_part, file_block, refuse_whole, return_file, to_be_read};
use engine::{PortError, StepError, World};
use fastrand::Rng;

use crate::cast::{home, number_of, telephone};

/// First names of those whom only files tell of: nobody else's, and in no text.
const FIRST_NAMES: [&str; 6] = ["Modestine", "Nestorine", "Octavien", "Philiberte", "Quitterie", "Romarine"];

/// How many lines without anybody stand between two people, in a long file: each is then in another part.
const BETWEEN: u32 = 101;

/// Somebody whom only files tell of.
#[derive(Clone)]
pub(crate) struct Newcomer {
    pub(crate) territory: Territory,
    pub(crate) first_name: &'static str,
    /// What files give: a flow tells of the right.
    pub(crate) nature: ImportNature,
    /// The keys of the applications that an agent types for them.
    pub(crate) visits: Vec<String>,
    told: QuelquunV1,
}

/// Those whom files tell of, in a few runs; each always by the same kind of file.
pub(crate) fn newcomers(rng: &mut Rng, territories: &[Territory], now: DateTime<Utc>) -> Vec<Newcomer> {
    if rng.u32(..4) != 0 {
        return Vec::new();
    }
    let count = rng.usize(1..=FIRST_NAMES.len());
    let newcomer = |first_name: &'static str| {
        let territory = territories[if rng.u32(..4) == 0 { rng.usize(..territories.len()) } else { 0 }];
        let nature = if rng.bool() { ImportNature::Flux } else { ImportNature::Liste };
        let told = told(rng, territory, first_name, nature, now);
        let visits = if rng.bool() { 0 } else { rng.u32(1..=3) };
        let visits = (0..visits).map(|number| format!("visite-{first_name}-{number}")).collect();
        Newcomer { territory, first_name, nature, visits, told }
    };
    FIRST_NAMES[..count].iter().copied().map(newcomer).collect()
}

impl Newcomer {
    /// An application, in the same words as the files.
    pub(crate) fn write_in(&self, demande: &mut Demande) {
        demande.territory = self.territory;
        demande.channel = Channel::Counter;
        let person = &mut demande.person;
        self.first_name.clone_into(&mut person.first_name);
        person.last_name = self.told.nom.clone().unwrap_or_default();
        person.birth_date = self.told.date_naissance.unwrap_or(person.birth_date);
        number_of(self.first_name, demande);
    }
}

fn told(
    rng: &mut Rng,
    territory: Territory,
    first_name: &str,
    nature: ImportNature,
    now: DateTime<Utc>,
) -> QuelquunV1 {
    let today = territory.local_date(now);
    let opened_on = today.checked_sub_days(Days::new(rng.u64(..90))).unwrap_or(today);
    let right = DroitDitV1 {
        etat: "2".to_owned(),
        ouvert_le: Some(opened_on),
        devoirs: Some(true),
        suspensions: Vec::new(),
        cloture: None,
        venu_de: None,
        parti_vers: None,
        decede_le: None,
    };
    let address = home(territory)
        .map(|(commune, postcode)| (Some("2 rue des Essais".to_owned()), postcode.into(), commune.into()));
    QuelquunV1 {
        nom: Some("Fictif".to_owned()),
        prenom: Some(first_name.to_owned()),
        date_naissance: chrono::NaiveDate::from_ymd_opt(1979, 6, 1),
        telephone: rng.bool().then(|| telephone(first_name)),
        adresse: address,
        droit: matches!(nature, ImportNature::Flux).then_some(right),
        ..QuelquunV1::default()
    }
}

/// A file of some of them, as bytes, and who is in it: one may be told of twice, and now and then nobody is.
pub(crate) fn file(rng: &mut Rng, some: &[&Newcomer]) -> (Vec<u8>, Vec<&'static str>) {
    let some = if rng.u32(..12) == 0 { &[] } else { some };
    let step = if rng.bool() { BETWEEN } else { 1 };
    let twice = some.first().copied().filter(|_| rng.u32(..4) == 0);
    let people: Vec<&Newcomer> = some.iter().copied().chain(twice).collect();
    let names = people.iter().map(|it| it.first_name).collect();
    let last = step * u32::try_from(people.len()).unwrap_or(u32::MAX);
    let line = |rank: u32| LigneV1 { rang: rank, gens: Vec::new(), refus: Vec::new(), alertes: Vec::new() };
    let mut lines: Vec<LigneV1> = (1..=last).map(line).collect();
    for (number, somebody) in people.into_iter().enumerate() {
        if let Some(line) = lines.get_mut(number * step as usize) {
            line.gens = vec![somebody.told.clone()];
        }
    }
    (serde_json::to_vec(&lines).unwrap_or_default(), names)
}

/// What is said of a file when it is given.
pub(crate) fn deposit(nature: ImportNature) -> Deposit {
    Deposit { nature, source: None, name: "fichier".to_owned(), dry: false, received_on: None }
}

/// Handles a message of the queue of imports, as their function does.
pub(crate) async fn handle<W: World>(world: &W, body: &str) -> Result<(), StepError> {
    let envelope = Envelope::parse(body)?;
    let territory: Territory = envelope.territoire.parse().map_err(|_| Unreadable::Field("territoire"))?;
    if let Body::ImportALireV1 { import } = envelope.body {
        return read(world, territory, import).await;
    }
    let Body::ImportTrancheV1 { import, tranche } = envelope.body else {
        return Err(Unreadable::Misrouted(envelope.flux).into());
    };
    match apply_part(world, territory, import, tranche).await? {
        Applied::All(mut import) => return_file(world, &mut import, None).await,
        Applied::More | Applied::Nothing => Ok(()),
    }
}

async fn read<W: World>(world: &W, territory: Territory, import: uuid::Uuid) -> Result<(), StepError> {
    let Some(mut import) = to_be_read(world, territory, import).await? else { return Ok(()) };
    let mut bytes = Vec::new();
    for index in 0..import.row.blocs.len() {
        let block = file_block(world, &import, index).await?;
        bytes.extend(block.ok_or_else(|| PortError::new("read the file", "a block of it is missing"))?);
    }
    let Ok(lines) = serde_json::from_slice::<Vec<LigneV1>>(&bytes) else {
        return refuse_whole(world, &mut import, "Ce fichier n’est pas lisible.".to_owned()).await;
    };
    let mut cut = Cut::start();
    for line in lines {
        cut.line(world, &import, line).await?;
    }
    let as_of = import.row.le;
    // A list names people whose right may not be decided yet; a flow of beneficiaries does not.
    let declares = matches!(import.row.nature, ImportNature::Liste);
    cut.finish(world, &mut import, as_of, declares).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_has_the_telephone_of_somebody_else() {
        let names = || FIRST_NAMES.iter().chain(&crate::cast::FIRST_NAMES);
        let numbers: BTreeSet<String> = names().map(|it| telephone(it)).collect();
        assert_eq!(numbers.len(), names().count());
    }
}
