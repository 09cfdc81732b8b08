//! The référents of a territory, and which of them may take a dossier.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::commune::CodeInsee;
use crate::{Organisme, Parcours, ReferentId};

/// One référent: whom they serve and how many people they may accompany.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referent {
    /// Who.
    pub id: ReferentId,
    /// The organism they work for.
    pub organisme: Organisme,
    /// How many people they may accompany at once.
    pub capacity: u32,
    /// How many they accompany, provisional contacts included. A hint: the write decides.
    pub active: u32,
    /// The parcours they serve.
    pub parcours: BTreeSet<Parcours>,
    /// The communes they cover; empty when they cover the whole territory.
    pub communes: BTreeSet<CodeInsee>,
    /// Days on which they take nobody new, both ends included.
    pub absences: Vec<(NaiveDate, NaiveDate)>,
}

impl Referent {
    /// Whether they cover the commune.
    pub fn covers(&self, commune: CodeInsee) -> bool {
        self.communes.is_empty() || self.communes.contains(&commune)
    }

    /// Whether they have a free place.
    pub fn has_room(&self) -> bool {
        self.active < self.capacity
    }

    /// Whether they are away on this day.
    pub fn is_absent(&self, on: NaiveDate) -> bool {
        self.absences.iter().any(|(first, last)| *first <= on && on <= *last)
    }
}
