//! Intake: an application opens a dossier.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use crate::commune::CodeInsee;
use crate::decision::{Ladder, Notice, Rung};
use crate::dossier::{Channel, Confirmed, Former, Need, Reached, Right, Wishes};
use crate::frame::Frame;
use crate::life::{self, News, Opening};
use crate::{Decision, Dossier, DossierId, Message, Refusal, State, Territory};

/// What an application says that the journey needs. Who the person is stays outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The dossier that it opens.
    pub dossier: DossierId,
    /// The département it is addressed to.
    pub territory: Territory,
    /// Where the person lives.
    pub commune: CodeInsee,
    /// How it came in.
    pub channel: Channel,
    /// The right, as far as it is known.
    pub right: RightStated,
    /// Immediate needs, empty when there are none.
    pub needs: BTreeSet<Need>,
    /// The person's wishes.
    pub wishes: Wishes,
}

/// What is said of the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RightStated {
    /// The person declares it.
    Declared {
        /// Opening date, when known.
        opened_on: Option<NaiveDate>,
    },
    /// A professional or a flow confirms it.
    Confirmed {
        /// Opening date.
        opened_on: NaiveDate,
        /// Reception by the département; presumed from the deposit when missing.
        received_on: Option<NaiveDate>,
        /// Whether the person is subject to rights and duties.
        duties: bool,
    },
}

impl RightStated {
    /// The day on which the département received it: the one that is told, else the one that is presumed.
    pub fn received_or(&self, presumed: NaiveDate) -> NaiveDate {
        match self {
            Self::Confirmed { received_on: Some(told), .. } => *told,
            Self::Confirmed { received_on: None, .. } | Self::Declared { .. } => presumed,
        }
    }
}

/// The reception that is presumed of a right that is told to a dossier without one: its deposit, or today when the journey
/// is over, since it is then another right.
pub fn presumed_reception(dossier: &Dossier, now: DateTime<Utc>) -> NaiveDate {
    let over = matches!(dossier.state, State::Closed { .. });
    dossier.territory.local_date(if over { now } else { dossier.submitted_at })
}

/// The one rung of the ladder of emergencies.
pub(crate) const EMERGENCY: Rung = Rung { ladder: Ladder::Emergency, index: 0 };

/// Opens the dossier.
pub fn open(application: Application, frame: &Frame, now: DateTime<Utc>) -> Decision {
    let right = right(&application.right, application.territory, frame, now);
    let dossier = Dossier {
        id: application.dossier,
        territory: application.territory,
        commune: application.commune,
        channel: application.channel,
        submitted_at: now,
        right,
        wishes: application.wishes,
        state: State::Submitted,
        reached: Reached::default(),
        swept: None,
        told: None,
        reopened: 0,
        former: Vec::new(),
    };
    begin(dossier, application.needs)
}

/// Opens the dossier of somebody whose accompaniment is about to be taken over: nothing leaves.
pub fn open_in_silence(application: Application, frame: &Frame, now: DateTime<Utc>) -> Decision {
    Decision { messages: Vec::new(), ..open(application, frame, now) }
}

/// Begins a journey. An immediate need goes to people first: the triage waits until they have dealt with it, and the
/// receipt leaves at once. Otherwise the triage sends it: one message leaves here, and its own write is the proof.
pub(crate) fn begin(dossier: Dossier, needs: BTreeSet<Need>) -> Decision {
    if needs.is_empty() {
        return Decision::of(Dossier { state: State::Submitted, ..dossier }).and(Message::Submitted);
    }
    Decision::of(Dossier { state: State::Urgent { needs }, ..dossier })
        .and(Message::Notify(Notice::Received))
        .and(Message::Reminder(EMERGENCY))
}

/// Begins another journey of the same person, under another right. What figures need of the one that is over is kept.
pub(crate) fn begin_again(dossier: Dossier, right: Right, needs: BTreeSet<Need>) -> Decision {
    let reopened = dossier.reopened.saturating_add(1);
    let mut former = dossier.former.clone();
    former.extend(Former::of(&dossier));
    let dossier = Dossier { former, ..dossier };
    begin(Dossier { right, reached: Reached::default(), reopened, ..dossier }, needs)
}

/// Confirms a right that was only declared: the legal clock starts from the reception.
///
/// `frame` is the one of its reception ([`RightStated::received_or`], [`presumed_reception`]).
/// Confirming again with the same dates changes nothing and is not refused. While nobody has decided, other dates
/// correct the first ones: a slip of the keyboard must not shut a person out of their orientation. A correction that
/// puts the legal delay back in the future puts the dossier back on the signer's desk.
pub fn confirm(
    dossier: &Dossier,
    stated: &RightStated,
    frame: &Frame,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let RightStated::Confirmed { opened_on, received_on, duties } = stated else {
        return match &dossier.right {
            Right::Declared { .. } => Ok(Decision::of(dossier.clone())),
            Right::Confirmed(_) => Err(Refusal::RightAlreadyConfirmed),
        };
    };
    if dossier.merged_into().is_some() {
        return Err(Refusal::Merged);
    }
    if let State::Closed { .. } = dossier.state {
        // A right that opens again: its clock starts from the reception of that, never from the first deposit.
        let received_on = stated.received_or(presumed_reception(dossier, now));
        let news = News::Open(Opening { opened_on: Some(*opened_on), received_on, duties: *duties });
        return Ok(life::hear_agent(dossier, news, frame, now));
    }
    // A missing reception date is presumed from the deposit, not from the day an agent keyed it in.
    let next = confirmed(*opened_on, *received_on, *duties, dossier.territory, frame, dossier.submitted_at);
    // What is said of the dates says nothing of a suspension.
    let next = match &dossier.right {
        Right::Confirmed(known) => {
            // The same dates are under the law that they were under.
            let same = (known.opened_on, known.received_on) == (next.opened_on, next.received_on);
            let frame = if same { known.frame.clone() } else { next.frame };
            Confirmed { suspended: known.suspended, frame, ..next }
        }
        Right::Declared { .. } => next,
    };
    match &dossier.right {
        Right::Confirmed(known) if *known == next => Ok(Decision::of(dossier.clone())),
        Right::Confirmed(_) if dossier.state.decision().is_some() => Err(Refusal::RightAlreadyConfirmed),
        Right::Confirmed(_) => {
            let handed_over = frame.handed_over_at(dossier.territory, &next);
            let still_ours = !next.duties || handed_over.is_none_or(|it| now < it);
            let mut state = dossier.state.clone();
            if let (true, State::AwaitingFranceTravail { proposal, waiting, .. }) =
                (still_ours, &dossier.state)
            {
                state = State::ToOrient { proposal: proposal.clone(), waiting: waiting.clone() };
            }
            let reached = Reached { alerts: 0, ..dossier.reached };
            Ok(Decision::of(Dossier { right: Right::Confirmed(next), state, reached, ..dossier.clone() }))
        }
        // A reception in the past starts the clock in the past: nothing here depends on today.
        Right::Declared { .. } => {
            Ok(Decision::of(Dossier { right: Right::Confirmed(next), ..dossier.clone() }))
        }
    }
}

/// New answers have come to a dossier: while nobody has decided, the rules are asked again.
pub fn answered(mut decision: Decision) -> Decision {
    if let State::ToOrient { .. } = decision.dossier.state {
        decision.messages.push(Message::Answered);
    }
    decision
}

/// People have dealt with the immediate need: the triage goes on.
pub fn close_emergency(dossier: &Dossier) -> Result<Decision, Refusal> {
    match dossier.state {
        State::Urgent { .. } => {
            let dossier = Dossier { state: State::Submitted, ..dossier.clone() };
            Ok(Decision::of(dossier).and(Message::Submitted))
        }
        State::Submitted
        | State::ToOrient { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::AwaitingFranceTravail { .. }
        | State::Closed { .. } => Err(Refusal::NoEmergency),
    }
}

/// The right as an application states it.
pub(crate) fn right(
    stated: &RightStated,
    territory: Territory,
    frame: &Frame,
    deposited: DateTime<Utc>,
) -> Right {
    match *stated {
        RightStated::Declared { opened_on } => Right::Declared { opened_on },
        RightStated::Confirmed { opened_on, received_on, duties } => {
            Right::Confirmed(confirmed(opened_on, received_on, duties, territory, frame, deposited))
        }
    }
}

pub(crate) fn confirmed(
    opened_on: NaiveDate,
    received_on: Option<NaiveDate>,
    duties: bool,
    territory: Territory,
    frame: &Frame,
    deposited: DateTime<Utc>,
) -> Confirmed {
    Confirmed {
        opened_on,
        received_on: received_on.unwrap_or_else(|| territory.local_date(deposited)),
        presumed: received_on.is_none(),
        duties,
        frame: frame.id.clone(),
        suspended: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::Suspension;
    use crate::testing::{SOCIAL, at, day, dossier, frame, to_orient};

    fn stated(received: i64, duties: bool) -> RightStated {
        RightStated::Confirmed { opened_on: day(-20), received_on: Some(day(received)), duties }
    }

    #[test]
    fn other_dates_correct_the_first_ones_while_nobody_has_decided() {
        let waiting = dossier(to_orient(Some(SOCIAL)));
        let corrected = confirm(&waiting, &stated(3, true), &frame(), at(5)).unwrap().dossier;
        assert_eq!(corrected.running_right().unwrap().received_on, day(3));
        let outside = confirm(&waiting, &stated(0, false), &frame(), at(5)).unwrap().dossier;
        assert!(outside.running_right().is_none());
        let back = confirm(&outside, &stated(0, true), &frame(), at(6)).unwrap().dossier;
        assert_eq!(back.right, waiting.right);
    }

    #[test]
    fn the_same_dates_said_again_of_a_suspended_right_change_nothing_and_the_suspension_stays() {
        let suspended = Suspension { since: day(2), motive: None };
        let Right::Confirmed(known) = crate::testing::confirmed() else { unreachable!() };
        let right = Right::Confirmed(Confirmed { suspended: Some(suspended), ..known });
        let reached = Reached { alerts: 3, ..Reached::default() };
        let waiting = Dossier { right, reached, ..dossier(to_orient(Some(SOCIAL))) };
        assert_eq!(confirm(&waiting, &stated(0, true), &frame(), at(5)), Ok(Decision::of(waiting.clone())));
        let corrected = confirm(&waiting, &stated(3, true), &frame(), at(5)).unwrap().dossier;
        assert!(corrected.is_suspended());
    }

    #[test]
    fn a_correction_that_puts_the_legal_delay_in_the_future_brings_the_dossier_back_to_the_desk() {
        let late = crate::check::check(&dossier(to_orient(Some(SOCIAL))), &frame(), at(60)).unwrap().dossier;
        assert_eq!(late.state.code(), "attente_france_travail");
        let corrected = confirm(&late, &stated(50, true), &frame(), at(60)).unwrap().dossier;
        assert_eq!(corrected.state.code(), "a_orienter");
        let still_late = confirm(&late, &stated(1, true), &frame(), at(60)).unwrap().dossier;
        assert_eq!(still_late.state.code(), "attente_france_travail");
    }
}
