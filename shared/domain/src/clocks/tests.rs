//! What starts, holds, restarts and stops a clock, and which of them a dossier shows.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::State;
use crate::check::check;
use crate::dossier::{Confirmed, EndMotive, Naming, Placement, Right, Signatory, Signed};
use crate::life::{News, Opening, Said, Told, hear, say};
use crate::testing::{SOCIAL, assigned, at, confirmed, day, dossier, frame, to_orient};

fn here() -> Territory {
    "77".parse().unwrap()
}

fn contract() -> ClockRule {
    let stops = [EventKind::ContractSigned, EventKind::RightClosed];
    ClockRule {
        restarts: true,
        target: Some(Delay::Days(15)),
        legal: Some(Delay::Months(1)),
        ..ClockRule::new(ClockId::Contract, Bearer::Administration, [EventKind::DecisionNotified], stops)
    }
}

fn review() -> ClockRule {
    let starts = [EventKind::ContractSigned, EventKind::ReviewMade];
    ClockRule {
        restarts: true,
        pauses: true,
        legal: Some(Delay::Months(6)),
        extended: Some((EventKind::ReviewPostponed, Delay::Months(12))),
        ..ClockRule::new(ClockId::Review, Bearer::Administration, starts, [EventKind::RightClosed])
    }
}

fn events(told: &[(i64, EventKind)]) -> BTreeSet<Event> {
    told.iter().map(|(at, kind)| Event { on: day(*at), kind: *kind }).collect()
}

fn read(rule: &ClockRule, told: &[(i64, EventKind)]) -> Option<Clock> {
    rule.read(here(), &events(told))
}

#[test]
fn a_clock_that_nothing_started_is_not_there() {
    assert_eq!(read(&contract(), &[]), None);
    assert_eq!(read(&contract(), &[(0, EventKind::OrientationSigned), (3, EventKind::ContractSigned)]), None);
}

#[test]
fn a_clock_runs_from_what_starts_it_to_what_stops_it() {
    let running = read(&contract(), &[(0, EventKind::DecisionNotified)]).unwrap();
    // 2 March 2026.
    assert_eq!((running.start, running.target, running.legal), (day(0), Some(day(15)), Some(day(31))));
    assert_eq!(running.status, ClockStatus::Running);
    assert_eq!((running.overrun_since(day(31)), running.overrun_since(day(50))), (None, Some(day(32))));
    let told =
        [(0, EventKind::DecisionNotified), (20, EventKind::ContractSigned), (50, EventKind::RightClosed)];
    let stopped = read(&contract(), &told).unwrap();
    assert_eq!(stopped.status, ClockStatus::Stopped { on: day(20) });
    assert_eq!(stopped.overrun_since(day(300)), None, "what was done in time stays so");
}

#[test]
fn a_new_orientation_reopens_the_month_of_the_contract() {
    let told = [(0, EventKind::DecisionNotified), (25, EventKind::DecisionNotified)];
    let running = read(&contract(), &told).unwrap();
    assert_eq!((running.start, running.legal), (day(25), Some(Delay::Months(1).last_day(day(25)))));
    let signed = [
        (0, EventKind::DecisionNotified),
        (20, EventKind::ContractSigned),
        (60, EventKind::DecisionNotified),
    ];
    assert_eq!(
        read(&contract(), &signed).unwrap().status,
        ClockStatus::Running,
        "so does one after a contract"
    );
}

#[test]
fn what_does_not_start_again_keeps_its_first_day() {
    let rule = ClockRule { restarts: false, ..contract() };
    let told = [(0, EventKind::DecisionNotified), (25, EventKind::DecisionNotified)];
    assert_eq!(read(&rule, &told).unwrap().start, day(0));
}

#[test]
fn only_a_frame_that_says_so_lets_a_suspension_hold_a_clock() {
    let told = |start| [(0, start), (10, EventKind::RightSuspended), (40, EventKind::RightRestored)];
    let running = read(&contract(), &told(EventKind::DecisionNotified)).unwrap();
    assert_eq!(running.legal, Some(day(31)));
    let held = read(&review(), &told(EventKind::ContractSigned)).unwrap();
    assert_eq!(held.legal, Some(add_days(Delay::Months(6).last_day(day(0)), 30)));
    let still = read(&review(), &[(0, EventKind::ContractSigned), (10, EventKind::RightSuspended)]).unwrap();
    assert_eq!(still.status, ClockStatus::Held { since: day(10) });
    assert_eq!(still.overrun_since(day(4000)), None);
}

#[test]
fn what_starts_while_the_right_is_suspended_is_held_from_its_first_day() {
    let told =
        [(0, EventKind::RightSuspended), (5, EventKind::ContractSigned), (15, EventKind::RightRestored)];
    let running = read(&review(), &told).unwrap();
    assert_eq!(running.status, ClockStatus::Running);
    assert_eq!(running.legal, Some(add_days(Delay::Months(6).last_day(day(5)), 10)));
}

#[test]
fn a_review_is_put_off_only_until_the_next_one() {
    let told = [(0, EventKind::ContractSigned), (100, EventKind::ReviewPostponed)];
    assert_eq!(read(&review(), &told).unwrap().legal, Some(Delay::Months(12).last_day(day(0))));
    let again =
        [(0, EventKind::ContractSigned), (100, EventKind::ReviewPostponed), (300, EventKind::ReviewMade)];
    assert_eq!(read(&review(), &again).unwrap().legal, Some(Delay::Months(6).last_day(day(300))));
}

#[test]
fn overseas_has_its_own_delay_where_the_frame_gives_one() {
    let rule = ClockRule { legal_overseas: Some(Delay::Months(3)), ..contract() };
    let told = events(&[(0, EventKind::DecisionNotified)]);
    let legal = |territory: &str| rule.read(territory.parse().unwrap(), &told).and_then(|it| it.legal);
    assert_eq!(legal("77"), Some(Delay::Months(1).last_day(day(0))));
    assert_eq!(legal("976"), Some(Delay::Months(3).last_day(day(0))));
}

/// What each clock of a dossier waits for, as its code, and the days that bound it.
fn told(dossier: &Dossier) -> Vec<(&'static str, NaiveDate, ClockStatus)> {
    of(dossier, &law()).into_iter().map(|it| (it.id.code(), it.start, it.status)).collect()
}

/// The frame of the tests, with the clocks of the answers, of the contract and of a diagnosis that nothing here records.
fn law() -> Frame {
    let starts = [EventKind::RightReceived];
    let answers = ClockRule::new(
        ClockId::Answers,
        Bearer::Person,
        starts,
        [EventKind::AnswersComplete, EventKind::OrientationSigned, EventKind::RightClosed],
    );
    let diagnosis =
        ClockRule::new(ClockId::Diagnosis, Bearer::Administration, starts, [EventKind::DiagnosisMade]);
    Frame { clocks: vec![answers, diagnosis, contract()], ..frame() }
}

#[test]
fn a_dossier_shows_the_clocks_that_something_in_it_can_stop() {
    let incomplete = dossier(to_orient(None));
    assert_eq!(
        told(&incomplete),
        [("H1", day(0), ClockStatus::Running), ("H3", day(0), ClockStatus::Running)]
    );
    let complete = dossier(to_orient(Some(SOCIAL)));
    assert_eq!(told(&complete)[0].2, ClockStatus::Stopped { on: day(0) });
    let signed = told(&dossier(assigned("r-1")));
    assert_eq!(
        signed,
        [
            ("H1", day(0), ClockStatus::Stopped { on: day(3) }),
            ("H3", day(0), ClockStatus::Stopped { on: day(3) }),
            ("H4", day(3), ClockStatus::Stopped { on: day(4) }),
        ],
        "no contract can be told here: its clock would run for ever"
    );
}

#[test]
fn a_contract_that_was_signed_elsewhere_stops_its_clock_on_its_day_whoever_is_named_since() {
    let by = Signatory::TakenOver { recorded_by: "agent-1".parse().unwrap(), contract: Some(day(12)) };
    let decision = Signed { target: SOCIAL, by, at: at(3), deviation: None };
    let referent = Placement { referent: "r-1".parse().unwrap(), since: at(90) };
    let clocks = told(&dossier(State::Assigned { decision, referent }));
    assert_eq!(
        clocks[2..],
        [
            ("H4", day(3), ClockStatus::Stopped { on: day(90) }),
            ("H5", day(3), ClockStatus::Stopped { on: day(12) }),
        ]
    );
}

#[test]
fn france_travail_s_decision_is_of_the_day_on_which_it_was_taken_and_told_when_it_is_recorded() {
    let by = Signatory::FranceTravail { recorded_by: "agent-1".parse().unwrap(), decided_on: day(50) };
    let decision = Signed { target: SOCIAL, by, at: at(57), deviation: None };
    let naming = Naming::ByOrganisme { expected_on: day(64) };
    let clocks = told(&dossier(State::Oriented { decision, naming, contact: None }));
    assert_eq!(
        clocks[1..],
        [("H3", day(0), ClockStatus::Stopped { on: day(50) }), ("H4", day(57), ClockStatus::Running),]
    );
}

#[test]
fn a_file_that_tells_the_right_again_later_moves_no_clock() {
    let signed = dossier(assigned("r-1"));
    let opening = Opening { opened_on: None, received_on: day(60), duties: true };
    let news = News::Open(opening);
    let again = hear(&signed, &Told { as_of: at(60), news, commune: None }, &law(), at(60)).unwrap().dossier;
    assert_eq!(told(&again), told(&signed));
}

#[test]
fn a_right_that_is_only_declared_or_without_duties_starts_no_clock() {
    let mut one = dossier(to_orient(None));
    one.right = Right::Declared { opened_on: Some(day(-3)) };
    assert_eq!(told(&one), []);
    let Right::Confirmed(right) = confirmed() else { panic!("the right is declared") };
    one.right = Right::Confirmed(Confirmed { duties: false, ..right });
    assert_eq!(told(&one), []);
}

#[test]
fn answers_given_before_the_right_was_known_stop_their_clock_on_its_first_day() {
    let mut early = dossier(to_orient(Some(SOCIAL)));
    let Right::Confirmed(right) = &mut early.right else { panic!("the right is declared") };
    right.received_on = day(9);
    assert_eq!(told(&early)[0], ("H1", day(9), ClockStatus::Stopped { on: day(9) }));
}

#[test]
fn past_the_legal_delay_the_clock_of_the_orientation_says_that_somebody_else_decides() {
    let waiting = dossier(to_orient(Some(SOCIAL)));
    let late = check(&waiting, &law(), at(60)).unwrap().dossier;
    let orientation = of(&late, &law())[1];
    let incomplete = check(&dossier(to_orient(None)), &law(), at(60)).unwrap().dossier;
    assert_eq!(told(&incomplete)[0], ("H1", day(0), ClockStatus::Running), "answers have no legal delay");
    assert_eq!(
        (orientation.id, orientation.status),
        (ClockId::Orientation, ClockStatus::HandedOver { on: day(43) })
    );
    assert_eq!(orientation.overrun_since(day(60)), Some(day(43)));
}

#[test]
fn a_right_that_closes_as_of_a_past_day_stops_what_runs() {
    let waiting = dossier(to_orient(None));
    let closed = say(&waiting, Said::Ended { motive: EndMotive::RightRefused, on: day(-10) }, &law(), at(5))
        .unwrap()
        .dossier;
    assert!(
        told(&closed).iter().all(|it| matches!(it.2, ClockStatus::Stopped { .. })),
        "{:?}",
        told(&closed)
    );
}

#[test]
fn every_clock_has_its_code_and_its_place() {
    let codes: Vec<_> = ClockId::ALL.iter().map(|it| it.code()).collect();
    let expected: Vec<_> = (1..=12).map(|it| format!("H{it}")).collect();
    assert_eq!(codes, expected);
    assert!(ClockId::ALL.windows(2).all(|pair| pair[0] < pair[1]));
}

const KINDS: [EventKind; 7] = [
    EventKind::RightSuspended,
    EventKind::RightRestored,
    EventKind::DecisionNotified,
    EventKind::ContractSigned,
    EventKind::ReviewPostponed,
    EventKind::ReviewMade,
    EventKind::RightClosed,
];

fn anything() -> impl Strategy<Value = Vec<(i64, EventKind)>> {
    vec((0_i64..400, select(&KINDS[..])), 0..14)
}

proptest! {
    /// Events learnt late, twice or out of order give the same clocks as the same events in their order.
    #[test]
    fn clocks_do_not_depend_on_the_order_in_which_events_are_learnt(told in anything(), turn in 0_usize..14) {
        let mut otherwise = told.clone();
        otherwise.rotate_left(turn.min(told.len()));
        otherwise.extend(told.first().copied());
        for rule in [contract(), review()] {
            prop_assert_eq!(read(&rule, &told), read(&rule, &otherwise));
        }
    }

    /// Nothing that happens afterwards moves a clock that has stopped, unless it starts it again.
    #[test]
    fn what_has_stopped_stays_as_it_was(told in anything(), later in vec(400_i64..800, 0..6)) {
        let before = read(&contract(), &told);
        if before.is_some_and(|it| matches!(it.status, ClockStatus::Stopped { .. })) {
            let mut more = told;
            more.extend(later.iter().flat_map(|it| {
                [(*it, EventKind::RightSuspended), (*it, EventKind::ContractSigned), (*it, EventKind::ReviewPostponed)]
            }));
            prop_assert_eq!(read(&contract(), &more), before);
        }
    }

    /// A suspension never brings an end nearer, and an extension neither.
    #[test]
    fn what_holds_a_clock_only_puts_its_end_off(start in 0_i64..100, since in 0_i64..200, days in 0_i64..200) {
        let plain = read(&review(), &[(start, EventKind::ContractSigned)]).unwrap();
        let told = [
            (start, EventKind::ContractSigned), (since, EventKind::RightSuspended),
            (since + days, EventKind::RightRestored),
        ];
        let held = read(&review(), &told).unwrap();
        prop_assert!(held.legal >= plain.legal);
        let after_start = (since + days - since.max(start)).max(0);
        prop_assert_eq!(held.legal, plain.legal.map(|it| add_days(it, after_start)));
    }
}
