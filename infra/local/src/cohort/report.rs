//! What became of everybody: each person in exactly one class, and the sum exact.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value, json};

/// The one class of a person at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Proposed, not signed, nobody to call yet: the target delay has not passed.
    Proposed,
    /// A référent is named.
    Assigned,
    /// Signed, no place is free.
    AwaitingPlace,
    /// Signed for an organism that names its own référent.
    NamedByOrganisme,
    /// Not signed, somebody to call.
    ProvisionalContact,
    /// Not signed within the legal delay: France Travail decides.
    AwaitingFranceTravail,
    /// One of their messages is a dead letter: people must look.
    DeadLetter,
    /// Anything else: nobody should be here.
    Elsewhere,
}

impl Fate {
    pub(super) const ALL: [Self; 8] = [
        Self::Proposed,
        Self::Assigned,
        Self::AwaitingPlace,
        Self::NamedByOrganisme,
        Self::ProvisionalContact,
        Self::AwaitingFranceTravail,
        Self::DeadLetter,
        Self::Elsewhere,
    ];

    /// The class of a dossier as the API shows it.
    pub(super) fn of(dossier: &Value, dead: &BTreeSet<String>) -> Self {
        let text = |field: &str| dossier.get(field).and_then(Value::as_str).unwrap_or_default();
        let has_somebody = dossier.get("referent").is_some_and(Value::is_object);
        if dead.contains(text("dossier")) {
            return Self::DeadLetter;
        }
        match text("etat") {
            "affecte" if has_somebody => Self::Assigned,
            "en_attente_de_place" => Self::AwaitingPlace,
            "oriente" if matches!(text("organisme"), "france_travail" | "mission_locale" | "cap_emploi") => {
                Self::NamedByOrganisme
            }
            "attente_france_travail" => Self::AwaitingFranceTravail,
            "a_orienter" if has_somebody => Self::ProvisionalContact,
            "a_orienter" => Self::Proposed,
            _ => Self::Elsewhere,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposes",
            Self::Assigned => "affectes",
            Self::AwaitingPlace => "en_attente_de_place",
            Self::NamedByOrganisme => "organisme_nomme",
            Self::ProvisionalContact => "contact_provisoire",
            Self::AwaitingFranceTravail => "attente_france_travail",
            Self::DeadLetter => "lettres_mortes",
            Self::Elsewhere => "autres",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Proposed => "proposition prête, signature attendue dans le délai visé",
            Self::Assigned => "signés, un référent est nommé",
            Self::AwaitingPlace => "signés, en attente d'une place",
            Self::NamedByOrganisme => "signés, l'organisme nomme son référent",
            Self::ProvisionalContact => "délai visé passé : une personne à appeler, défaut préparé",
            Self::AwaitingFranceTravail => "délai légal passé : France Travail décide",
            Self::DeadLetter => "lettre morte : quelqu'un doit regarder",
            Self::Elsewhere => "autre situation, à regarder",
        }
    }

    const fn is_signed(self) -> bool {
        matches!(self, Self::Assigned | Self::AwaitingPlace | Self::NamedByOrganisme)
    }
}

/// The count of each class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts(BTreeMap<Fate, u32>);

impl FromIterator<Fate> for Counts {
    fn from_iter<T: IntoIterator<Item = Fate>>(fates: T) -> Self {
        let mut counts = Self::default();
        for fate in fates {
            *counts.0.entry(fate).or_default() += 1;
        }
        counts
    }
}

impl Counts {
    fn of(&self, fate: Fate) -> u32 {
        self.0.get(&fate).copied().unwrap_or(0)
    }

    fn sum(&self, keep: impl Fn(Fate) -> bool) -> u32 {
        Fate::ALL.into_iter().filter(|it| keep(*it)).map(|it| self.of(it)).sum()
    }

    /// Whether everybody of `total` is where somebody should be.
    pub(super) fn is_complete(&self, total: u32) -> bool {
        self.sum(|_| true) == total && self.of(Fate::DeadLetter) == 0 && self.of(Fate::Elsewhere) == 0
    }

    /// The table that people read.
    pub(super) fn table(&self, total: u32) -> String {
        let mut table = String::new();
        for fate in Fate::ALL {
            let count = self.of(fate);
            let share = f64::from(count) * 100.0 / f64::from(total.max(1));
            let _ = writeln!(table, "{count:>8}  {share:>5.1} %  {}", fate.label());
        }
        let sum = self.sum(|_| true);
        let verdict = if sum == total { "somme exacte" } else { "SOMME FAUSSE" };
        let _ =
            writeln!(table, "{sum:>8}  sur {total} : {verdict} ; dont {} signés", self.sum(Fate::is_signed));
        table
    }

    /// The line that programs read. Every class is there; their sum is `total`.
    pub(super) fn json(&self, total: u32) -> Map<String, Value> {
        let mut line = Map::new();
        line.insert("total".into(), total.into());
        for fate in Fate::ALL {
            line.insert(fate.code().into(), self.of(fate).into());
        }
        line.insert("signes".into(), self.sum(Fate::is_signed).into());
        line.insert("somme_exacte".into(), json!(self.sum(|_| true) == total));
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_one_class() {
        let fate = |dossier: Value| Fate::of(&dossier, &BTreeSet::from(["mort".to_owned()]));
        let somebody = json!({"id": "r"});
        assert_eq!(fate(json!({"etat": "a_orienter", "referent": null})), Fate::Proposed);
        assert_eq!(fate(json!({"etat": "a_orienter", "referent": somebody})), Fate::ProvisionalContact);
        assert_eq!(fate(json!({"etat": "affecte", "referent": somebody})), Fate::Assigned);
        assert_eq!(fate(json!({"etat": "affecte", "referent": null})), Fate::Elsewhere);
        assert_eq!(fate(json!({"etat": "oriente", "organisme": "france_travail"})), Fate::NamedByOrganisme);
        assert_eq!(fate(json!({"etat": "oriente", "organisme": "departement"})), Fate::Elsewhere);
        assert_eq!(
            fate(json!({"etat": "attente_france_travail", "referent": somebody})),
            Fate::AwaitingFranceTravail
        );
        assert_eq!(fate(json!({"etat": "depose"})), Fate::Elsewhere);
        assert_eq!(fate(json!({"etat": "depose", "dossier": "mort"})), Fate::DeadLetter);
    }

    #[test]
    fn the_sum_is_stated_and_exact_only_when_nobody_is_missing() {
        let counts: Counts = [Fate::Assigned, Fate::Assigned, Fate::Proposed].into_iter().collect();
        assert!(counts.is_complete(3));
        assert_eq!(counts.json(3)["somme_exacte"], true);
        assert_eq!(counts.json(3)["signes"], 2);
        assert!(!counts.is_complete(4));
        assert_eq!(counts.json(4)["somme_exacte"], false);
        assert!(counts.table(4).contains("SOMME FAUSSE"));
    }

    #[test]
    fn a_dead_letter_makes_the_cohort_partial() {
        let counts: Counts = [Fate::Assigned, Fate::DeadLetter].into_iter().collect();
        assert!(!counts.is_complete(2));
        assert_eq!(counts.json(2)["somme_exacte"], true);
    }
}
