//! What a territory may change in a frame, and the life of what it changes.

use proptest::prelude::*;

use super::*;
use crate::clocks::ClockId::{Diagnosis, Naming, Orientation};
use crate::testing::{at, day, frame};

fn agent(name: &str) -> AgentId {
    name.parse().unwrap()
}

fn targets(days: u16) -> Targets {
    Targets::from([(Orientation, Delay::Days(days))])
}

fn version(number: u32, valid_from: NaiveDate) -> Version {
    let targets = targets(20);
    Version { number, valid_from, targets, written_by: agent("ana"), stage: Stage::Draft }
}

/// One version, published by two, in force from day 10.
fn published() -> Vec<Version> {
    let drafted = draft(&[], version(1, day(10)), &frame(), day(0)).unwrap();
    let proposed = publish(&drafted, 1, &agent("ana"), day(1), at(1)).unwrap();
    publish(&proposed, 1, &agent("bob"), day(2), at(2)).unwrap()
}

#[test]
fn one_person_alone_publishes_nothing_however_often_they_ask() {
    let drafted = draft(&[], version(1, day(10)), &frame(), day(0)).unwrap();
    let once = publish(&drafted, 1, &agent("ana"), day(1), at(1)).unwrap();
    let twice = publish(&once, 1, &agent("ana"), day(1), at(1)).unwrap();
    assert_eq!(once, twice);
    assert_eq!(in_force(&twice, day(20)), None);
    assert!(in_force(&published(), day(20)).is_some());
}

#[test]
fn a_right_received_before_the_first_day_keeps_the_law_as_it_is() {
    let versions = published();
    assert_eq!(in_force(&versions, day(9)), None);
    assert_eq!(in_force(&versions, day(10)), Some(Local { version: 1, targets: targets(20) }));
}

#[test]
fn what_was_published_is_retired_for_those_to_come_and_never_written_again() {
    let retired = retire(&published(), 1, &agent("ana"), day(30)).unwrap();
    assert!(in_force(&retired, day(29)).is_some());
    assert_eq!(in_force(&retired, day(30)), None);
    assert_eq!(retire(&retired, 1, &agent("bob"), day(40)).unwrap(), retired);
    let again = draft(&published(), version(1, day(20)), &frame(), day(5));
    assert_eq!(again, Err(vec![DraftFault::Settled]));
    assert_eq!(publish(&retired, 1, &agent("bob"), day(3), at(3)), Err(LifeRefusal::WrongStage));
}

#[test]
fn a_version_written_again_is_to_be_wanted_by_two_again() {
    let drafted = draft(&[], version(1, day(10)), &frame(), day(0)).unwrap();
    let proposed = publish(&drafted, 1, &agent("ana"), day(1), at(1)).unwrap();
    let rewritten = draft(&proposed, version(1, day(12)), &frame(), day(1)).unwrap();
    assert_eq!((rewritten.len(), &rewritten[0].stage), (1, &Stage::Draft));
}

#[test]
fn nothing_is_published_once_its_first_day_has_come() {
    let drafted = draft(&[], version(1, day(10)), &frame(), day(0)).unwrap();
    assert_eq!(publish(&drafted, 1, &agent("ana"), day(10), at(10)), Err(LifeRefusal::TooLate));
    assert_eq!(publish(&drafted, 2, &agent("ana"), day(1), at(1)), Err(LifeRefusal::Unknown));
    assert_eq!(retire(&drafted, 1, &agent("ana"), day(2)), Err(LifeRefusal::WrongStage));
}

#[test]
fn everything_that_is_wrong_with_a_draft_is_said_at_once() {
    let wrong = Version {
        targets: Targets::from([(Orientation, Delay::Months(2)), (Naming, Delay::Months(1))]),
        ..version(4, day(0))
    };
    let faults = draft(&[], wrong, &frame(), day(0)).unwrap_err();
    assert!(faults.contains(&DraftFault::Number { next: 1 }), "{faults:?}");
    assert!(faults.contains(&DraftFault::NotAhead), "{faults:?}");
    assert!(faults.contains(&DraftFault::Target(Naming, TargetFault::NotInDays)), "{faults:?}");
    assert!(
        matches!(faults[..], [_, _, DraftFault::Target(Orientation, TargetFault::Longer(_)), _]),
        "{faults:?}"
    );
    let empty = Version { targets: Targets::new(), ..version(1, day(10)) };
    assert_eq!(draft(&[], empty, &frame(), day(0)), Err(vec![DraftFault::Empty]));
}

#[test]
fn the_targets_of_a_territory_are_those_of_its_frame() {
    let local = Local {
        version: 3,
        targets: Targets::from([(Orientation, Delay::Days(20)), (Naming, Delay::Days(5))]),
    };
    let ours = frame().with(&local);
    assert_eq!((ours.target(day(0)), ours.named_by(day(0))), (day(20), day(5)));
    assert_eq!(ours.legal(day(0)), frame().legal(day(0)));
    assert_eq!(ours.id.to_string(), "test#1+3(H3=20j,H4=5j)");
    assert_eq!(ours.id.kind(), "test");
}

#[test]
fn a_clock_without_a_delay_in_the_frame_gets_none_from_a_territory() {
    let unknown = ClockId::ALL.into_iter().find(|id| {
        frame()
            .rules()
            .iter()
            .find(|it| it.id == *id)
            .is_none_or(|it| it.target.is_none() && it.legal.is_none())
    });
    assert_eq!(frame().refuses(unknown.unwrap(), Delay::Days(3)), Some(TargetFault::NoDelay));
    assert_eq!(frame().refuses(Orientation, Delay::Days(0)), Some(TargetFault::Zero));
}

#[test]
fn a_text_that_names_no_frame_is_none() {
    for text in [
        "a#1+",
        "a#1+1",
        "a#1+1()",
        "a#1+x(H3=1j)",
        "a#1+1(H3=1)",
        "a#1+1(H13=1j)",
        "a#1+1(H3=1j",
        "a#1+1(H3=70000j)",
    ] {
        assert_eq!(text.parse::<FrameId>(), Err(NotAFrame), "{text}");
    }
    assert_eq!("a#1".parse(), Ok(FrameId::national("a#1")));
}

fn delays() -> impl Strategy<Value = Delay> {
    prop_oneof![(0..400_u16).prop_map(Delay::Days), (0..30_u16).prop_map(Delay::Months)]
}

proptest! {
    #[test]
    fn a_name_comes_back_as_it_went(version in any::<u32>(), orientation in delays(), diagnosis in delays()) {
        let targets = Targets::from([(Orientation, orientation), (Diagnosis, diagnosis)]);
        let id = FrameId { national: "cadre-2025#1".to_owned(), local: Some(Local { version, targets }) };
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn no_territory_ever_puts_off_a_target_or_the_law(delay in delays(), start in 0..800_i64) {
        let local = Local { version: 1, targets: Targets::from([(Orientation, delay)]) };
        if frame().refuses(Orientation, delay).is_none() {
            let ours = frame().with(&local);
            prop_assert!(ours.target(day(start)) <= frame().target(day(start)));
            prop_assert!(ours.target(day(start)) <= ours.legal(day(start)));
        }
    }
}
