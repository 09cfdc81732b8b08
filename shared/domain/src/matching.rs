//! Matching: is this person of a file somebody whom the territory already knows?
//!
//! Inside one territory, never across. The keys are tried from the surest to the least sure, and the first that finds
//! somebody decides:
//!
//! 1. the number of the social security;
//! 2. the identifier in the département's own software;
//! 3. the number at the CAF or the MSA with the role in the household;
//! 4. the name with the birth date. A telephone or an e-mail confirms it; neither is ever a key: couples share them.
//!
//! Namesakes born on the same day exist, the more so among people whose birth date is known by its year alone. Another NIR
//! tells them apart. So does another household in the files of the CAF, which know nobody in two at once, unless a
//! telephone or an e-mail says that somebody moved: each then has a dossier, and people are told that they look alike.
//!
//! Nothing is guessed. Two numbers that lead to two people, a number that leads to somebody of another name, two people
//! of the same name and birth date: the row is refused, and whoever is entitled is shown who they are.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::DossierId;
use crate::nir::Nir;

mod name;
pub use name::FoldedName;

/// What somebody is recognised by. The order is that of the certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The number of the social security.
    Nir,
    /// The identifier in the département's own software.
    InternalId,
    /// The number at the CAF or the MSA, with the role in the household.
    CafNumberAndRole,
    /// The name and the birth date.
    NameAndBirth,
}

impl Key {
    /// Every key, the surest first.
    pub const ALL: [Self; 4] = [Self::Nir, Self::InternalId, Self::CafNumberAndRole, Self::NameAndBirth];

    /// What it is called, in French.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nir => "le numéro de sécurité sociale",
            Self::InternalId => "l’identifiant du logiciel du Département",
            Self::CafNumberAndRole => "le numéro d’allocataire et le rôle",
            Self::NameAndBirth => "le nom et la date de naissance",
        }
    }
}

/// Who is looked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Sought {
    /// The last name in use.
    pub last_name: FoldedName,
    /// The last name at birth, when it is told apart.
    pub birth_name: Option<FoldedName>,
    /// The first name.
    pub first_name: FoldedName,
    /// The birth date.
    pub birth_date: NaiveDate,
    /// The number of the social security.
    pub nir: Option<Nir>,
    /// The number of their household at the CAF or the MSA, when a file of theirs tells it: what somebody types is often
    /// an older one, or another's.
    pub household: Option<String>,
    /// Telephone and e-mail, in the form in which they are compared.
    pub reach: BTreeSet<String>,
}

/// Somebody known, whom at least one key has found.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Their dossier.
    pub dossier: DossierId,
    /// The keys that found them.
    pub found_by: BTreeSet<Key>,
    /// Who they are.
    pub who: Sought,
}

impl Sought {
    /// The last names, in use and at birth.
    fn last_names(&self) -> BTreeSet<FoldedName> {
        [Some(self.last_name.clone()), self.birth_name.clone()].into_iter().flatten().collect()
    }
}

impl std::fmt::Debug for Sought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sought(…)")
    }
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate")
            .field("dossier", &self.dossier)
            .field("found_by", &self.found_by)
            .finish_non_exhaustive()
    }
}

/// What the search says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Nobody: a new dossier.
    Nobody {
        /// Those of the same name and birth date who are not certainly somebody else: for people to look at.
        resembles: BTreeSet<DossierId>,
    },
    /// This dossier.
    Known {
        /// Whose.
        dossier: DossierId,
        /// The key that decided.
        by: Key,
        /// Whether a telephone or an e-mail says the same.
        confirmed: bool,
    },
    /// It is for people to say.
    Doubtful(Doubt),
}

/// Why a search does not conclude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Several people fit.
    Several {
        /// The key that found several, or the surest of those that disagree.
        by: Key,
        /// Who, in the order of their identifiers.
        dossiers: BTreeSet<DossierId>,
    },
    /// The number leads to somebody of another name or of another birth date.
    OtherPerson {
        /// The key.
        by: Key,
        /// Whom it leads to.
        dossier: DossierId,
    },
}

/// Looks for somebody among the candidates that the keys have found.
pub fn decide(sought: &Sought, candidates: &[Candidate]) -> Match {
    let numbers: Vec<&Candidate> = candidates.iter().filter(|it| found_by_a_number(sought, it)).collect();
    if let Some(by) = numbers.iter().filter_map(|it| it.found_by.first()).min().copied() {
        return by_number(sought, by, &numbers);
    }
    let namesakes =
        candidates.iter().filter(|it| !other_nir(sought, &it.who) && same_person(sought, &it.who));
    let (apart, plausible): (Vec<&Candidate>, Vec<&Candidate>) =
        namesakes.partition(|it| elsewhere(sought, &it.who));
    match plausible.as_slice() {
        [] => Match::Nobody { resembles: apart.iter().map(|it| it.dossier).collect() },
        [one] => known(sought, one, Key::NameAndBirth),
        several => doubt(Key::NameAndBirth, several),
    }
}

/// Looks for somebody of whom only numbers are told, and perhaps a name: of those whom the numbers have found, the one of
/// that name.
pub fn decide_by_numbers(
    nir: Option<&Nir>,
    (last_name, first_name): (Option<&FoldedName>, Option<&FoldedName>),
    candidates: &[Candidate],
) -> Match {
    let other = |it: &Candidate| matches!((nir, &it.who.nir), (Some(one), Some(other)) if one != other);
    let numbers: Vec<&Candidate> = candidates
        .iter()
        .filter(|it| it.found_by.iter().any(|key| *key != Key::NameAndBirth) && !other(it))
        .collect();
    let Some(by) = numbers.iter().filter_map(|it| it.found_by.first()).min().copied() else {
        return Match::Nobody { resembles: BTreeSet::new() };
    };
    let [one] = numbers.as_slice() else { return doubt(by, &numbers) };
    let same_last = last_name.is_none_or(|it| one.who.last_names().contains(it));
    let same_first = first_name.is_none_or(|it| one.who.first_name.is_same_first_name(it));
    if same_last && same_first {
        Match::Known { dossier: one.dossier, by, confirmed: false }
    } else {
        Match::Doubtful(Doubt::OtherPerson { by, dossier: one.dossier })
    }
}

/// Whether one of their own numbers found them. The CAF's is the household's: in the same role, somebody of another NIR is
/// another person, who came after or before.
fn found_by_a_number(sought: &Sought, candidate: &Candidate) -> bool {
    candidate.found_by.iter().any(|key| match key {
        Key::Nir | Key::InternalId => true,
        Key::CafNumberAndRole => !other_nir(sought, &candidate.who),
        Key::NameAndBirth => false,
    })
}

fn by_number(sought: &Sought, by: Key, numbers: &[&Candidate]) -> Match {
    let [one] = numbers else { return doubt(by, numbers) };
    // A number is typed by somebody: the name or the birth date must agree, and another NIR forbids.
    let agrees = match by {
        Key::Nir => sought.birth_date == one.who.birth_date || same_name(sought, &one.who),
        Key::InternalId | Key::CafNumberAndRole | Key::NameAndBirth => {
            same_person(sought, &one.who) && !other_nir(sought, &one.who)
        }
    };
    if agrees {
        known(sought, one, by)
    } else {
        Match::Doubtful(Doubt::OtherPerson { by, dossier: one.dossier })
    }
}

fn known(sought: &Sought, candidate: &Candidate, by: Key) -> Match {
    let confirmed = !sought.reach.is_disjoint(&candidate.who.reach);
    Match::Known { dossier: candidate.dossier, by, confirmed }
}

fn doubt(by: Key, several: &[&Candidate]) -> Match {
    Match::Doubtful(Doubt::Several { by, dossiers: several.iter().map(|it| it.dossier).collect() })
}

/// Whether the files of the CAF know them in two households at once, and nothing says that they moved.
fn elsewhere(sought: &Sought, other: &Sought) -> bool {
    let two = matches!((&sought.household, &other.household), (Some(one), Some(other)) if one != other);
    two && sought.reach.is_disjoint(&other.reach)
}

fn other_nir(one: &Sought, other: &Sought) -> bool {
    matches!((&one.nir, &other.nir), (Some(one), Some(other)) if one != other)
}

/// The same name and the same birth date.
pub fn same_person(one: &Sought, other: &Sought) -> bool {
    one.birth_date == other.birth_date && same_name(one, other)
}

/// The same name: one of the last names, in use or at birth, and the first name.
fn same_name(one: &Sought, other: &Sought) -> bool {
    !one.last_names().is_disjoint(&other.last_names()) && one.first_name.is_same_first_name(&other.first_name)
}

#[cfg(test)]
mod tests;
