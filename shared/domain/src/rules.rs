//! A rule set, and how it is evaluated: three-valued, all rules, the first true one proposes.
//!
//! **Invariant:** a missing answer makes a condition unknown, never false.

use std::collections::BTreeSet;

use crate::dsp::ReadAnswers;
use crate::{Organisme, Parcours};

/// An ordered, versioned decision table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name, as in `seine-saint-denis-2010`.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// What a reader sees.
    pub title: String,
    /// Where it was published.
    pub source: String,
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// Name and version together, as kept in a proposition.
    pub fn name(&self) -> String {
        format!("{}#{}", self.id, self.version)
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in the set.
    pub id: String,
    /// The sentence, in plain French, that tells when it applies.
    pub sentence: String,
    /// When it is true.
    pub when: Condition,
    /// What it proposes.
    pub parcours: Parcours,
    /// The organisms that can accompany, in order of preference.
    pub organismes: Vec<Organisme>,
}

/// A condition over what is known of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All are true.
    All(Vec<Self>),
    /// One is true.
    Any(Vec<Self>),
    /// The answer to the field is, or contains, one of the codes.
    Code {
        /// The DSP field.
        field: String,
        /// The codes.
        any_of: Vec<String>,
    },
    /// The yes-or-no field has this value.
    Flag {
        /// The DSP field.
        field: String,
        /// The value.
        value: bool,
    },
    /// The person is younger than this, in years.
    YoungerThan(u8),
    /// The person is this old or older, in years.
    AtLeast(u8),
}

/// The three values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Something needed to know is missing.
    Unknown,
}

/// What the rules read: the answers, or a view of them, and the age in full years.
#[derive(Debug)]
pub struct Facts<'a, A> {
    /// The answers.
    pub answers: &'a A,
    /// The age, when the birth date is known.
    pub age: Option<u8>,
}

// Copied by hand: the answers themselves need not be.
impl<A> Clone for Facts<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Facts<'_, A> {}

/// What became of every rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// In the order of the set.
    pub outcomes: Vec<Outcome>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The rule's name.
    pub rule: String,
    /// Its value.
    pub truth: Truth,
    /// The fields it read and found; `age` among them.
    pub read: BTreeSet<String>,
    /// The fields it needed and did not find.
    pub missing: BTreeSet<String>,
}

impl Evaluation {
    /// The index of the rule that proposes: the first true one.
    pub fn proposing(&self) -> Option<usize> {
        self.outcomes.iter().position(|it| it.truth == Truth::True)
    }

    /// Every field that some unknown rule would have needed.
    pub fn missing(&self) -> BTreeSet<&str> {
        self.outcomes.iter().flat_map(|it| it.missing.iter().map(String::as_str)).collect()
    }
}

/// Evaluates every rule.
pub fn evaluate<A: ReadAnswers>(set: &RuleSet, facts: Facts<'_, A>) -> Evaluation {
    let outcomes = set
        .rules
        .iter()
        .map(|rule| {
            let mut outcome = Outcome {
                rule: rule.id.clone(),
                truth: Truth::Unknown,
                read: BTreeSet::new(),
                missing: BTreeSet::new(),
            };
            outcome.truth = truth(&rule.when, facts, &mut outcome);
            if outcome.truth != Truth::Unknown {
                // What it lacked did not matter: some other part decided.
                outcome.missing.clear();
            }
            outcome
        })
        .collect();
    Evaluation { outcomes }
}

fn truth<A: ReadAnswers>(condition: &Condition, facts: Facts<'_, A>, seen: &mut Outcome) -> Truth {
    match condition {
        Condition::All(parts) => fold(parts, facts, seen, Truth::False, Truth::True),
        Condition::Any(parts) => fold(parts, facts, seen, Truth::True, Truth::False),
        Condition::Code { field, any_of } => note(field, one_of(facts.answers, field, any_of), seen),
        Condition::Flag { field, value } => {
            note(field, facts.answers.flag(field).map(|flag| flag == *value), seen)
        }
        Condition::YoungerThan(years) => note("age", facts.age.map(|age| age < *years), seen),
        Condition::AtLeast(years) => note("age", facts.age.map(|age| age >= *years), seen),
    }
}

/// `Some(true)` when one of the codes is answered, `Some(false)` when none is, `None` when it cannot be known.
fn one_of<A: ReadAnswers>(answers: &A, field: &str, any_of: &[String]) -> Option<bool> {
    let each: Vec<Option<bool>> = any_of.iter().map(|code| answers.has(field, code)).collect();
    if each.contains(&Some(true)) {
        return Some(true);
    }
    if each.contains(&None) { None } else { Some(false) }
}

/// Kleene's logic: `decisive` settles the whole, otherwise anything unknown makes it unknown.
fn fold<A: ReadAnswers>(
    parts: &[Condition],
    facts: Facts<'_, A>,
    seen: &mut Outcome,
    decisive: Truth,
    otherwise: Truth,
) -> Truth {
    // Every part is evaluated, so that the explanation names everything read and everything missing.
    let values: Vec<Truth> = parts.iter().map(|part| truth(part, facts, seen)).collect();
    if values.contains(&decisive) {
        decisive
    } else if values.contains(&Truth::Unknown) {
        Truth::Unknown
    } else {
        otherwise
    }
}

fn note(field: &str, value: Option<bool>, seen: &mut Outcome) -> Truth {
    let Some(value) = value else {
        seen.missing.insert(field.to_owned());
        return Truth::Unknown;
    };
    seen.read.insert(field.to_owned());
    if value { Truth::True } else { Truth::False }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{Answers, RawAnswer};

    #[test]
    fn a_missing_answer_makes_a_rule_unknown_and_names_what_is_missing() {
        let evaluation = evaluate(&set(), Facts { answers: &Answers::default(), age: Some(40) });
        assert_eq!(evaluation.outcomes[0].truth, Truth::Unknown);
        assert_eq!(evaluation.missing(), BTreeSet::from(["natlog", "hispro"]));
        assert_eq!(evaluation.proposing(), None);
    }

    #[test]
    fn the_first_true_rule_proposes_even_after_an_unknown_one() {
        let evaluation = evaluate(&set(), Facts { answers: &answers("hispro", "1901"), age: Some(40) });
        assert_eq!(evaluation.outcomes[0].truth, Truth::Unknown);
        assert_eq!(evaluation.proposing(), Some(1));
    }

    #[test]
    fn a_false_part_settles_a_conjunction_whatever_is_missing() {
        let evaluation = evaluate(&set(), Facts { answers: &answers("natlog", "0901"), age: None });
        assert_eq!(evaluation.outcomes[0].truth, Truth::False);
        assert_eq!(evaluation.outcomes[0].missing, BTreeSet::new());
    }

    fn answers(field: &str, code: &str) -> Answers {
        let mut answers = Answers::default();
        answers.insert(field, RawAnswer::One(code)).unwrap();
        answers
    }

    fn set() -> RuleSet {
        let code =
            |field: &str, code: &str| Condition::Code { field: field.into(), any_of: vec![code.into()] };
        let rule = |id: &str, when| Rule {
            id: id.into(),
            sentence: String::new(),
            when,
            parcours: Parcours::Social,
            organismes: vec![Organisme::Departement],
        };
        RuleSet {
            id: "t".into(),
            version: 1,
            title: String::new(),
            source: String::new(),
            rules: vec![
                rule("R1", Condition::All(vec![code("natlog", "0904"), Condition::AtLeast(18)])),
                rule("R2", code("hispro", "1901")),
            ],
        }
    }
}
