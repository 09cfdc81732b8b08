//! The written order of preference, and what happens when there is no room.

use super::*;
use crate::delegation::Delegation;
use crate::signature::{Signing, sign};
use crate::testing::{EMPLOI, SOCIAL, at, day, delegation, dossier, frame, referent, to_orient};
use crate::{Parcours, PlaceMove};

fn signed() -> Dossier {
    signed_by(&delegation())
}

fn signed_by(delegation: &Delegation) -> Dossier {
    let signing = Signing {
        agent: delegation.agent.clone(),
        target: SOCIAL,
        deviation: None,
        has_words: false,
        by_france_travail: None,
    };
    sign(&dossier(to_orient(Some(SOCIAL))), &signing, Some(delegation), &frame(), at(1)).unwrap().dossier
}

fn named(decision: &Decision) -> &str {
    decision.dossier.state.place().map_or("nobody", |it| it.referent.as_str())
}

#[test]
fn the_lowest_share_of_capacity_is_served_first_then_the_fewest_people_then_the_smallest_id() {
    let named = |roster: &[Referent]| named(&place(&signed(), roster, at(1)).unwrap()).to_owned();
    assert_eq!(named(&[referent("a", 5, 10), referent("b", 30, 100)]), "b");
    assert_eq!(named(&[referent("a", 10, 20), referent("b", 5, 10)]), "b");
    assert_eq!(named(&[referent("b", 5, 10), referent("a", 5, 10)]), "a");
}

#[test]
fn the_persons_wish_comes_first_when_it_can_be_granted() {
    let mut dossier = signed();
    dossier.wishes.referent = Some("b".parse().unwrap());
    assert_eq!(named(&place(&dossier, &[referent("a", 0, 10), referent("b", 9, 10)], at(1)).unwrap()), "b");
    assert_eq!(named(&place(&dossier, &[referent("a", 0, 10), referent("b", 10, 10)], at(1)).unwrap()), "a");
}

#[test]
fn only_those_who_serve_are_eligible() {
    let mut elsewhere = referent("a", 0, 10);
    elsewhere.communes.insert("77284".parse().unwrap());
    let mut other_parcours = referent("b", 0, 10);
    other_parcours.parcours.remove(&Parcours::Social);
    let mut other_organism = referent("c", 0, 10);
    other_organism.organisme = Organisme::Delegataire;
    let roster = [elsewhere, other_parcours, other_organism];
    let State::AwaitingPlace { why, .. } = place(&signed(), &roster, at(1)).unwrap().dossier.state else {
        panic!("somebody was named")
    };
    assert_eq!(why, NoPlace::NotServed);
}

#[test]
fn somebody_away_or_full_is_not_named_and_the_dossier_waits_for_a_place() {
    let mut away = referent("a", 0, 10);
    away.absences.push((day(0), day(3)));
    let decision = place(&signed(), &[away, referent("b", 10, 10)], at(1)).unwrap();
    let State::AwaitingPlace { why, .. } = &decision.dossier.state else { panic!("somebody was named") };
    assert_eq!(*why, NoPlace::Full);
    assert_eq!(decision.place, PlaceMove::None);
    assert_eq!(decision.messages, [Message::RecordOrientation(SOCIAL), Message::Notify(Notice::Decision)]);
    // Found later: the person is told who, and not told the decision a second time.
    let later = place(&decision.dossier, &[referent("b", 9, 10)], at(3)).unwrap();
    assert!(later.messages.contains(&Message::Notify(Notice::Referent)));
    assert!(!later.messages.contains(&Message::Notify(Notice::Decision)));
    assert!(!later.messages.contains(&Message::RecordOrientation(SOCIAL)), "the carnet has it");
}

#[test]
fn the_contact_who_serves_becomes_the_referent_without_a_place_moving() {
    let mut waiting = signed();
    if let State::Oriented { contact, .. } = &mut waiting.state {
        *contact = Some(Placement { referent: "b".parse().unwrap(), since: at(0) });
    }
    let decision = place(&waiting, &[referent("a", 0, 10), referent("b", 10, 10)], at(1)).unwrap();
    assert_eq!((named(&decision), &decision.place), ("b", &PlaceMove::None));
}

#[test]
fn a_contact_who_does_not_serve_gives_the_place_back_in_the_same_write() {
    let mut waiting = signed();
    if let State::Oriented { contact, .. } = &mut waiting.state {
        *contact = Some(Placement { referent: "z".parse().unwrap(), since: at(0) });
    }
    let decision = place(&waiting, &[referent("a", 0, 10)], at(1)).unwrap();
    assert!(
        matches!(&decision.place, PlaceMove::Move { from, to } if from.as_str() == "z" && to.referent.as_str() == "a")
    );
    assert!(decision.messages.contains(&Message::PlaceFreed("z".parse().unwrap())));
}

#[test]
fn a_contact_is_not_a_decision_and_is_found_once() {
    let waiting = dossier(to_orient(Some(EMPLOI)));
    let decision = contact(&waiting, &[referent("a", 0, 10)], at(31)).unwrap();
    assert_eq!(decision.dossier.state.code(), "a_orienter");
    assert_eq!(decision.messages, [Message::Notify(Notice::Contact)]);
    assert_eq!(contact(&decision.dossier, &[referent("a", 1, 10)], at(32)), Err(Refusal::AlreadyDone));
}

#[test]
fn only_a_head_of_territory_exceeds_a_capacity() {
    let full = referent("a", 10, 10);
    let ask = |may_exceed| change(&signed(), &Change { to: &full, may_exceed }, at(2));
    assert_eq!(ask(false), Err(Refusal::NoRoom));
    let PlaceMove::Take(taken) = ask(true).unwrap().place else { panic!("no place was taken") };
    assert!(taken.beyond_capacity);
}

#[test]
fn changing_for_the_same_referent_is_refused() {
    let assigned = place(&signed(), &[referent("a", 0, 10)], at(1)).unwrap().dossier;
    let same = referent("a", 1, 10);
    assert_eq!(
        change(&assigned, &Change { to: &same, may_exceed: false }, at(2)),
        Err(Refusal::SameReferent)
    );
}

#[test]
fn a_contact_is_anybody_with_room_when_the_proposed_organism_is_full() {
    let waiting = dossier(to_orient(Some(SOCIAL)));
    let mut other = referent("z", 0, 10);
    other.organisme = Organisme::Delegataire;
    let decision = contact(&waiting, &[referent("a", 10, 10), other], at(31)).unwrap();
    assert_eq!(named(&decision), "z");
}

#[test]
fn a_change_before_the_assignment_notifies_the_decision_itself() {
    let to = referent("a", 0, 10);
    let decision = change(&signed(), &Change { to: &to, may_exceed: false }, at(2)).unwrap();
    assert!(decision.messages.contains(&Message::Notify(Notice::Decision)));
    assert!(!decision.messages.contains(&Message::Notify(Notice::Referent)));
}
