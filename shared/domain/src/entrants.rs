//! What a file that speaks of an adult's right means for the journey: whom it brings in, and what it tells of those who
//! are known.
//!
//! A new entrant has an open right, is subject to rights and duties, and was not known here: being known is being in the
//! month before, in another daily file, or having applied. The applicant and the partner of a household are two.
//! Source: beta.gouv, « nouvel entrant »; DREES, beneficiaries and their suspensions ([`crate::rsa::is_beneficiary`]).

use chrono::{DateTime, NaiveDate, Utc};

use crate::commune::CodeInsee;
use crate::dossier::{EndMotive, Suspension};
use crate::intake::RightStated;
use crate::life::{News, Opening, Told};
use crate::rsa::{self, ClosureMotive, RightState, SuspensionMotive};

/// What a file says of one adult's right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: RightState,
    /// The day from which it is open.
    pub opened_on: Option<NaiveDate>,
    /// Whether this adult is subject to rights and duties, when it is told.
    pub duties: Option<bool>,
    /// The suspensions under way, each with its first day.
    pub suspensions: Vec<(SuspensionMotive, NaiveDate)>,
    /// The closure, with its day.
    pub closure: Option<(ClosureMotive, NaiveDate)>,
    /// The day on which the household left for another département.
    pub left_on: Option<NaiveDate>,
    /// The day on which the person died.
    pub died_on: Option<NaiveDate>,
}

/// What the journey needs to know of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// As of when it speaks.
    pub as_of: DateTime<Utc>,
    /// The day on which the département received it: H3 runs from it (CASF D. 262-65-2).
    pub received_on: NaiveDate,
    /// Whether it also names people whose right is not decided yet: those who apply, or those whom a tool knows.
    pub opens_declared: bool,
}

/// What is to be done with somebody who is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// A dossier is opened.
    Open(RightStated),
    /// Nothing: no right, or not subject to rights and duties.
    Nothing,
}

/// Whether somebody who is not known is to be oriented.
pub fn admit(standing: Option<&Standing>, hearing: Hearing) -> Admission {
    let declared = |opened_on| {
        if hearing.opens_declared {
            Admission::Open(RightStated::Declared { opened_on })
        } else {
            Admission::Nothing
        }
    };
    let Some(standing) = standing else { return declared(None) };
    if standing.died_on.is_some() || standing.left_on.is_some() || standing.duties == Some(false) {
        return Admission::Nothing;
    }
    if standing.state == RightState::Pending {
        return declared(standing.opened_on);
    }
    let motives: Vec<SuspensionMotive> = standing.suspensions.iter().map(|it| it.0).collect();
    if !rsa::is_beneficiary(standing.state, &motives) {
        return Admission::Nothing;
    }
    Admission::Open(RightStated::Confirmed {
        opened_on: standing.opened_on.unwrap_or(hearing.received_on),
        received_on: Some(hearing.received_on),
        duties: true,
    })
}

/// What is told of the right of somebody who is known; `None` when the file says nothing that counts: a right that is not
/// decided yet.
pub fn news(standing: &Standing, hearing: Hearing, commune: Option<CodeInsee>) -> Option<Told> {
    let ended = |motive, on: Option<NaiveDate>| News::Ended { motive, on: on.unwrap_or(hearing.received_on) };
    let opening = Opening {
        opened_on: standing.opened_on,
        received_on: hearing.received_on,
        duties: standing.duties.unwrap_or(true),
    };
    let news = match standing.state {
        _ if standing.died_on.is_some() => ended(EndMotive::Died, standing.died_on),
        _ if standing.left_on.is_some() => ended(EndMotive::Left, standing.left_on),
        RightState::Pending => return None,
        RightState::Refused => ended(EndMotive::RightRefused, standing.closure.map(|it| it.1)),
        RightState::Closed | RightState::ClosedEarlier => {
            let motive = EndMotive::RightClosed { motive: standing.closure.map(|it| it.0) };
            ended(motive, standing.closure.map(|it| it.1))
        }
        RightState::Open => News::Open(opening),
        RightState::Suspended | RightState::PaymentSuspended => {
            // Of several, the one that has lasted longest is why the person waits.
            let first = standing.suspensions.iter().min_by_key(|it| it.1);
            let suspension = Suspension {
                since: first.map_or(hearing.received_on, |it| it.1),
                motive: first.map(|it| it.0),
            };
            News::Suspended { opening, suspension }
        }
    };
    Some(Told { as_of: hearing.as_of, news, commune })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, day};

    fn hearing() -> Hearing {
        Hearing { as_of: at(0), received_on: day(0), opens_declared: false }
    }

    fn standing(state: RightState) -> Standing {
        Standing {
            state,
            opened_on: Some(day(-40)),
            duties: Some(true),
            suspensions: Vec::new(),
            closure: None,
            left_on: None,
            died_on: None,
        }
    }

    #[test]
    fn an_open_right_with_duties_brings_in_somebody_whose_clock_starts_from_the_reception() {
        let Admission::Open(RightStated::Confirmed { opened_on, received_on, duties }) =
            admit(Some(&standing(RightState::Open)), hearing())
        else {
            panic!("nobody came in")
        };
        assert_eq!((opened_on, received_on, duties), (day(-40), Some(day(0)), true));
    }

    #[test]
    fn no_duties_no_right_a_death_or_a_departure_bring_nobody_in() {
        let open = standing(RightState::Open);
        let suspended = Standing {
            suspensions: vec![(SuspensionMotive::UnderAge, day(-3))],
            ..standing(RightState::PaymentSuspended)
        };
        for nobody in [
            Standing { duties: Some(false), ..open.clone() },
            Standing { died_on: Some(day(-1)), ..open.clone() },
            Standing { left_on: Some(day(-1)), ..open },
            standing(RightState::Refused),
            standing(RightState::Closed),
            standing(RightState::ClosedEarlier),
            standing(RightState::Pending),
            suspended,
        ] {
            assert_eq!(admit(Some(&nobody), hearing()), Admission::Nothing, "{nobody:?}");
        }
        assert_eq!(admit(None, hearing()), Admission::Nothing);
    }

    #[test]
    fn a_file_of_people_who_apply_opens_a_right_that_is_only_declared() {
        let applies = Hearing { opens_declared: true, ..hearing() };
        let declared = |opened_on| Admission::Open(RightStated::Declared { opened_on });
        assert_eq!(admit(Some(&standing(RightState::Pending)), applies), declared(Some(day(-40))));
        assert_eq!(admit(None, applies), declared(None));
    }

    #[test]
    fn the_news_say_what_the_state_says_and_a_death_says_more() {
        let of = |it: &Standing| news(it, hearing(), None).map(|it| it.news);
        assert!(matches!(of(&standing(RightState::Open)), Some(News::Open(_))));
        assert_eq!(of(&standing(RightState::Pending)), None);
        let closed =
            Standing { closure: Some((ClosureMotive::Expired, day(-9))), ..standing(RightState::Closed) };
        let motive = EndMotive::RightClosed { motive: Some(ClosureMotive::Expired) };
        assert_eq!(of(&closed), Some(News::Ended { motive, on: day(-9) }));
        let dead = Standing { died_on: Some(day(-2)), ..closed };
        assert_eq!(of(&dead), Some(News::Ended { motive: EndMotive::Died, on: day(-2) }));
        let two = vec![(SuspensionMotive::Hospital, day(-3)), (SuspensionMotive::NotAlone, day(-8))];
        let suspended = Standing { suspensions: two, ..standing(RightState::Suspended) };
        let Some(News::Suspended { suspension, .. }) = of(&suspended) else { panic!("not suspended") };
        assert_eq!(suspension, Suspension { since: day(-8), motive: Some(SuspensionMotive::NotAlone) });
    }
}
