//! The rules by which an application joins a dossier.

use std::collections::BTreeSet;

use super::*;
use crate::Organisme;
use crate::dossier::{Channel, EndMotive, Need, Waiting};
use crate::life::{self, News, Opening, Told};
use crate::testing::{SOCIAL, at, confirmed, day, dossier, frame, to_orient};

fn application(right: RightStated) -> Application {
    let known = dossier(State::Submitted);
    Application {
        dossier: known.id,
        territory: known.territory,
        commune: "77284".parse().unwrap(),
        channel: Channel::Web,
        right,
        needs: BTreeSet::new(),
        wishes: Wishes::default(),
    }
}

fn declared() -> Application {
    application(RightStated::Declared { opened_on: None })
}

fn declared_dossier(state: State) -> Dossier {
    Dossier { right: Right::Declared { opened_on: Some(day(-5)) }, ..dossier(state) }
}

fn opened_by_the_caf() -> Told {
    let opening = Opening { opened_on: Some(day(-20)), received_on: day(3), duties: true };
    Told { as_of: at(3), news: News::Open(opening), commune: None }
}

fn known(by: Key, confirmed: bool) -> Match {
    Match::Known { dossier: dossier(State::Submitted).id, by, confirmed }
}

#[test]
fn a_stranger_who_knows_a_number_never_replaces_what_the_person_said_nor_follows_who_is_known_by_name() {
    let online = |spoken_before| Author::Online { spoken_before };
    let (joins, sees, opens) = (Some(false), Some(true), None);
    for (found, author, expected) in [
        (known(Key::Nir, false), online(false), sees),
        (known(Key::CafNumberAndRole, false), online(false), sees),
        (known(Key::NameAndBirth, false), online(false), joins),
        (known(Key::NameAndBirth, true), online(false), sees),
        (known(Key::Nir, false), online(true), opens),
        (known(Key::Nir, true), online(true), joins),
        (known(Key::NameAndBirth, false), Author::Agent, sees),
        (Match::Nobody { resembles: BTreeSet::new() }, Author::Agent, opens),
    ] {
        assert_eq!(target(&found, author).map(|it| it.follows), expected, "{found:?} {author:?}");
    }
}

#[test]
fn a_form_and_a_flow_end_in_the_same_dossier_whichever_came_first() {
    for state in [State::Submitted, to_orient(Some(SOCIAL))] {
        let heard =
            |known: &Dossier| life::hear(known, &opened_by_the_caf(), &frame(), at(4)).unwrap().dossier;
        let joined = |known: &Dossier| join(known, declared(), &frame(), at(4)).dossier;
        let from_form = heard(&declared_dossier(state.clone()));
        let opened = Dossier { right: Right::Declared { opened_on: None }, ..declared_dossier(state) };
        let from_flow = joined(&heard(&opened));
        assert_eq!(from_form.right, from_flow.right);
        assert_eq!(from_form.state, from_flow.state);
    }
}

#[test]
fn a_form_that_joins_never_unsays_a_confirmed_right() {
    let joined = join(&dossier(to_orient(Some(SOCIAL))), declared(), &frame(), at(4));
    assert_eq!(joined.dossier.right, confirmed());
    assert_eq!(joined.messages, [Message::Answered]);
    assert_eq!(joined.dossier.commune.as_str(), "77284");
}

#[test]
fn an_agent_s_paper_confirms_what_the_person_only_declared() {
    let stated = RightStated::Confirmed { opened_on: day(-20), received_on: Some(day(0)), duties: true };
    let joined = join(&declared_dossier(State::Submitted), application(stated), &frame(), at(4));
    assert_eq!(joined.dossier.right, confirmed());
}

#[test]
fn an_immediate_need_is_for_people_first_and_is_told_once() {
    let urgent = Application { needs: BTreeSet::from([Need::Food]), ..declared() };
    let waiting = dossier(to_orient(Some(SOCIAL)));
    assert!(takes(&waiting, &urgent));
    let joined = join(&waiting, urgent.clone(), &frame(), at(4));
    assert_eq!(joined.dossier.state, State::Urgent { needs: BTreeSet::from([Need::Food]) });
    assert_eq!(joined.messages, [Message::Reminder(intake::EMERGENCY)]);
    let more = Application { needs: BTreeSet::from([Need::Shelter]), ..declared() };
    let twice = join(&joined.dossier, more, &frame(), at(4));
    assert_eq!(twice.dossier.state, State::Urgent { needs: BTreeSet::from([Need::Food, Need::Shelter]) });
    assert_eq!(twice.messages, []);
}

#[test]
fn an_immediate_need_of_somebody_who_has_a_contact_opens_a_dossier_of_its_own() {
    let urgent = Application { needs: BTreeSet::from([Need::Food]), ..declared() };
    let State::ToOrient { proposal, .. } = to_orient(Some(SOCIAL)) else { unreachable!() };
    let contact = ContactSearch::Asked { at: at(3) };
    let waiting = Waiting { contact, ..Waiting::default() };
    let known = dossier(State::ToOrient { proposal, waiting });
    assert!(!takes(&known, &urgent));
    assert!(takes(&known, &declared()));
}

#[test]
fn whoever_applies_after_the_end_begins_another_journey_that_an_old_end_does_not_close() {
    let end = |on: i64| News::Ended { motive: EndMotive::RightClosed { motive: None }, on: day(on) };
    let told = |on, as_of| Told { as_of: at(as_of), news: end(on), commune: None };
    let closed = life::hear(&dossier(State::Submitted), &told(1, 2), &frame(), at(2)).unwrap().dossier;
    let again = join(&closed, declared(), &frame(), at(40));
    assert_eq!((again.dossier.state.code(), again.dossier.reopened), ("depose", 1));
    assert_eq!(again.messages, [Message::Submitted]);
    let repeated = life::hear(&again.dossier, &told(1, 41), &frame(), at(41)).unwrap().dossier;
    assert_eq!(repeated.state, State::Submitted);
    let refused = life::hear(&again.dossier, &told(45, 46), &frame(), at(46)).unwrap().dossier;
    assert_eq!(refused.state.code(), "clos");
}

#[test]
fn a_wish_that_is_told_later_is_the_one_that_counts() {
    let wish = Wishes { organisme: Some(Organisme::FranceTravail), referent: None };
    let first =
        join(&dossier(State::Submitted), Application { wishes: wish.clone(), ..declared() }, &frame(), at(1));
    assert_eq!(first.dossier.wishes, wish);
    assert_eq!(join(&first.dossier, declared(), &frame(), at(2)).dossier.wishes, wish);
}

#[test]
fn an_agent_closes_a_declared_right_whatever_the_day_of_its_end() {
    let ended = life::Said::Ended { motive: EndMotive::RightClosed { motive: None }, on: day(-30) };
    let closed = life::say(&declared_dossier(State::Submitted), ended, &frame(), at(1)).unwrap().dossier;
    assert_eq!(closed.state.code(), "clos");
}
