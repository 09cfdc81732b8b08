//! The right of a household that does not exist, month after month.

use chrono::{Months, NaiveDate};
use domain::rsa::{ClosureMotive, RightState, SuspensionMotive};

use super::people::ago;
use super::{chance, happens};

/// A right, as a flow says it: what is no longer true may stay beside what is, as it does in real flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Right {
    pub(super) state: RightState,
    pub(super) suspension: Option<(SuspensionMotive, NaiveDate)>,
    pub(super) closure: Option<(ClosureMotive, NaiveDate)>,
    pub(super) arrived: Option<NaiveDate>,
    pub(super) left: Option<NaiveDate>,
}

/// The states in which the first flow finds a hundred households.
const FIRST: [(u32, RightState); 7] = [
    (74, RightState::Open),
    (80, RightState::PaymentSuspended),
    (84, RightState::Suspended),
    (89, RightState::Closed),
    (93, RightState::ClosedEarlier),
    (97, RightState::Pending),
    (100, RightState::Refused),
];

impl Right {
    /// The right of a household, so many months after the first flow.
    pub(super) fn of(seed: u64, index: u32, first_day: NaiveDate, month: u32) -> Self {
        let mut rng = chance(seed, index, 1);
        let drawn = rng.u32(0..100);
        let state = FIRST.iter().find(|(up_to, _)| drawn < *up_to).map_or(RightState::Open, |(_, it)| *it);
        let none =
            Self { state: RightState::Open, suspension: None, closure: None, arrived: None, left: None };
        let mut right = none.entered(state, index, ago(first_day, 0, rng.u64(0..28)));
        if state == RightState::Open && happens(&mut rng, 2) {
            right.arrived = Some(ago(first_day, 0, rng.u64(0..28)));
        }
        for later in 1..=month {
            let mut rng = chance(seed, index, 1 + u64::from(later));
            let day = first_day.checked_add_months(Months::new(later)).unwrap_or(first_day);
            let next = next(right.state, &mut rng);
            if next != right.state {
                right = right.entered(next, index + later, ago(day, 0, rng.u64(0..28)));
            }
        }
        right
    }

    /// The same right, once it has come to another state. Motives go round, so that each is met.
    fn entered(self, state: RightState, turn: u32, day: NaiveDate) -> Self {
        let turn = turn as usize;
        let mut right = Self { state, ..self };
        match state {
            RightState::Pending | RightState::Refused | RightState::Open => right.left = None,
            RightState::Suspended | RightState::PaymentSuspended => {
                right.suspension = Some((SuspensionMotive::ALL[turn % SuspensionMotive::ALL.len()], day));
            }
            RightState::Closed | RightState::ClosedEarlier => {
                let motive = ClosureMotive::ALL[turn % ClosureMotive::ALL.len()];
                // The end of a right stays that of the month in which it ended.
                let closure = right.closure.filter(|_| state == RightState::ClosedEarlier);
                right.closure = closure.or(Some((motive, day)));
                right.left = right.closure.filter(|it| it.0 == ClosureMotive::Transfer).map(|it| it.1);
            }
        }
        right
    }
}

/// The state a month later.
fn next(state: RightState, rng: &mut fastrand::Rng) -> RightState {
    let drawn = rng.u32(0..100);
    match (state, drawn) {
        (RightState::Pending, 0..70)
        | (RightState::Suspended | RightState::PaymentSuspended, 0..40)
        | (RightState::Closed, 0..10)
        | (RightState::ClosedEarlier, 0..8) => RightState::Open,
        (RightState::Pending, 70..85) => RightState::Refused,
        (RightState::Open, 0..4) => RightState::PaymentSuspended,
        (RightState::Open, 4) => RightState::Suspended,
        (RightState::Open, 5..8) | (RightState::Suspended | RightState::PaymentSuspended, 40..60) => {
            RightState::Closed
        }
        (RightState::Closed, _) => RightState::ClosedEarlier,
        (RightState::Refused, 0..10) => RightState::Pending,
        (same, _) => same,
    }
}
