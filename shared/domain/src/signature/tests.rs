//! What may be signed, by whom, and what follows.

use super::*;
use crate::decision::PlaceFor;
use crate::dossier::{ContactSearch, Placement};
use crate::testing::{EMPLOI, SOCIAL, at, delegation, dossier, frame, to_orient};
use crate::{Organisme, Parcours};

fn signing(target: Target) -> Signing {
    Signing {
        agent: "agent-1".parse().unwrap(),
        target,
        deviation: None,
        has_words: false,
        by_france_travail: None,
    }
}

#[test]
fn nobody_signs_without_a_delegation_of_their_own_in_force_for_the_parcours() {
    let waiting = dossier(to_orient(Some(SOCIAL)));
    let mut other = delegation();
    other.agent = "agent-2".parse().unwrap();
    let mut ended = delegation();
    ended.until = Some(crate::testing::day(-1));
    let mut narrow = delegation();
    narrow.scope.remove(&Parcours::Social);
    for held in [None, Some(other), Some(ended), Some(narrow)] {
        let signed = sign(&waiting, &signing(SOCIAL), held.as_ref(), &frame(), at(5));
        assert_eq!(signed, Err(Refusal::NoDelegation), "{held:?}");
    }
}

#[test]
fn a_right_that_is_only_declared_cannot_be_signed() {
    let mut waiting = dossier(to_orient(Some(SOCIAL)));
    waiting.right = Right::Declared { opened_on: None };
    let signed = sign(&waiting, &signing(SOCIAL), Some(&delegation()), &frame(), at(5));
    assert_eq!(signed, Err(Refusal::RightNotConfirmed));
}

#[test]
fn departing_from_the_proposition_needs_a_motive_and_autre_needs_words() {
    let waiting = dossier(to_orient(Some(SOCIAL)));
    let sign = |signing: Signing| sign(&waiting, &signing, Some(&delegation()), &frame(), at(5));
    assert_eq!(sign(signing(EMPLOI)), Err(Refusal::MotiveMissing));
    let mute = Signing { deviation: Some(Deviation::Other), ..signing(EMPLOI) };
    assert_eq!(sign(mute.clone()), Err(Refusal::WordsMissing));
    assert!(sign(Signing { has_words: true, ..mute }).is_ok());
    assert!(sign(Signing { deviation: Some(Deviation::PersonsWish), ..signing(EMPLOI) }).is_ok());
}

#[test]
fn a_managed_organism_goes_to_assignment_and_another_is_expected_to_name_its_own() {
    let waiting = dossier(to_orient(None));
    let ours = sign(&waiting, &signing(SOCIAL), Some(&delegation()), &frame(), at(5)).unwrap();
    assert_eq!(ours.messages, [Message::Oriented(SOCIAL)]);
    let theirs = sign(&waiting, &signing(EMPLOI), Some(&delegation()), &frame(), at(5)).unwrap();
    assert_eq!(theirs.messages, [Message::RecordOrientation(EMPLOI), Message::Notify(Notice::Decision)]);
    let State::Oriented { naming, .. } = theirs.dossier.state else { panic!("not oriented") };
    assert_eq!(naming, Naming::ByOrganisme { expected_on: crate::testing::day(12) });
}

#[test]
fn the_provisional_contact_is_kept_when_the_orientation_is_signed() {
    let mut waiting = dossier(to_orient(Some(SOCIAL)));
    let contact = Placement { referent: "ref-1".parse().unwrap(), since: at(31) };
    if let State::ToOrient { waiting, .. } = &mut waiting.state {
        waiting.contact = ContactSearch::Found(contact.clone());
    }
    let decided = sign(&waiting, &signing(SOCIAL), Some(&delegation()), &frame(), at(32)).unwrap();
    assert_eq!(decided.dossier.state.place(), Some(&contact));
    assert_eq!(decided.place, crate::PlaceMove::None);
    assert!(!decided.messages.contains(&Message::FindPlace(PlaceFor::Contact)));
}

#[test]
fn after_the_legal_delay_only_france_travails_decision_is_recorded() {
    let State::ToOrient { proposal, waiting } = to_orient(Some(SOCIAL)) else { unreachable!() };
    let late = dossier(State::AwaitingFranceTravail { since: at(43), proposal, waiting });
    let sign = |signing: Signing| sign(&late, &signing, Some(&delegation()), &frame(), at(50));
    assert_eq!(sign(signing(SOCIAL)), Err(Refusal::AwaitingFranceTravail));
    let recorded = Signing { by_france_travail: Some(crate::testing::day(48)), ..signing(EMPLOI) };
    let State::Oriented { decision, .. } = sign(recorded).unwrap().dossier.state else {
        panic!("not oriented")
    };
    assert!(matches!(decision.by, Signatory::FranceTravail { .. }));
}

#[test]
fn signing_twice_is_refused_in_every_state_past_the_desk() {
    let waiting = dossier(to_orient(None));
    let target = Target { parcours: Parcours::Social, organisme: Organisme::Delegataire };
    let once = sign(&waiting, &signing(target), Some(&delegation()), &frame(), at(5)).unwrap();
    let twice = sign(&once.dossier, &signing(target), Some(&delegation()), &frame(), at(6));
    assert_eq!(twice, Err(Refusal::AlreadyDone));
}
