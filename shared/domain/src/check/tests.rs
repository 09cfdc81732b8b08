//! What time brings about, when, and only once.

use super::*;
use crate::clock;
use crate::dossier::{Right, Suspension, Target};
use crate::frame::{AfterLegal, OrientationStart};
use crate::life;
use crate::sweep::{Report, catch_up};
use crate::testing::{SOCIAL, at, day, dossier, frame, to_orient};

fn waiting() -> Dossier {
    dossier(to_orient(Some(SOCIAL)))
}

/// Plays the daily check at every instant that the clock names, as the shell does, up to `until`.
fn play(dossier: Dossier, until: DateTime<Utc>) -> (Dossier, Vec<Message>) {
    play_under(&frame(), dossier, until)
}

fn play_under(law: &Frame, mut dossier: Dossier, until: DateTime<Utc>) -> (Dossier, Vec<Message>) {
    let mut messages = Vec::new();
    while let Some(due) = clock::next_due(&dossier, law).filter(|due| *due <= until) {
        let decision = check(&dossier, law, due).unwrap_or_else(|_| panic!("nothing is done at {due}"));
        dossier = decision.dossier;
        messages.extend(decision.messages);
    }
    (dossier, messages)
}

#[test]
fn each_alert_is_given_once_on_its_day() {
    let (_, messages) = play(waiting(), at(29));
    assert_eq!(messages, [rung(Ladder::Orientation, 0)]);
    let (late, messages) = play(waiting(), at(41));
    let alerts = messages.iter().filter(|it| matches!(it, Message::Reminder(_))).count();
    assert_eq!((alerts, late.reached.alerts), (4, 0b1111));
}

#[test]
fn past_the_target_a_contact_and_a_default_are_asked_for_and_the_dossier_is_still_not_oriented() {
    let (late, messages) = play(waiting(), at(31));
    assert!(messages.contains(&Message::FindPlace(PlaceFor::Contact)));
    assert!(messages.contains(&Message::PrepareDefault));
    assert_eq!(late.state.code(), "a_orienter");
    assert!(State::NOT_ORIENTED.contains(&late.state.code()));
}

#[test]
fn the_target_ends_at_local_midnight_and_not_before() {
    let last_hour = day(30).and_hms_opt(21, 59, 59).unwrap().and_utc();
    assert!(!past_target(&waiting(), &frame(), last_hour));
    // Summer time began on 29 March: midnight in Paris is 22:00 UTC.
    assert!(past_target(&waiting(), &frame(), last_hour + chrono::TimeDelta::seconds(1)));
}

#[test]
fn past_the_legal_delay_france_travail_is_awaited_and_what_was_done_is_kept() {
    let (late, messages) = play(waiting(), at(43));
    assert_eq!(late.state.code(), "attente_france_travail");
    let told = messages.iter().filter(|it| **it == Message::Notify(Notice::FranceTravail)).count();
    assert_eq!(told, 1);
    let State::AwaitingFranceTravail { waiting, .. } = late.state else { unreachable!() };
    assert_eq!(waiting.default, DefaultStage::Asked);
}

#[test]
fn a_check_missed_for_weeks_does_the_same_in_one_go() {
    let once = check(&waiting(), &frame(), at(60)).unwrap();
    let (step_by_step, messages) = play(waiting(), at(43));
    assert_eq!(once.dossier.reached, step_by_step.reached);
    assert_eq!(once.dossier.state.code(), step_by_step.state.code());
    // Alerts are the exception: several at once are the highest one.
    let sent = |messages: &[Message]| {
        let told = messages.iter().filter(|it| !matches!(it, Message::Reminder(_)));
        let mut names: Vec<String> = told.map(|it| format!("{it:?}")).collect();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(sent(&once.messages), sent(&messages));
}

#[test]
fn checking_twice_at_the_same_instant_does_nothing_more() {
    let once = check(&waiting(), &frame(), at(60)).unwrap().dossier;
    assert_eq!(check(&once, &frame(), at(60)), Err(Refusal::AlreadyDone));
}

#[test]
fn a_right_only_declared_runs_no_clock() {
    let mut declared = waiting();
    declared.right = Right::Declared { opened_on: None };
    assert_eq!(check(&declared, &frame(), at(400)), Err(Refusal::AlreadyDone));
    assert_eq!(clock::next_due(&declared, &frame()), None);
}

#[test]
fn missing_answers_are_asked_for_twice_and_no_more() {
    let incomplete = dossier(to_orient(None::<Target>));
    let (_, messages) = play(incomplete, at(20));
    assert_eq!(messages, [rung(Ladder::Answers, 0), rung(Ladder::Answers, 1)]);
}

#[test]
fn a_search_for_a_contact_that_found_nobody_starts_again_every_day() {
    let (asked, _) = play(waiting(), at(31));
    let (_, messages) = play(asked, at(34));
    assert!(messages.iter().filter(|it| matches!(it, Message::FindPlace(_))).count() >= 2);
}

#[test]
fn the_monthly_sweep_catches_up_what_the_check_missed_and_only_once() {
    let month = crate::calendar::Month::of(day(40));
    let mut report = Report::default();
    report.count(&waiting(), &frame(), at(40));
    assert_eq!((report.stock, report.under_6_months, report.to_catch_up), (1, 1, 1));
    let caught = catch_up(&waiting(), month, &frame(), at(40)).unwrap();
    assert_eq!(caught.messages, [Message::FindPlace(PlaceFor::Contact), Message::PrepareDefault]);
    assert_eq!(catch_up(&caught.dossier, month, &frame(), at(40)), Err(Refusal::AlreadyDone));
    assert_eq!(check(&waiting(), &frame(), at(20)), Err(Refusal::AlreadyDone));
}

#[test]
fn whoever_was_suspended_past_the_legal_delay_has_somebody_to_call_once_the_right_is_restored() {
    let suspension = Suspension { since: day(1), motive: None };
    let mut suspended = dossier(to_orient(Some(SOCIAL)));
    let Right::Confirmed(right) = &mut suspended.right else { panic!("the right is declared") };
    right.suspended = Some(suspension);
    let overdue = check(&suspended, &frame(), at(60)).unwrap().dossier;
    assert_eq!(overdue.state.code(), "attente_france_travail");
    assert_eq!(clock::next_due(&overdue, &frame()), None, "the machine waits");
    let restored = life::say(&overdue, life::Said::Restored, &frame(), at(61)).unwrap().dossier;
    assert!(clock::next_due(&restored, &frame()).is_some_and(|it| it <= at(61)));
    let cared_for = check(&restored, &frame(), at(61)).unwrap();
    assert_eq!(cared_for.messages, [Message::FindPlace(PlaceFor::Contact), Message::PrepareDefault]);
}

#[test]
fn a_frame_that_leaves_the_decision_to_the_departement_alerts_and_never_hands_over() {
    let mut law = frame();
    law.orientation.after_legal = AfterLegal::Departement;
    law.orientation.starts = OrientationStart::Opening;
    // The right opened twenty days before it was received: everything comes twenty days sooner.
    let (early, messages) = play_under(&law, waiting(), at(10));
    assert_eq!((early.reached.alerts, messages.len()), (0b11, 2), "{messages:?}");
    let (late, messages) = play_under(&law, waiting(), at(400));
    assert_eq!((late.state.code(), late.reached.alerts), ("a_orienter", 0b1111));
    assert!(!messages.contains(&Message::Notify(Notice::FranceTravail)));
    assert!(messages.contains(&Message::FindPlace(PlaceFor::Contact)));
}
