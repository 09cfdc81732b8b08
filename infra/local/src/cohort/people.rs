//! The people of a cohort: fictional, drawn from the seed, with answers whose codes follow the published figures.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use domain::{Territory, commune};
use serde_json::{Map, Value, json};

use super::draw::{Draws, key};
use super::figures::Figures;

mod answers;
use answers::Profile;

/// Days over which people come in.
pub(super) const MONTH: u32 = 30;
/// Longest time the simulated agent takes to sign, in days (a choice of ours: the SPIE's target is a month).
const SLOWEST_SIGNATURE: u32 = 15;

const FIRST_NAMES: [&str; 24] = [
    "Alix",
    "Anaïs",
    "Awa",
    "Bakary",
    "Camille",
    "Carlos",
    "Dominique",
    "Élise",
    "Fatou",
    "Hugo",
    "Inès",
    "Jade",
    "Karim",
    "Léa",
    "Lucas",
    "Mehdi",
    "Minh",
    "Nadia",
    "Olga",
    "Paul",
    "Rania",
    "Sacha",
    "Thomas",
    "Yasmine",
];
const LAST_NAMES: [&str; 24] = [
    "Aubry",
    "Bakayoko",
    "Barbier",
    "Benali",
    "Carpentier",
    "Costa",
    "Delmas",
    "Diallo",
    "Fournier",
    "Garnier",
    "Haddad",
    "Jacquet",
    "Kowalski",
    "Lambert",
    "Lemaire",
    "Marchand",
    "Nguyen",
    "Oliveira",
    "Perrin",
    "Renard",
    "Saïdi",
    "Traoré",
    "Vidal",
    "Weber",
];
const STREETS: [&str; 6] = [
    "rue des Lilas",
    "rue du Moulin",
    "avenue de la Gare",
    "rue Pasteur",
    "place du Marché",
    "allée des Tilleuls",
];

/// What a cohort is made from.
pub(super) struct Cohort {
    /// The département.
    pub(super) territory: Territory,
    /// How many people.
    pub(super) size: u32,
    /// The seed.
    pub(super) seed: u64,
    /// When it began, by the process's clock.
    pub(super) start: DateTime<Utc>,
    figures: Figures,
    communes: Vec<(u32, commune::Commune)>,
}

/// One person: what they send, and what the simulated agent will do.
pub(super) struct Person {
    /// The number in the cohort, from zero.
    pub(super) index: u32,
    /// The day they come in, from zero.
    pub(super) day: u32,
    /// The day the simulated agent signs; `None` leaves it to the clock.
    pub(super) signed_on: Option<u32>,
    /// Whether the agent departs from the proposition: somebody already accompanies this person.
    pub(super) already_accompanied: bool,
    /// The application.
    pub(super) application: Value,
    /// What the agent writes to confirm a right that the person only declared.
    pub(super) confirmation: Option<Value>,
}

impl Cohort {
    pub(super) fn new(
        territory: Territory,
        size: u32,
        seed: u64,
        start: DateTime<Utc>,
        figures: Figures,
    ) -> Self {
        let communes = commune::of_territory(territory)
            .filter(|it| it.postcodes().next().is_some())
            .map(|it| (it.population().unwrap_or(0), it))
            .collect();
        Self { territory, size, seed, start, figures, communes }
    }

    /// The name under which the process remembers when the cohort began.
    pub(super) fn name(&self) -> String {
        name(self.territory, self.size, self.seed)
    }

    /// An idempotency key that depends on the cohort, the person and the gesture only.
    pub(super) fn key(&self, index: u32, gesture: &str) -> String {
        key(&format!("{}/{index}/{gesture}", self.name())).to_string()
    }

    /// Everybody, in the order of their entry.
    pub(super) fn people(&self) -> impl Iterator<Item = Person> {
        (0..self.size).map(|index| self.person(index))
    }

    /// The local date of a day of the cohort.
    fn date(&self, day: u32) -> NaiveDate {
        self.territory.local_date(self.start + Days::new(day.into()))
    }

    /// One of them, by number.
    pub(super) fn person(&self, index: u32) -> Person {
        // One source per subject: a change in how one is drawn leaves the others as they were.
        let draws = |subject: &str| Draws::of(&format!("{}/{index}/{subject}", self.name()));
        let day = u32::try_from(u64::from(index) * u64::from(MONTH) / u64::from(self.size)).unwrap_or(0);
        let mut agent = draws("agent");
        let signed_on = agent.percent(self.figures.signed).then(|| day + agent.between(1, SLOWEST_SIGNATURE));
        let profile = Profile::draw(&mut draws("profil"), self.figures.shares);
        let age = profile.age(&mut draws("age"));
        let (channel, right, confirmation) = self.right(&mut draws("droit"), day);
        let mut household = draws("foyer");
        let children = *household.weighted(&[(55, 0), (20, 1), (15, 2), (10, 3)]).unwrap_or(&0);
        let application = json!({
            "territoire": self.territory.as_str(),
            "canal": channel,
            "personne": self.identity(&mut draws("identite"), index, age),
            "foyer": {
                "conjoint": household.percent(20), "enfants": children, "majore": false, "role": "demandeur",
            },
            "droit": right,
            "dsp": Value::Object(profile.answers(&mut draws("reponses"))),
        });
        Person {
            index,
            day,
            signed_on,
            already_accompanied: profile == Profile::AlreadyAccompanied,
            application,
            confirmation,
        }
    }

    /// A third of people declare their right online and an agent confirms it; the others are keyed in by an agent.
    fn right(&self, draws: &mut Draws, day: u32) -> (&'static str, Value, Option<Value>) {
        let received = self.date(day);
        let opened = received.checked_sub_days(Days::new(draws.below(20))).unwrap_or(received);
        let confirmed = json!({
            "statut": "confirme", "date_ouverture": opened, "date_reception": received, "droits_devoirs": true,
        });
        if draws.percent(33) {
            let declared = json!({ "statut": "declare", "date_ouverture": opened, "droits_devoirs": true });
            return ("web", declared, Some(confirmed));
        }
        let channel = draws.one(&["guichet", "papier", "telephone"]).copied().unwrap_or("guichet");
        (channel, confirmed, None)
    }

    fn identity(&self, draws: &mut Draws, index: u32, age: u32) -> Value {
        let pick = |of: &[&'static str], draws: &mut Draws| draws.one(of).copied().unwrap_or_default();
        let birth = self
            .date(0)
            .checked_sub_months(Months::new(age * 12))
            .and_then(|it| it.checked_sub_days(Days::new(draws.below(300) + 40)))
            .unwrap_or_default();
        let mut person = Map::new();
        let (first_name, last_name) = names(index);
        person.insert("prenom".into(), first_name.into());
        person.insert("nom".into(), last_name.into());
        person.insert("date_naissance".into(), json!(birth));
        if draws.percent(90) {
            // Numbers that the regulator keeps for fiction (ARCEP, 06 39 98).
            person.insert("telephone".into(), format!("063998{:04}", draws.below(10_000)).into());
        }
        if draws.percent(60) {
            person.insert("courriel".into(), format!("personne-{}-{index}@example.org", self.seed).into());
        }
        let home = draws.weighted(&self.communes);
        person.insert(
            "adresse".into(),
            json!({
                "voie": format!("{} {}", draws.between(1, 120), pick(&STREETS, draws)),
                "code_postal": home.and_then(|it| it.postcodes().next()),
                "commune": home.map(|it| it.insee.to_string()),
            }),
        );
        Value::Object(person)
    }
}

/// A first name and a last name that nobody else of the cohort has: namesakes born on the same day would be one person.
fn names(index: u32) -> (&'static str, String) {
    let figure = |rank: u32| usize::try_from(index / 24_u32.pow(rank) % 24).unwrap_or_default();
    let first_name = FIRST_NAMES[(figure(0) + figure(1) + figure(2)) % FIRST_NAMES.len()];
    let mut last_name = format!("{}-{}", LAST_NAMES[figure(0)], LAST_NAMES[figure(1)]);
    if index >= 24_u32.pow(3) {
        last_name = format!("{last_name}-{}", LAST_NAMES[figure(3)]);
    }
    (first_name, last_name)
}

/// The name of a cohort.
pub(super) fn name(territory: Territory, size: u32, seed: u64) -> String {
    format!("{territory}-{size}-{seed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cohort(seed: u64) -> Cohort {
        let territory: Territory = "77".parse().unwrap();
        let start = "2026-11-21T09:00:00Z".parse().unwrap();
        Cohort::new(territory, 3_000, seed, start, Figures::of(territory))
    }

    #[test]
    fn the_same_seed_plays_the_same_people_and_another_seed_others() {
        let bodies = |seed| cohort(seed).people().take(50).map(|it| it.application).collect::<Vec<_>>();
        assert_eq!(bodies(1), bodies(1));
        assert_ne!(bodies(1), bodies(2));
        assert_eq!(cohort(1).key(3, "demande"), cohort(1).key(3, "demande"));
        assert_ne!(cohort(1).key(3, "demande"), cohort(1).key(3, "signature"));
    }

    #[test]
    fn nobody_in_a_cohort_has_the_name_of_another() {
        let all: std::collections::BTreeSet<_> = (0..100_000).map(names).collect();
        assert_eq!(all.len(), 100_000);
    }

    #[test]
    fn people_come_in_over_a_month_and_the_published_share_is_signed() {
        let people: Vec<_> = cohort(1).people().collect();
        assert!(people.iter().all(|it| it.day < MONTH));
        let signed = people.iter().filter(|it| it.signed_on.is_some()).count();
        assert!((1_620..1_800).contains(&signed), "{signed} of 3000, for 57 %");
    }

    #[test]
    fn a_right_is_never_received_after_the_day_of_the_entry() {
        let cohort = cohort(1);
        for person in cohort.people() {
            let day = cohort.date(person.day).to_string();
            let right = person.confirmation.as_ref().unwrap_or(&person.application["droit"]);
            assert_eq!(right["date_reception"], day);
            assert!(right["date_ouverture"].as_str().unwrap() <= day.as_str());
        }
    }
}
