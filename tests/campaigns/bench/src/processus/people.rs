//! Fictional people, and what becomes of each if nothing is lost.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::world::TERRITORIES;
use crate::names::letters;

/// What happens to somebody, from their application on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// Applies alone; an agent confirms the right, then signs.
    Alone,
    /// Applies at a counter, the right confirmed; an agent signs.
    Counter,
    /// An immediate need: an agent closes the emergency, then signs.
    Urgent,
    /// Signed, then given another référent by a head of territory.
    Changed,
    /// Past the target delay, never signed: a contact and a default.
    Late,
    /// Past the target delay, then signed.
    LateSigned,
    /// Past the legal delay: France Travail is awaited.
    TooLate,
    /// Only declared: nobody confirms the right.
    Declared,
    /// Past the target delay, signed, and erased by a head of territory once the dossier was written that many times:
    /// every step, schedule and gesture may cross it.
    Erased(u64),
}

/// The stories of a cohort, in turn.
const STORIES: [Story; 16] = [
    Story::Alone,
    Story::Counter,
    Story::Late,
    Story::Changed,
    Story::Alone,
    Story::Urgent,
    Story::LateSigned,
    Story::TooLate,
    Story::Counter,
    Story::Alone,
    Story::Declared,
    Story::Counter,
    Story::Erased(1),
    Story::Erased(2),
    Story::Erased(3),
    Story::Erased(4),
];

/// Somebody.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Their rank in the cohort.
    pub(super) index: usize,
    /// Their département.
    pub(super) territory: &'static str,
    /// What happens to them.
    pub(super) story: Story,
}

impl Story {
    /// Whether an agent signs.
    pub(super) const fn is_signed(self) -> bool {
        match self {
            Self::Alone
            | Self::Counter
            | Self::Urgent
            | Self::Changed
            | Self::LateSigned
            | Self::Erased(_) => true,
            Self::Late | Self::TooLate | Self::Declared => false,
        }
    }

    /// Days since the département received the right; none while it is only declared.
    const fn waited(self) -> Option<u64> {
        match self {
            Self::Alone | Self::Declared => None,
            Self::Counter | Self::Urgent | Self::Changed => Some(1),
            Self::Late | Self::LateSigned | Self::Erased(_) => Some(36),
            Self::TooLate => Some(45),
        }
    }
}

impl Person {
    /// The cohort's members, in turn in each département.
    pub(super) fn cohort(size: usize) -> Vec<Self> {
        (0..size)
            .map(|index| Self {
                index,
                territory: TERRITORIES[index % TERRITORIES.len()],
                story: STORIES[(index / TERRITORIES.len()) % STORIES.len()],
            })
            .collect()
    }

    /// The key of one of their gestures.
    pub(super) fn key(&self, what: &str) -> String {
        format!("{what}-{}", self.index)
    }

    /// Whether an agent keys the application in.
    pub(super) const fn at_counter(&self) -> bool {
        self.story.waited().is_some()
    }

    /// Their application, on this day.
    pub(super) fn application(&self, today: NaiveDate) -> Value {
        let (postcode, commune) =
            if self.territory == "77" { ("77000", "77288") } else { ("93200", "93066") };
        let mut application = json!({
            "territoire": self.territory,
            "canal": if self.at_counter() { "guichet" } else { "web" },
            "personne": {
                "prenom": "Camille", "nom": format!("Exemple {}", letters(self.index)),
                "date_naissance": "1985-03-27", "courriel": "camille@exemple.test",
                "adresse": { "voie": "1 rue de l’Exemple", "code_postal": postcode, "commune": commune },
            },
            "foyer": { "conjoint": false, "enfants": 0, "majore": false, "role": "demandeur" },
            "dsp": { "natlog": "0904" },
        });
        if let Some(days) = self.story.waited() {
            application["droit"] = confirmed(today - Days::new(days));
        }
        if self.story == Story::Urgent {
            application["aide_immediate"] = json!(["hebergement"]);
        }
        application
    }
}

const LETTERS: [&str; 5] = ["Ardoise", "Bruyère", "Colline", "Dune", "Étang"];

/// A right confirmed, received on this day.
pub(super) fn confirmed(received: NaiveDate) -> Value {
    json!({ "statut": "confirme", "date_ouverture": received, "date_reception": received })
}

/// A référent's record. Those of the first index have room for few.
pub(super) fn referent(index: usize, capacity: u64) -> (String, Value) {
    let body = json!({
        "nom": format!("Alix Fictif {}", LETTERS[index % LETTERS.len()]),
        "structure": "Maison fictive des solidarités",
        "organisme": "departement", "capacite": capacity,
        "parcours": ["social", "socio_professionnel"], "communes": [],
    });
    (format!("ref-{index}"), body)
}

/// An agent's delegation of signature.
pub(super) fn delegation() -> Value {
    json!({ "nom": "Dominique Fictif", "qualite": "agent d’orientation", "acte": "arrêté fictif", "du": "2020-01-01" })
}
