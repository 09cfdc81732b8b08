//! The rules of merging.

use uuid::Uuid;

use super::*;
use crate::dossier::{Confirmed, Placement};
use crate::testing::{SOCIAL, assigned, at, confirmed, day, dossier, to_orient};
use crate::{Message, PlaceMove};

fn other(state: State) -> Dossier {
    Dossier { id: DossierId(Uuid::from_u128(2)), ..dossier(state) }
}

fn waiting() -> State {
    to_orient(Some(SOCIAL))
}

fn over() -> State {
    let ending = Ending { motive: EndMotive::Left, on: day(3), at: at(3) };
    State::Closed { ending, decision: None }
}

fn received(on: i64) -> Right {
    let Right::Confirmed(right) = confirmed() else { unreachable!() };
    Right::Confirmed(Confirmed { received_on: day(on), ..right })
}

#[test]
fn the_dossier_on_which_somebody_has_decided_is_the_one_to_keep() {
    let signed = assigned("ref-1");
    assert_eq!(check(&other(waiting()), &dossier(signed.clone())), Err(Refusal::KeepTheOther));
    assert_eq!(check(&other(signed), &dossier(waiting())), Ok(()));
}

#[test]
fn nobody_s_immediate_need_disappears_in_a_merge() {
    let urgent = State::Urgent { needs: [crate::dossier::Need::Food].into() };
    assert_eq!(check(&other(waiting()), &dossier(urgent)), Err(Refusal::EmergencyOpen));
}

#[test]
fn a_journey_on_its_way_is_not_merged_into_one_that_is_over() {
    assert_eq!(check(&other(over()), &dossier(waiting())), Err(Refusal::Closed));
    assert_eq!(check(&other(waiting()), &dossier(over())), Ok(()));
    assert_eq!(check(&dossier(waiting()), &dossier(waiting())), Err(Refusal::SameDossier));
}

#[test]
fn a_dossier_is_merged_once_and_nothing_more_is_told_to_it() {
    let into = other(waiting()).id;
    let merged = absorb(&dossier(waiting()), into, at(5)).unwrap().dossier;
    assert_eq!(merged.merged_into(), Some(into));
    assert_eq!(absorb(&merged, into, at(6)), Err(Refusal::Merged));
    assert_eq!(check(&merged, &other(waiting())), Err(Refusal::Merged));
    let said = crate::life::Said::Restored;
    let frame = crate::testing::frame();
    assert_eq!(crate::life::say(&merged, said, &frame, at(6)), Err(Refusal::Merged));
    let stated = crate::intake::RightStated::Confirmed { opened_on: day(0), received_on: None, duties: true };
    assert_eq!(crate::intake::confirm(&merged, &stated, &frame, at(6)), Err(Refusal::Merged));
}

#[test]
fn the_contact_of_the_dossier_that_closes_has_a_free_place_again() {
    let State::ToOrient { proposal, mut waiting } = waiting() else { unreachable!() };
    let referent: crate::ReferentId = "ref-1".parse().unwrap();
    let placement = Placement { referent: referent.clone(), since: at(1) };
    waiting.contact = crate::dossier::ContactSearch::Found(placement);
    let merged = absorb(&dossier(State::ToOrient { proposal, waiting }), other(over()).id, at(5)).unwrap();
    assert_eq!(merged.place, PlaceMove::Leave(referent.clone()));
    assert_eq!(merged.messages, [Message::PlaceFreed(referent)]);
}

#[test]
fn the_older_reception_counts_while_nobody_has_decided() {
    let kept = Dossier { right: received(10), ..dossier(waiting()) };
    assert_eq!(keep(&kept, &received(2), false).dossier.right, received(2));
    assert_eq!(keep(&kept, &received(20), false).dossier.right, received(10));
    let decided = Dossier { right: received(10), ..dossier(assigned("ref-1")) };
    assert_eq!(keep(&decided, &received(2), false).dossier.right, received(10));
    let declared = Dossier { right: Right::Declared { opened_on: None }, ..dossier(waiting()) };
    assert_eq!(keep(&declared, &received(2), false).dossier.right, received(2));
}

#[test]
fn answers_that_came_with_the_other_dossier_are_looked_at() {
    let kept = dossier(waiting());
    assert_eq!(keep(&kept, &kept.right, true).messages, [Message::Answered]);
    assert_eq!(keep(&kept, &kept.right, false), Decision::of(kept));
}

#[test]
fn parted_each_has_what_it_had() {
    let (kept, absorbed) = (Dossier { right: received(10), ..other(waiting()) }, dossier(waiting()));
    let told = keep(&kept, &absorbed.right, false).dossier;
    let merged = absorb(&absorbed, kept.id, at(5)).unwrap().dossier;
    let back = part(&merged, None).unwrap();
    assert_eq!(back.dossier.right, absorbed.right);
    assert_eq!((back.dossier.state.code(), back.messages), ("depose", vec![Message::Submitted]));
    assert_eq!(give_up(&told, &kept.right, &told.right, false).dossier.right, kept.right);
    assert_eq!(part(&absorbed, None), Err(Refusal::NotMerged));
}

#[test]
fn parted_a_journey_that_was_over_is_over() {
    let ended = dossier(over());
    let State::Closed { ending, .. } = ended.state else { unreachable!() };
    let merged = absorb(&ended, other(waiting()).id, at(5)).unwrap().dossier;
    assert_eq!(part(&merged, Some(ending)), Ok(Decision::of(ended)));
}

#[test]
fn a_right_that_somebody_corrected_since_is_not_given_back() {
    let kept = Dossier { right: received(4), ..dossier(waiting()) };
    assert_eq!(give_up(&kept, &received(10), &received(2), false).dossier.right, received(4));
}
