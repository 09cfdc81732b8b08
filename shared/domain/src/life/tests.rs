//! The rules of the life of a right.

use proptest::prelude::*;

use super::*;
use crate::PlaceMove;
use crate::check::check;
use crate::clock::next_due;
use crate::dossier::{ContactSearch, Naming, Waiting};
use crate::rsa::{ClosureMotive, SuspensionMotive};
use crate::testing::{SOCIAL, at, day, dossier, frame, to_orient};

fn told(days: i64, news: News) -> Told {
    Told { as_of: at(days), news, commune: None }
}

fn opening(received: i64, duties: bool) -> Opening {
    Opening { opened_on: Some(day(-20)), received_on: day(received), duties }
}

fn open_on(days: i64) -> Told {
    told(days, News::Open(opening(days, true)))
}

fn suspended_on(days: i64) -> Told {
    let suspension = Suspension { since: day(days), motive: Some(SuspensionMotive::ResourcesUndeclared) };
    told(days, News::Suspended { opening: opening(days, true), suspension })
}

fn closed_on(days: i64) -> Told {
    let motive = EndMotive::RightClosed { motive: Some(ClosureMotive::Expired) };
    told(days, News::Ended { motive, on: day(days) })
}

fn hear_at(known: &Dossier, told: &Told, now: i64) -> Dossier {
    match hear(known, told, &frame(), at(now)) {
        Ok(decision) => decision.dossier,
        Err(Refusal::Outdated) => known.clone(),
        Err(refusal) => panic!("{refusal}"),
    }
}

fn declared() -> Dossier {
    Dossier { right: Right::Declared { opened_on: None }, ..dossier(to_orient(Some(SOCIAL))) }
}

fn assigned() -> Dossier {
    dossier(crate::testing::assigned("ref-1"))
}

#[test]
fn a_declared_right_becomes_confirmed_and_its_clock_starts_from_the_reception() {
    let heard = hear_at(&declared(), &open_on(5), 5);
    let right = heard.running_right().unwrap();
    assert_eq!((right.received_on, right.opened_on, right.presumed), (day(5), day(-20), false));
}

#[test]
fn the_same_opening_told_month_after_month_starts_nothing_again() {
    let first = hear_at(&declared(), &open_on(5), 5);
    let later = hear_at(&first, &open_on(35), 35);
    assert_eq!(later.right, first.right);
}

#[test]
fn whoever_becomes_subject_to_duties_is_to_be_oriented_from_that_news_on() {
    let outside = hear_at(&declared(), &told(5, News::Open(opening(5, false))), 5);
    assert!(outside.running_right().is_none());
    let inside = hear_at(&outside, &open_on(40), 40);
    assert_eq!(inside.running_right().unwrap().received_on, day(40));
    let out_again = hear_at(&inside, &told(70, News::Open(opening(70, false))), 70);
    assert!(out_again.running_right().is_none());
}

#[test]
fn a_suspended_right_stops_no_clock_but_the_machine_prepares_and_asks_nothing() {
    let mut waiting = dossier(to_orient(None));
    waiting = hear_at(&waiting, &suspended_on(2), 2);
    assert!(waiting.running_right().is_some());
    let later = check(&waiting, &frame(), at(31)).unwrap();
    assert!(later.messages.iter().all(|it| {
        matches!(it, Message::Reminder(rung) if rung.ladder == crate::decision::Ladder::Orientation)
    }));
    let State::ToOrient { waiting: Waiting { contact, .. }, .. } = &later.dossier.state else { panic!() };
    assert_eq!(*contact, ContactSearch::NotNeeded);
    let past = check(&later.dossier, &frame(), at(60)).unwrap().dossier;
    assert_eq!(past.state.code(), "attente_france_travail", "the law does not wait");
    // The suspension ends before the legal delay: what was held is done at the next check.
    let lifted = hear_at(&later.dossier, &open_on(32), 32);
    assert!(!lifted.is_suspended());
    let caught_up = check(&lifted, &frame(), at(32)).unwrap();
    assert!(caught_up.messages.contains(&Message::PrepareDefault));
}

#[test]
fn a_closed_right_frees_the_place_ends_every_clock_and_keeps_the_decision() {
    let closed = hear(&assigned(), &closed_on(9), &frame(), at(9)).unwrap();
    assert_eq!(closed.place, PlaceMove::Leave("ref-1".parse().unwrap()));
    assert_eq!(closed.messages, [Message::PlaceFreed("ref-1".parse().unwrap())]);
    assert_eq!(next_due(&closed.dossier, &frame()), None);
    assert!(closed.dossier.state.decision().is_some());
    assert_eq!(check(&closed.dossier, &frame(), at(400)), Err(Refusal::AlreadyDone));
}

#[test]
fn an_end_told_again_is_the_same_end() {
    let closed = hear_at(&assigned(), &closed_on(9), 9);
    let again = hear_at(&closed, &closed_on(39), 39);
    assert_eq!(again.state, closed.state);
}

#[test]
fn a_right_that_opens_again_starts_a_new_journey_with_its_own_clock() {
    let closed = hear_at(&assigned(), &closed_on(9), 9);
    let reopened = hear(&closed, &open_on(40), &frame(), at(40)).unwrap();
    assert_eq!(reopened.messages, [Message::Submitted]);
    assert_eq!(reopened.dossier.state, State::Submitted);
    assert_eq!(reopened.dossier.running_right().unwrap().received_on, day(40));
}

#[test]
fn somebody_who_moves_within_the_territory_keeps_their_referent() {
    let melun = Told { commune: Some("77284".parse().unwrap()), ..open_on(9) };
    let moved = hear(&assigned(), &melun, &frame(), at(9)).unwrap();
    assert_eq!((moved.dossier.commune.as_str(), moved.place), ("77284", PlaceMove::None));
    assert_eq!(moved.dossier.state, assigned().state);
}

#[test]
fn an_organism_that_was_to_name_its_referent_is_not_chased_for_a_closed_right() {
    let State::Assigned { decision, .. } = assigned().state else { panic!() };
    let naming = Naming::ByOrganisme { expected_on: day(10) };
    let oriented = dossier(State::Oriented { decision, naming, contact: None });
    let closed = hear_at(&oriented, &closed_on(9), 9);
    assert_eq!(next_due(&closed, &frame()), None);
}

fn any_told() -> impl Strategy<Value = Told> {
    (1_i64..60, 0_u8..4).prop_map(|(days, kind)| match kind {
        0 => closed_on(days),
        1 => suspended_on(days),
        2 => told(days, News::Open(opening(days, false))),
        _ => open_on(days),
    })
}

proptest! {
    #[test]
    fn the_same_news_twice_say_nothing_more(news in prop::collection::vec(any_told(), 1..6)) {
        let (mut once, mut twice) = (declared(), declared());
        for told in &news {
            once = hear_at(&once, told, 60);
            twice = hear_at(&hear_at(&twice, told, 60), told, 60);
        }
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn older_news_that_come_late_change_nothing(news in prop::collection::vec(any_told(), 2..6)) {
        let mut sorted = news.clone();
        sorted.sort_by_key(|it| it.as_of);
        let known = sorted.iter().fold(declared(), |known, told| hear_at(&known, told, 60));
        let after = news.iter().fold(known.clone(), |known, told| hear_at(&known, told, 60));
        prop_assert_eq!(known, after);
    }
}
