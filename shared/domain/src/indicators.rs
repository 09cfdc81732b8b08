//! The indicators: how many people are oriented, how fast, by whom, and how many are still waiting.
//!
//! Each is a whole number over a whole number. A [`Spell`] is one right of one person; a [`Formula`] says whether it is
//! among those of whom the indicator speaks, and what it adds to the numerator. What the definitions say in words, their
//! sources and their thresholds are data ([`Definitions`]).
//!
//! Everybody counts: whoever was never oriented, and whoever left before they were, stays in the denominator of K1. The
//! mean delay of the statistical office (I5) speaks only of those who were oriented; both are shown.

use chrono::NaiveDate;

use crate::Organisme;
use crate::dossier::Decider;

mod curve;
mod figure;
mod mask;
mod spell;

use curve::Curve;
pub use figure::{Cohort, Figure, Unit};
pub use mask::{Mask, Shown};
pub use spell::{FrameOf, Spell};
use spell::{days_after, months_passed};

/// The indicators of one version, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definitions {
    /// The version's name, as in `indicateurs-1`.
    pub id: String,
    /// How values are rounded, in French.
    pub rounding: String,
    /// What is masked where small counts are published.
    pub mask: Mask,
    /// The definitions.
    pub list: Vec<Definition>,
}

/// One indicator, as people read it and as it is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its code: `I5`.
    pub id: String,
    /// Its title, in French.
    pub title: String,
    /// Its numerator and denominator in words, in French.
    pub words: String,
    /// Where the definition comes from.
    pub source: String,
    /// What its value counts.
    pub unit: Unit,
    /// How it is computed, or why it is not.
    pub formula: Result<Formula, Unavailable>,
}

/// Why an indicator has no figure: the software does not hold the facts that it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// In French.
    pub why: String,
}

/// How an indicator is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// People oriented, among those who stand at the end of the period.
    Oriented,
    /// People not oriented, among the same.
    NotOriented,
    /// People oriented, among those who stand at the end of the period since so many months.
    OrientedBySeniority(Seniority),
    /// People whose organism is of this kind, among those oriented who stand at the end of the period.
    Towards(Kind),
    /// Days from the entry to the first orientation, over those who entered in the period and stand oriented at its end.
    DelayOfOriented,
    /// People oriented within so many days, among all those whose wait starts in the period.
    OrientedWithin {
        /// The day from which the wait is counted.
        since: Since,
        /// The last day that counts.
        days: u32,
    },
    /// People whose orientation passed to France Travail, among those received in the period under a frame where it does.
    HandedOver,
    /// Decisions without a motive to depart from the proposition, among those that agents signed in the period.
    Followed,
}

/// For how long somebody has had the right, from date to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seniority {
    /// At least so many months.
    pub from: u32,
    /// Less than so many months, when there is a limit.
    pub below: Option<u32>,
}

/// The kinds of organisms of the statistical office: the public employment service in two, the others in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// France Travail.
    FranceTravail,
    /// The public employment service otherwise: missions locales, Cap emploi.
    OtherEmployment,
    /// The département.
    Departement,
    /// Neither the public employment service nor the département.
    Other,
}

impl Kind {
    /// The kind of an organism. Each has one, so that the shares of all kinds are of one whole.
    pub const fn of(organisme: Organisme) -> Self {
        match organisme {
            Organisme::FranceTravail => Self::FranceTravail,
            Organisme::MissionLocale | Organisme::CapEmploi => Self::OtherEmployment,
            Organisme::Departement => Self::Departement,
            Organisme::Delegataire => Self::Other,
        }
    }
}

/// The day from which a wait is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// The opening of the right: the entry.
    Opening,
    /// The reception by the département.
    Reception,
}

/// The days of which indicators speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
    seen_on: NaiveDate,
}

impl Period {
    /// From a day to another, both included, as known at the end of the day `seen_on`. `None` unless they follow each
    /// other in this order.
    pub fn new(from: NaiveDate, to: NaiveDate, seen_on: NaiveDate) -> Option<Self> {
        (from <= to && to <= seen_on).then_some(Self { from, to, seen_on })
    }

    /// Its first day.
    pub fn from(self) -> NaiveDate {
        self.from
    }

    /// Its last day.
    pub fn to(self) -> NaiveDate {
        self.to
    }

    /// The day up to which cohorts are followed.
    pub fn seen_on(self) -> NaiveDate {
        self.seen_on
    }

    fn has(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

impl Formula {
    /// What its value counts.
    pub const fn unit(self) -> Unit {
        match self {
            Self::DelayOfOriented => Unit::Days,
            Self::Oriented
            | Self::NotOriented
            | Self::OrientedBySeniority(_)
            | Self::Towards(_)
            | Self::OrientedWithin { .. }
            | Self::HandedOver
            | Self::Followed => Unit::Percent,
        }
    }

    /// The day at the end of which its facts are read: a cohort is followed after the period, a stock is not.
    pub const fn as_of(self, period: Period) -> NaiveDate {
        match self {
            Self::OrientedWithin { .. } | Self::HandedOver => period.seen_on,
            Self::Oriented
            | Self::NotOriented
            | Self::OrientedBySeniority(_)
            | Self::Towards(_)
            | Self::DelayOfOriented
            | Self::Followed => period.to,
        }
    }

    /// What a right adds to the numerator, or `None` when it is not among those of the denominator.
    fn counts(self, spell: &Spell, period: Period) -> Option<u64> {
        let to = period.to;
        let stands = spell.stands(to);
        let oriented = spell.oriented_by(to);
        match self {
            Self::Oriented => stands.then_some(u64::from(oriented.is_some())),
            Self::NotOriented => stands.then_some(u64::from(oriented.is_none())),
            Self::OrientedBySeniority(seniority) => {
                let counted = stands && seniority.has(spell.opened_on, to);
                counted.then_some(u64::from(oriented.is_some()))
            }
            Self::Towards(kind) => {
                let organisme = oriented.filter(|_| stands)?.organisme;
                Some(u64::from(Kind::of(organisme) == kind))
            }
            Self::DelayOfOriented => {
                let oriented = oriented.filter(|_| stands && period.has(spell.opened_on))?;
                Some(days_after(spell.opened_on, oriented.on).into())
            }
            Self::OrientedWithin { since, days } => {
                let wait = Wait::of(spell, since, period)?;
                Some(u64::from(wait.end == End::Oriented && wait.days <= days))
            }
            Self::HandedOver => {
                let counted = spell.duties && period.has(spell.received_on) && spell.passes_on.is_some();
                counted.then_some(u64::from(spell.passed_by(period.seen_on)))
            }
            Self::Followed => {
                let decided = spell.oriented.filter(|it| period.has(it.on))?;
                match decided.by {
                    Decider::Agent => Some(1),
                    Decider::AgentDeparting => Some(0),
                    Decider::FranceTravail | Decider::Elsewhere => None,
                }
            }
        }
    }
}

impl Seniority {
    fn has(self, since: NaiveDate, day: NaiveDate) -> bool {
        months_passed(since, self.from, day) && !self.below.is_some_and(|it| months_passed(since, it, day))
    }
}

/// How somebody's wait for an orientation went, as far as it was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wait {
    days: u32,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Oriented,
    Left,
    StillWaiting,
}

impl Wait {
    /// `None` for whoever does not wait, or not since a day of the period.
    fn of(spell: &Spell, since: Since, period: Period) -> Option<Self> {
        let start = match since {
            Since::Opening => spell.opened_on,
            Since::Reception => spell.received_on,
        };
        if !spell.duties || !period.has(start) {
            return None;
        }
        let left = spell.left_on.filter(|it| *it <= period.seen_on);
        let (day, end) = match (spell.oriented_by(period.seen_on), left) {
            (Some(oriented), _) => (oriented.on, End::Oriented),
            (None, Some(left)) => (left, End::Left),
            (None, None) => (period.seen_on, End::StillWaiting),
        };
        Some(Self { days: days_after(start, day), end })
    }
}

/// The indicators of some people, as they are being counted. The order in which people are added does not matter.
#[derive(Clone, Debug)]
pub struct Count<'a> {
    definitions: &'a Definitions,
    period: Period,
    sums: Vec<Sum>,
}

#[derive(Clone, Debug, Default)]
struct Sum {
    numerator: u64,
    denominator: u64,
    left: u64,
    still_waiting: u64,
    curve: Curve,
}

impl<'a> Count<'a> {
    /// Nobody yet.
    pub fn new(definitions: &'a Definitions, period: Period) -> Self {
        Self { definitions, period, sums: vec![Sum::default(); definitions.list.len()] }
    }

    /// Adds one right of one person.
    pub fn add(&mut self, spell: &Spell) {
        for (definition, sum) in self.definitions.list.iter().zip(&mut self.sums) {
            if let Ok(formula) = definition.formula {
                sum.add(formula, spell, self.period);
            }
        }
    }

    /// The figures, in the order of the definitions; `None` for an indicator that is not available.
    pub fn figures(&self) -> Vec<Option<Figure>> {
        let figure = |(definition, sum): (&Definition, &Sum)| {
            definition.formula.as_ref().ok().map(|it| sum.figure(*it))
        };
        self.definitions.list.iter().zip(&self.sums).map(figure).collect()
    }
}

impl Sum {
    fn add(&mut self, formula: Formula, spell: &Spell, period: Period) {
        let Some(counts) = formula.counts(spell, period) else { return };
        self.numerator += counts;
        self.denominator += 1;
        if let Formula::OrientedWithin { since, days } = formula
            && let Some(wait) = Wait::of(spell, since, period)
        {
            self.curve.add(wait.days, wait.end == End::Oriented);
            self.left += u64::from(wait.end == End::Left && wait.days <= days);
            self.still_waiting += u64::from(wait.end == End::StillWaiting && wait.days < days);
        }
    }

    fn figure(&self, formula: Formula) -> Figure {
        let cohort = match formula {
            Formula::OrientedWithin { days, .. } => Some(Cohort {
                left: self.left,
                still_waiting: self.still_waiting,
                estimate: self.curve.thousandths(days),
            }),
            Formula::Oriented
            | Formula::NotOriented
            | Formula::OrientedBySeniority(_)
            | Formula::Towards(_)
            | Formula::DelayOfOriented
            | Formula::HandedOver
            | Formula::Followed => None,
        };
        Figure { numerator: self.numerator, denominator: self.denominator, unit: formula.unit(), cohort }
    }
}

#[cfg(test)]
mod tests;
