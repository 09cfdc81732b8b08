//! Taking over: somebody was oriented, and is accompanied, since before the département worked here.
//!
//! Nobody is asked twice what is known, and nobody who has somebody to call is summoned as a newcomer: nothing is
//! proposed, signed or sent. The organism that decided keeps the person; the référent takes one of their own places.

use chrono::{DateTime, NaiveDate, Utc};

use crate::assignment::assign;
use crate::dossier::{Naming, NoPlace, Reached, Right, Signatory, Signed, Target};
use crate::frame::Frame;
use crate::referent::Referent;
use crate::{AgentId, Decision, Dossier, Message, Refusal, State};

/// What was decided elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// The parcours and the organism.
    pub target: Target,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// The day a contract was signed, when one was.
    pub contract: Option<NaiveDate>,
    /// Who gave the file that tells it.
    pub recorded_by: AgentId,
}

/// Writes in what was decided elsewhere, as long as nobody has decided here.
///
/// With a référent, the person is theirs at once. Without one, an organism whose staff we manage looks for one, and another
/// organism is not chased: it has had time to name its own, and only has not told.
///
/// # Errors
///
/// `ReferentDoesNotServe` for a référent of another organism; `NoRoom` for one who is full: their capacity is for people
/// to raise.
pub fn take_over(
    dossier: &Dossier,
    known: &UnderWay,
    referent: Option<&Referent>,
    frame: &Frame,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let contact = match &dossier.state {
        State::Submitted => None,
        State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } => {
            waiting.contact.placement()
        }
        State::Urgent { .. } => return Err(Refusal::EmergencyOpen),
        State::Closed { .. } => return Err(Refusal::Closed),
        State::Oriented { .. } | State::AwaitingPlace { .. } | State::Assigned { .. } => {
            return Err(Refusal::AlreadyDone);
        }
    };
    let dossier = Dossier { right: as_of_then(&dossier.right, known.decided_on, frame), ..dossier.clone() };
    let by = Signatory::TakenOver { recorded_by: known.recorded_by.clone(), contract: known.contract };
    let at = dossier.territory.start_of_day(known.decided_on);
    let decision = Signed { target: known.target, by, at, deviation: None };
    let mut decided = match referent {
        Some(referent) => {
            admit(referent, known.target, contact.is_some_and(|it| it.referent == referent.id))?;
            assign(&dossier, &decision, contact, &referent.id, false, now)
        }
        None if known.target.organisme.is_managed() => {
            let (contact, why) = (contact.cloned(), NoPlace::Full);
            let state = State::AwaitingPlace { decision, contact, looked_at: now, why };
            Decision::of(Dossier { state, ..dossier })
                .and(Message::FindPlace(crate::decision::PlaceFor::Referent))
        }
        None => {
            let expected_on = frame.named_by(known.decided_on);
            let naming = Naming::ByOrganisme { expected_on };
            let state = State::Oriented { decision, naming, contact: contact.cloned() };
            let reached = Reached { chased: true, ..dossier.reached };
            Decision::of(Dossier { state, reached, ..dossier })
        }
    };
    decided.messages.insert(0, Message::RecordOrientation(known.target));
    Ok(decided)
}

/// The accompaniment of somebody whose dossier was opened in silence cannot be taken over after all: their journey begins
/// as that of anybody else. Nobody stays without anything to come.
pub fn give_up(dossier: &Dossier) -> Result<Decision, Refusal> {
    match dossier.state {
        State::Submitted => Ok(Decision::of(dossier.clone()).and(Message::Submitted)),
        State::Urgent { .. }
        | State::ToOrient { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::AwaitingFranceTravail { .. }
        | State::Closed { .. } => Err(Refusal::AlreadyDone),
    }
}

/// Whether a référent can take somebody of theirs who was known elsewhere.
///
/// # Errors
///
/// As [`take_over`].
pub fn admit(referent: &Referent, target: Target, has_their_place: bool) -> Result<(), Refusal> {
    if referent.organisme != target.organisme {
        return Err(Refusal::ReferentDoesNotServe);
    }
    if !referent.has_room() && !has_their_place {
        return Err(Refusal::NoRoom);
    }
    Ok(())
}

/// A right on which somebody decided had been received by then, whenever this département's file says that it came:
/// it is under the law of that day.
fn as_of_then(right: &Right, decided_on: NaiveDate, frame: &Frame) -> Right {
    match right {
        Right::Confirmed(it) if it.received_on > decided_on => {
            let mut known = it.clone();
            (known.received_on, known.presumed) = (decided_on, true);
            known.opened_on = known.opened_on.min(decided_on);
            known.frame = frame.id.clone();
            Right::Confirmed(known)
        }
        Right::Declared { .. } | Right::Confirmed(_) => right.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::{Confirmed, Placement};
    use crate::testing::{EMPLOI, SOCIAL, assigned, at, confirmed, day, dossier, frame, referent, to_orient};
    use crate::{PlaceMove, Stream};

    fn under_way(target: Target) -> UnderWay {
        let recorded_by = "agent-1".parse().unwrap();
        UnderWay { target, decided_on: day(-200), contract: Some(day(-150)), recorded_by }
    }

    fn taken(state: State, target: Target, referent: Option<&Referent>) -> Result<Decision, Refusal> {
        take_over(&dossier(state), &under_way(target), referent, &frame(), at(5))
    }

    fn tells_somebody(decision: &Decision) -> bool {
        decision.messages.iter().any(|it| it.stream() == Stream::Reminders)
    }

    #[test]
    fn whoever_is_accompanied_keeps_their_referent_and_is_told_nothing() {
        let theirs = referent("ref-1", 3, 25);
        for state in [State::Submitted, to_orient(Some(EMPLOI))] {
            let decision = taken(state, SOCIAL, Some(&theirs)).unwrap();
            assert!(!tells_somebody(&decision), "{:?}", decision.messages);
            assert!(matches!(decision.place, PlaceMove::Take(_)));
            let signed = decision.dossier.state.decision().unwrap();
            assert_eq!((signed.target, signed.at < at(0)), (SOCIAL, true));
            assert_eq!(decision.dossier.state.code(), "affecte");
        }
    }

    #[test]
    fn a_capacity_is_never_exceeded_by_a_file_nor_another_organism_s_referent_named() {
        let full = referent("ref-1", 25, 25);
        assert_eq!(taken(State::Submitted, SOCIAL, Some(&full)), Err(Refusal::NoRoom));
        assert_eq!(taken(State::Submitted, EMPLOI, Some(&full)), Err(Refusal::ReferentDoesNotServe));
        let place = Placement { referent: full.id.clone(), since: at(1) };
        let State::ToOrient { proposal, mut waiting } = to_orient(None) else { unreachable!() };
        waiting.contact = crate::dossier::ContactSearch::Found(place);
        let contact = taken(State::ToOrient { proposal, waiting }, SOCIAL, Some(&full)).unwrap();
        assert_eq!(contact.place, PlaceMove::None, "the contact has their place already");
    }

    #[test]
    fn without_a_referent_ours_looks_for_one_and_another_organism_is_not_chased() {
        let ours = taken(State::Submitted, SOCIAL, None).unwrap();
        assert_eq!(ours.dossier.state.code(), "en_attente_de_place");
        assert!(ours.messages.contains(&Message::FindPlace(crate::decision::PlaceFor::Referent)));
        let theirs = taken(State::Submitted, EMPLOI, None).unwrap();
        assert_eq!(theirs.dossier.state.code(), "oriente");
        assert!(theirs.dossier.reached.chased && !tells_somebody(&theirs) && !tells_somebody(&ours));
        assert_eq!(crate::check::check(&theirs.dossier, &frame(), at(90)), Err(Refusal::AlreadyDone));
    }

    #[test]
    fn what_somebody_decided_here_and_what_people_must_see_first_stay() {
        let theirs = referent("ref-1", 3, 25);
        assert_eq!(taken(assigned("ref-2"), SOCIAL, Some(&theirs)), Err(Refusal::AlreadyDone));
        let urgent = State::Urgent { needs: [crate::dossier::Need::Food].into() };
        assert_eq!(taken(urgent, SOCIAL, Some(&theirs)), Err(Refusal::EmergencyOpen));
    }

    #[test]
    fn an_accompaniment_that_cannot_be_taken_over_leaves_an_ordinary_journey() {
        let begun = give_up(&dossier(State::Submitted)).unwrap();
        assert_eq!(begun.messages, [Message::Submitted]);
        assert_eq!(give_up(&dossier(assigned("ref-1"))), Err(Refusal::AlreadyDone));
    }

    #[test]
    fn the_right_had_come_when_somebody_decided_on_it() {
        let decision = taken(State::Submitted, SOCIAL, None).unwrap();
        let Right::Confirmed(Confirmed { received_on, presumed, .. }) = decision.dossier.right else {
            unreachable!()
        };
        assert_eq!((received_on, presumed), (day(-200), true));
        let early = UnderWay { decided_on: day(3), ..under_way(SOCIAL) };
        let kept = take_over(&dossier(State::Submitted), &early, None, &frame(), at(5)).unwrap();
        assert_eq!(kept.dossier.right, confirmed());
    }
}
