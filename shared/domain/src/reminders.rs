//! Reminders: what is told to whom, by which channel, once.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::calendar::Hours;
use crate::decision::{Ladder, Notice, Rung};
use crate::frame::{AlertTo, Frame};
use crate::{Dossier, Message, Refusal, State, Territory};

/// A way to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
    /// A letter.
    Letter,
}

impl Channel {
    /// The channel's code in keys and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "courriel",
            Self::Letter => "courrier",
        }
    }

    /// Every channel, in order of preference.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Email, Self::Letter];
}

/// A message to send: the key that makes it unique for the dossier, to whom, by what, about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// Unique in the dossier for the fact that it tells: the same fact is never told twice.
    pub key: String,
    /// To whom.
    pub to: Recipient,
    /// About what.
    pub about: About,
}

/// To whom a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The person, by this channel.
    Person(Channel),
    /// Somebody inside the institution.
    Institution(AlertTo),
}

/// Why a provider delivers nothing at an address, and will not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// The number or the address does not exist, or cannot be reached in this way.
    InvalidAddress,
    /// Whoever has it has asked to receive nothing more.
    OptedOut,
}

impl Undelivered {
    /// The reason's code in rows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidAddress => "adresse_invalide",
            Self::OptedOut => "ne_veut_plus",
        }
    }
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A fact of the journey.
    Notice(Notice),
    /// Somebody needs help the same day.
    Emergency,
    /// Missing answers are asked for.
    MissingAnswers,
    /// An orientation waits for a signature.
    OrientationLate,
    /// An organism has not named its référent.
    NamingLate,
    /// A message to the person was refused by every channel there is.
    NotReached,
    /// A message to the person was given to a provider that did not answer.
    MaybeNotReached,
}

impl Dispatch {
    /// What an agent is told of a message that did not reach the person for sure.
    #[must_use]
    pub fn left_to_the_agent(&self, about: About) -> Self {
        Self { key: format!("{}-agent", self.key), to: Recipient::Institution(AlertTo::Agent), about }
    }
}

/// What a message to the reminders sends now.
///
/// `AlreadyDone` when it is no longer true: nobody is chased for what has been done since, and a notice whose fact
/// has been overtaken by another is left to that other one.
pub fn decide(
    dossier: &Dossier,
    message: &Message,
    reachable: &BTreeSet<Channel>,
    frame: &Frame,
) -> Result<Dispatch, Refusal> {
    let mut dispatch = match message {
        Message::Notify(notice) => notice_dispatch(dossier, *notice, reachable),
        Message::Reminder(rung) => rung_dispatch(dossier, *rung, reachable, frame),
        Message::Submitted
        | Message::PrepareDefault
        | Message::Answered
        | Message::Oriented(_)
        | Message::FindPlace(_)
        | Message::PlaceFreed(_)
        | Message::RecordOrientation(_)
        | Message::RecordReferent(_) => Err(Refusal::AlreadyDone),
    }?;
    if dossier.reopened > 0 {
        // Another journey: the same facts happen again, and are other facts.
        dispatch.key = format!("{}/{}", dispatch.key, dossier.reopened);
    }
    Ok(dispatch)
}

/// The first instant, from now on, at which a message may leave. What rings at somebody's waits for one of these hours;
/// a letter and an e-mail wake nobody, and what is told inside the institution, an emergency first of all, never waits.
pub fn leaves_at(to: Recipient, territory: Territory, hours: Hours, now: DateTime<Utc>) -> DateTime<Utc> {
    match to {
        Recipient::Person(Channel::Sms) => hours.next(territory, now),
        Recipient::Person(Channel::Email | Channel::Letter) | Recipient::Institution(_) => now,
    }
}

fn notice_dispatch(
    dossier: &Dossier,
    notice: Notice,
    reachable: &BTreeSet<Channel>,
) -> Result<Dispatch, Refusal> {
    let key = match (notice, &dossier.state) {
        // Whoever has left, or has died, is written to no more.
        (_, State::Closed { .. }) => None,
        (Notice::Received, _) => Some("recu".to_owned()),
        (Notice::Decision, state) => {
            state.decision().map(|decision| format!("decision/{}", decision.at.timestamp_micros()))
        }
        (Notice::Referent, State::Assigned { referent, .. }) => {
            Some(format!("referent/{}/{}", referent.referent, referent.since.timestamp_micros()))
        }
        (Notice::Contact, State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. }) => {
            waiting.contact.placement().map(|it| format!("contact/{}", it.referent))
        }
        (Notice::FranceTravail, State::AwaitingFranceTravail { .. }) => Some("france-travail".to_owned()),
        (Notice::Referent | Notice::Contact | Notice::FranceTravail, _) => None,
    };
    let key = key.ok_or(Refusal::AlreadyDone)?;
    // A decision that bears remedies and delays is better in writing that stays.
    let by = match notice {
        Notice::Decision => reachable.last().copied().unwrap_or(Channel::Letter),
        Notice::Received | Notice::Referent | Notice::Contact | Notice::FranceTravail => {
            channel(reachable, 0)
        }
    };
    Ok(Dispatch { key, to: Recipient::Person(by), about: About::Notice(notice) })
}

fn rung_dispatch(
    dossier: &Dossier,
    rung: Rung,
    reachable: &BTreeSet<Channel>,
    frame: &Frame,
) -> Result<Dispatch, Refusal> {
    let key = format!("{}/{}", rung.ladder.code(), rung.index);
    let index = usize::from(rung.index);
    let unsigned = State::NOT_ORIENTED.contains(&dossier.state.code());
    match rung.ladder {
        Ladder::Emergency if matches!(dossier.state, State::Urgent { .. }) => {
            Ok(Dispatch { key, to: Recipient::Institution(AlertTo::Agent), about: About::Emergency })
        }
        Ladder::Answers if unsigned => {
            // The second request takes another channel, when there is one.
            let to = Recipient::Person(channel(reachable, index));
            Ok(Dispatch { key, to, about: About::MissingAnswers })
        }
        // Only the highest alert is given. Once the dates of the right are corrected, those of the old ones are no longer
        // true, and those of the new ones are other facts.
        Ladder::Orientation if unsigned && is_highest(dossier.reached.alerts, index) => {
            let right = dossier.running_right().ok_or(Refusal::AlreadyDone)?;
            let alert = frame.orientation.alerts.get(index).ok_or(Refusal::AlreadyDone)?;
            let key = format!("{key}/{}", frame.starts_on(right));
            Ok(Dispatch { key, to: Recipient::Institution(alert.to), about: About::OrientationLate })
        }
        Ladder::Naming if matches!(dossier.state, State::Oriented { .. }) => {
            Ok(Dispatch { key, to: Recipient::Institution(AlertTo::Agent), about: About::NamingLate })
        }
        Ladder::Emergency | Ladder::Answers | Ladder::Orientation | Ladder::Naming => {
            Err(Refusal::AlreadyDone)
        }
    }
}

/// Whether no rung above this one is reached, and this one is.
fn is_highest(bits: u16, index: usize) -> bool {
    index < 16 && bits >> index == 1
}

/// The channels in order of preference, the `turn`th one, coming back to the first; a letter when there is no other.
fn channel(reachable: &BTreeSet<Channel>, turn: usize) -> Channel {
    let known: Vec<Channel> = reachable.iter().copied().collect();
    if known.is_empty() { Channel::Letter } else { known[turn % known.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::Reached;
    use crate::intake::{RightStated, confirm};
    use crate::testing::{at, day, dossier, frame, to_orient};

    fn decide_for(state: State, message: &Message) -> Result<Dispatch, Refusal> {
        let all = BTreeSet::from([Channel::Sms, Channel::Email, Channel::Letter]);
        decide(&dossier(state), message, &all, &frame())
    }

    fn request(index: u8) -> Message {
        Message::Reminder(Rung { ladder: Ladder::Answers, index })
    }

    #[test]
    fn the_second_request_takes_another_channel_than_the_first() {
        let to = |index| decide_for(to_orient(None), &request(index)).unwrap().to;
        assert_eq!(to(0), Recipient::Person(Channel::Sms));
        assert_eq!(to(1), Recipient::Person(Channel::Email));
    }

    #[test]
    fn somebody_without_a_telephone_or_an_address_on_line_gets_a_letter() {
        let sent = decide(&dossier(to_orient(None)), &request(0), &BTreeSet::new(), &frame()).unwrap();
        assert_eq!(sent.to, Recipient::Person(Channel::Letter));
    }

    #[test]
    fn an_sms_waits_for_an_hour_at_which_one_may_ring_and_nothing_else_does() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let leaves = |to, now| leaves_at(to, "77".parse().unwrap(), frame().hours, now);
        // The Saturday before Easter, at nine in the evening; Monday is a holiday.
        let (saturday, tuesday) = (at("2026-04-04T19:00:00Z"), at("2026-04-07T07:00:00Z"));
        assert_eq!(leaves(Recipient::Person(Channel::Sms), saturday), tuesday);
        assert_eq!(leaves(Recipient::Person(Channel::Sms), tuesday), tuesday);
        for to in [Recipient::Person(Channel::Email), Recipient::Person(Channel::Letter)] {
            assert_eq!(leaves(to, saturday), saturday, "{to:?}");
        }
        let urgent = State::Urgent { needs: BTreeSet::new() };
        let emergency = Message::Reminder(Rung { ladder: Ladder::Emergency, index: 0 });
        let told = decide_for(urgent, &emergency).unwrap();
        assert_eq!((told.about, leaves(told.to, saturday)), (About::Emergency, saturday));
    }

    #[test]
    fn what_is_no_longer_true_is_not_said() {
        let late = Message::Reminder(Rung { ladder: Ladder::Naming, index: 0 });
        assert_eq!(decide_for(to_orient(None), &late), Err(Refusal::AlreadyDone));
        for notice in [Notice::Decision, Notice::Referent, Notice::Contact, Notice::FranceTravail] {
            let said = decide_for(to_orient(None), &Message::Notify(notice));
            assert_eq!(said, Err(Refusal::AlreadyDone), "{notice:?}");
        }
    }

    #[test]
    fn an_alert_reaches_whom_the_frame_says() {
        let alert = |index| Message::Reminder(Rung { ladder: Ladder::Orientation, index });
        let reached = Reached { alerts: 0b111, ..Reached::default() };
        let late = Dossier { reached, ..dossier(to_orient(None)) };
        let to = |index| decide(&late, &alert(index), &BTreeSet::new(), &frame()).map(|it| it.to);
        assert_eq!(to(2), Ok(Recipient::Institution(AlertTo::Head)));
        for overtaken_or_not_due in [1, 3, 9, 99] {
            assert_eq!(to(overtaken_or_not_due), Err(Refusal::AlreadyDone));
        }
    }

    #[test]
    fn the_alerts_of_corrected_dates_are_told_and_those_of_the_old_ones_no_longer() {
        let alert = Message::Reminder(Rung { ladder: Ladder::Orientation, index: 0 });
        let told = |it: &Dossier| decide(it, &alert, &BTreeSet::new(), &frame()).map(|it| it.key);
        let reached = Reached { alerts: 1, ..Reached::default() };
        let first = Dossier { reached, ..dossier(to_orient(None)) };
        let stated = RightStated::Confirmed { opened_on: day(-20), received_on: Some(day(20)), duties: true };
        let corrected = confirm(&first, &stated, &frame(), at(21)).unwrap().dossier;
        assert_eq!(told(&corrected), Err(Refusal::AlreadyDone), "its day has not come yet");
        let again = Dossier { reached, ..corrected };
        assert!(told(&again).is_ok_and(|it| told(&first).is_ok_and(|first| first != it)));
    }
}
