//! Who lives in a household that does not exist, and where.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::Territory;
use domain::commune::{self, Commune};
use domain::nir;

use super::{chance, happens};

const FIRST_NAMES: [&str; 24] = [
    "ALIX",
    "ANAÏS",
    "AWA",
    "BAKARY",
    "CAMILLE",
    "CARLOS",
    "DOMINIQUE",
    "ÉLISE",
    "FATOU",
    "HUGO",
    "INÈS",
    "JADE",
    "KARIM",
    "LÉA",
    "LUCAS",
    "MEHDI",
    "MINH",
    "NADIA",
    "OLGA",
    "PAUL",
    "RANIA",
    "SACHA",
    "THOMAS",
    "YASMINE",
];

/// Last names that nobody bears, said before ordinary ones.
const FICTION: [&str; 6] = ["EXEMPLE", "FICTIF", "MODÈLE", "SPÉCIMEN", "ESSAI", "MAQUETTE"];

const LAST_NAMES: [&str; 24] = [
    "AUBRY",
    "BAKAYOKO",
    "BARBIER",
    "BENALI",
    "CARPENTIER",
    "COSTA",
    "DELMAS",
    "DIALLO",
    "FOURNIER",
    "GARNIER",
    "HADDAD",
    "JACQUET",
    "KOWALSKI",
    "LAMBERT",
    "LEMAIRE",
    "MARCHAND",
    "NGUYEN",
    "OLIVEIRA",
    "PERRIN",
    "RENARD",
    "SAÏDI",
    "TRAORÉ",
    "VIDAL",
    "WEBER",
];

const STREETS: [(&str, &str); 6] = [
    ("RUE", "DES LILAS"),
    ("RUE", "DU MOULIN"),
    ("AVENUE", "DE LA GARE"),
    ("RUE", "PASTEUR"),
    ("PLACE", "DU MARCHÉ"),
    ("ALLÉE", "DES TILLEULS"),
];

/// How many households in a hundred have a partner: there are then 116 adults for a hundred households.
const COUPLES: u32 = 16;

/// A household.
pub(super) struct Family<'a> {
    pub(super) index: u32,
    pub(super) applied_on: NaiveDate,
    pub(super) applicant: Somebody,
    pub(super) partner: Option<Somebody>,
    pub(super) children: Vec<Somebody>,
    pub(super) homeless: bool,
    pub(super) in_anomaly: bool,
    pub(super) commune: Option<&'a Commune>,
    pub(super) number: u32,
    pub(super) street: (&'static str, &'static str),
}

/// Somebody of it.
pub(super) struct Somebody {
    pub(super) last_name: String,
    pub(super) birth_name: String,
    pub(super) first_name: &'static str,
    pub(super) born_on: NaiveDate,
    pub(super) woman: bool,
    /// Thirteen characters, or fifteen; some people have none.
    pub(super) nir: Option<String>,
    /// Whether they are subject to rights and duties.
    pub(super) duties: bool,
    /// Their number at France Travail, when they are registered there.
    pub(super) job_seeker: Option<String>,
}

/// The communes of a territory, each with the inhabitants of those up to it.
pub(super) fn towns(territory: Territory) -> Vec<(u64, Commune)> {
    let mut sum = 0;
    commune::of_territory(territory)
        .map(|it| {
            sum += u64::from(it.population().unwrap_or(0));
            (sum, it)
        })
        .collect()
}

impl<'a> Family<'a> {
    pub(super) fn draw(seed: u64, index: u32, towns: &'a [(u64, Commune)], first_day: NaiveDate) -> Self {
        let mut rng = chance(seed, index, 0);
        let last_name = last_name(&mut rng);
        let applicant = adult(&mut rng, index, 0, &last_name, first_day);
        let partner = happens(&mut rng, COUPLES).then(|| adult(&mut rng, index, 1, &last_name, first_day));
        let children = (0..[0, 0, 0, 0, 1, 1, 2, 3][rng.usize(0..8)])
            .map(|_| child(&mut rng, &last_name, first_day))
            .collect();
        Self {
            index,
            applied_on: ago(first_day, rng.u32(1..96), rng.u64(0..28)),
            applicant,
            partner,
            children,
            homeless: happens(&mut rng, 8),
            in_anomaly: happens(&mut rng, 1),
            commune: town(&mut rng, towns),
            number: rng.u32(1..120),
            street: STREETS[rng.usize(0..STREETS.len())],
        }
    }
}

/// A commune, the likelier the more people live there.
fn town<'a>(rng: &mut fastrand::Rng, towns: &'a [(u64, Commune)]) -> Option<&'a Commune> {
    let all = towns.last()?.0.max(1);
    let drawn = rng.u64(0..all);
    let place = towns.partition_point(|(sum, _)| *sum <= drawn);
    towns.get(place).or(towns.first()).map(|(_, commune)| commune)
}

fn last_name(rng: &mut fastrand::Rng) -> String {
    format!("{} {}", FICTION[rng.usize(0..FICTION.len())], LAST_NAMES[rng.usize(0..LAST_NAMES.len())])
}

fn adult(rng: &mut fastrand::Rng, index: u32, which: u32, name: &str, first_day: NaiveDate) -> Somebody {
    let woman = rng.bool();
    let born_on = ago(first_day, rng.u32(25 * 12..64 * 12), rng.u64(0..28));
    let birth_name = if happens(rng, 30) { last_name(rng) } else { name.to_owned() };
    let thirteen = format!(
        "{}{:02}{:02}00{:06}",
        if woman { 2 } else { 1 },
        born_on.year().rem_euclid(100),
        born_on.month(),
        (u64::from(index) * 2 + u64::from(which)) % 1_000_000
    );
    let nir = match rng.u32(0..100) {
        0..3 => None,
        3..93 => Some(thirteen),
        _ => nir::key_of(&thirteen).ok().map(|key| format!("{thirteen}{key:02}")),
    };
    Somebody {
        last_name: name.to_owned(),
        birth_name,
        first_name: FIRST_NAMES[rng.usize(0..FIRST_NAMES.len())],
        born_on,
        woman,
        nir,
        duties: happens(rng, 85),
        job_seeker: happens(rng, 40)
            .then(|| format!("{:07}{}", index % 10_000_000, ['F', 'X'][which as usize % 2])),
    }
}

fn child(rng: &mut fastrand::Rng, name: &str, first_day: NaiveDate) -> Somebody {
    Somebody {
        last_name: name.to_owned(),
        birth_name: name.to_owned(),
        first_name: FIRST_NAMES[rng.usize(0..FIRST_NAMES.len())],
        born_on: ago(first_day, rng.u32(1..18 * 12), rng.u64(0..28)),
        woman: rng.bool(),
        nir: None,
        duties: false,
        job_seeker: None,
    }
}

/// So many months and days before a day.
pub(super) fn ago(day: NaiveDate, months: u32, days: u64) -> NaiveDate {
    let month = day.checked_sub_months(Months::new(months));
    month.and_then(|it| it.checked_sub_days(Days::new(days))).unwrap_or(day)
}
