//! Who may sign: a delegation of signature, with its act, its dates and its scope.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{AgentId, Parcours};

/// The power that the president of the departmental council gave an agent to sign orientations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Who holds it.
    pub agent: AgentId,
    /// The name that the decision bears.
    pub name: String,
    /// The quality that the decision bears, as in "responsable de l’unité d’orientation".
    pub quality: String,
    /// The reference of the arrêté that gives the delegation.
    pub act: String,
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force; `None` until further notice.
    pub until: Option<NaiveDate>,
    /// The parcours that the agent may sign for.
    pub scope: BTreeSet<Parcours>,
}

impl Delegation {
    /// Whether the delegation allows a signature for `parcours` on the local date `on`.
    pub fn allows(&self, parcours: Parcours, on: NaiveDate) -> bool {
        self.from <= on && self.until.is_none_or(|last| on <= last) && self.scope.contains(&parcours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delegation_allows_only_its_dates_and_its_scope() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
        let delegation = Delegation {
            agent: "agent-1".parse().unwrap(),
            name: "Alix Exemple".into(),
            quality: "responsable".into(),
            act: "2026-01".into(),
            from: day(10),
            until: Some(day(12)),
            scope: BTreeSet::from([Parcours::Social]),
        };
        assert!(!delegation.allows(Parcours::Social, day(9)));
        assert!(delegation.allows(Parcours::Social, day(10)));
        assert!(delegation.allows(Parcours::Social, day(12)));
        assert!(!delegation.allows(Parcours::Social, day(13)));
        assert!(!delegation.allows(Parcours::Emploi, day(11)));
    }
}
