//! The rules of the indicators: who is counted, what is added, and what no order and no newcomer can change.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::dossier::{EndMotive, Ending, Oriented, Right};
use crate::life::{News, Opening, Told, hear};
use crate::testing::{assigned, at, day, dossier, frame, to_orient};
use crate::{Dossier, State};

/// Everything from the first of the days of the tests to the hundredth.
fn period() -> Period {
    Period::new(day(0), day(100), day(200)).unwrap()
}

fn spell() -> Spell {
    Spell {
        commune: "77288".parse().unwrap(),
        opened_on: day(0),
        received_on: day(10),
        duties: true,
        oriented: None,
        left_on: None,
        passes_on: Some(day(53)),
    }
}

fn oriented(on: i64, organisme: Organisme) -> Spell {
    let oriented = Oriented { on: day(on), organisme, by: Decider::Agent };
    Spell { oriented: Some(oriented), ..spell() }
}

fn definitions(formulas: &[Formula]) -> Definitions {
    let one = |formula: &Formula| Definition {
        id: String::new(),
        title: String::new(),
        words: String::new(),
        source: String::new(),
        unit: formula.unit(),
        formula: Ok(*formula),
    };
    let mask = Mask { people: 5, averaged: 11 };
    Definitions { id: String::new(), rounding: String::new(), mask, list: formulas.iter().map(one).collect() }
}

fn figures(formulas: &[Formula], spells: &[Spell]) -> Vec<Figure> {
    let definitions = definitions(formulas);
    let mut count = Count::new(&definitions, period());
    for spell in spells {
        count.add(spell);
    }
    count.figures().into_iter().map(Option::unwrap).collect()
}

fn figure(formula: Formula, spells: &[Spell]) -> (u64, u64) {
    let figure = figures(&[formula], spells)[0];
    (figure.numerator, figure.denominator)
}

const fn within(days: u32) -> Formula {
    Formula::OrientedWithin { since: Since::Opening, days }
}

const KINDS: [Kind; 4] = [Kind::FranceTravail, Kind::OtherEmployment, Kind::Departement, Kind::Other];

#[test]
fn a_period_ends_after_it_starts_and_before_it_is_looked_at() {
    assert!(Period::new(day(0), day(0), day(0)).is_some());
    assert_eq!(Period::new(day(1), day(0), day(2)), None);
    assert_eq!(Period::new(day(0), day(2), day(1)), None);
}

#[test]
fn the_stock_is_of_those_who_stand_at_the_end_of_the_period() {
    let people = [
        spell(),
        oriented(100, Organisme::Departement),
        oriented(101, Organisme::Departement), // not yet
        Spell { left_on: Some(day(100)), ..oriented(5, Organisme::Departement) }, // gone that very day
        Spell { left_on: Some(day(101)), ..oriented(5, Organisme::Departement) },
        Spell { opened_on: day(101), ..spell() },
        Spell { duties: false, ..oriented(5, Organisme::Departement) },
    ];
    assert_eq!(figure(Formula::Oriented, &people), (2, 4));
    assert_eq!(figure(Formula::NotOriented, &people), (2, 4));
}

#[test]
fn seniority_runs_from_date_to_date() {
    let since = |date: &str| Spell { opened_on: date.parse().unwrap(), ..spell() };
    // The period ends on 10 June 2026.
    assert_eq!(period().to(), "2026-06-10".parse().unwrap());
    let people =
        ["2024-06-10", "2024-06-11", "2025-06-10", "2025-06-11", "2025-12-10", "2025-12-11"].map(since);
    let count = |from, below| figure(Formula::OrientedBySeniority(Seniority { from, below }), &people).1;
    assert_eq!([count(0, Some(6)), count(6, Some(12)), count(12, None), count(24, None)], [1, 2, 3, 1]);
}

#[test]
fn the_mean_delay_speaks_only_of_those_who_entered_and_were_oriented_and_the_shares_of_everybody() {
    let people = [
        oriented(30, Organisme::FranceTravail),
        oriented(61, Organisme::Departement),
        spell(),
        Spell { left_on: Some(day(20)), ..spell() },
        Spell { opened_on: day(-1), ..oriented(30, Organisme::Departement) }, // of the period before
        Spell { left_on: Some(day(90)), ..oriented(30, Organisme::Departement) }, // no longer there
    ];
    assert_eq!(figure(Formula::DelayOfOriented, &people), (30 + 61, 2));
    assert_eq!(figure(within(30), &people), (2, 5));
    assert_eq!(figure(within(90), &people), (3, 5));
}

#[test]
fn an_orientation_of_before_the_entry_waits_no_day() {
    let early = [Spell { opened_on: day(5), ..oriented(-40, Organisme::Departement) }];
    assert_eq!(figure(Formula::DelayOfOriented, &early), (0, 1));
    assert_eq!(figure(within(30), &early), (1, 1));
}

#[test]
fn whoever_is_oriented_after_their_right_was_over_left_without_being_oriented() {
    let left = |on| Spell { left_on: Some(day(on)), ..oriented(20, Organisme::Departement) };
    assert_eq!(figure(within(30), &[left(19)]), (0, 1));
    assert_eq!(figure(within(30), &[left(20)]), (1, 1));
    let cohort = figures(&[within(30)], &[left(19)])[0].cohort.unwrap();
    assert_eq!((cohort.left, cohort.still_waiting), (1, 0));
}

#[test]
fn a_cohort_tells_who_left_and_whose_delay_has_not_passed() {
    let period = Period::new(day(0), day(100), day(110)).unwrap();
    let definitions = definitions(&[within(30)]);
    let mut count = Count::new(&definitions, period);
    for opened_on in [day(80), day(81), day(100)] {
        count.add(&Spell { opened_on, ..spell() });
    }
    let cohort = count.figures()[0].unwrap().cohort.unwrap();
    assert_eq!((cohort.left, cohort.still_waiting, cohort.estimate), (0, 2, Some(0)));
}

#[test]
fn a_wait_may_be_counted_from_the_reception() {
    let late = [oriented(35, Organisme::Departement)];
    let received = Formula::OrientedWithin { since: Since::Reception, days: 30 };
    assert_eq!((figure(within(30), &late), figure(received, &late)), ((0, 1), (1, 1)));
}

#[test]
fn only_what_agents_signed_agrees_or_not_with_the_proposition() {
    let by = |by| {
        let oriented = Oriented { on: day(20), organisme: Organisme::Departement, by };
        Spell { oriented: Some(oriented), ..spell() }
    };
    let all = [Decider::Agent, Decider::AgentDeparting, Decider::FranceTravail, Decider::Elsewhere].map(by);
    assert_eq!(figure(Formula::Followed, &all), (1, 2));
}

#[test]
fn what_nobody_decided_passes_to_france_travail_the_day_after_the_delay_while_the_right_is_open() {
    let decided = |by| {
        let oriented = Oriented { on: day(60), organisme: Organisme::FranceTravail, by };
        Spell { oriented: Some(oriented), ..spell() }
    };
    let left = |on| Spell { left_on: Some(day(on)), ..spell() };
    let count = |spell: Spell| figure(Formula::HandedOver, &[spell]);
    assert_eq!(count(spell()), (1, 1));
    assert_eq!((count(decided(Decider::FranceTravail)), count(decided(Decider::Agent))), ((1, 1), (0, 1)));
    assert_eq!((count(left(52)), count(left(53))), ((0, 1), (1, 1)));
    assert_eq!(count(Spell { passes_on: Some(day(201)), ..spell() }), (0, 1), "its day has not come");
    assert_eq!(count(Spell { passes_on: None, ..spell() }), (0, 0), "the département goes on deciding");
}

/// The rights that a dossier of the tests tells of, all under the frame of the tests.
fn spells(dossier: &Dossier) -> Vec<Spell> {
    let frame = frame();
    Spell::all(dossier, &|_| Some(&frame))
}

fn closed(on: i64, motive: EndMotive) -> Dossier {
    let decision = assigned("ref-1").decision().cloned();
    dossier(State::Closed { ending: Ending { motive, on: day(on), at: at(on) }, decision })
}

const OVER: EndMotive = EndMotive::RightClosed { motive: None };

#[test]
fn a_dossier_tells_the_dates_that_the_indicators_read() {
    let open = &spells(&dossier(assigned("ref-1")))[0];
    assert_eq!((open.opened_on, open.received_on, open.left_on), (day(-20), day(0), None));
    let decided = Oriented { on: day(3), organisme: Organisme::Departement, by: Decider::FranceTravail };
    assert_eq!((open.oriented, open.passes_on), (Some(decided), Some(day(43))));
    let waiting = &spells(&dossier(to_orient(None)))[0];
    assert_eq!((waiting.oriented, waiting.passes_on), (None, Some(day(43))));
    assert_eq!(spells(&closed(30, OVER))[0].left_on, Some(day(30)));
}

#[test]
fn a_right_that_was_declared_refused_or_told_elsewhere_is_nobody_s() {
    let declared = Dossier { right: Right::Declared { opened_on: None }, ..dossier(to_orient(None)) };
    assert!(spells(&declared).is_empty());
    assert!(spells(&closed(30, EndMotive::RightRefused)).is_empty());
    assert!(spells(&closed(30, EndMotive::Merged { into: dossier(State::Submitted).id })).is_empty());
}

fn opens_again(over: &Dossier, on: i64) -> Dossier {
    let opening = Opening { opened_on: Some(day(on)), received_on: day(on + 2), duties: true };
    let told = Told { as_of: at(on + 2), news: News::Open(opening), commune: None };
    hear(over, &told, &frame(), at(on + 2)).unwrap().dossier
}

#[test]
fn whoever_comes_back_is_counted_under_both_rights() {
    let back = opens_again(&closed(30, OVER), 60);
    let all = spells(&back);
    assert_eq!(all.iter().map(|it| it.opened_on).collect::<Vec<_>>(), [day(-20), day(60)]);
    assert_eq!((all[0].left_on, all[0].oriented.map(|it| it.on)), (Some(day(30)), Some(day(3))));
    assert_eq!((all[1].left_on, all[1].oriented), (None, None));
    let refused = opens_again(&closed(30, EndMotive::RightRefused), 60);
    assert_eq!(spells(&refused).len(), 1);
}

#[test]
fn a_right_told_over_and_open_again_since_the_same_day_is_one() {
    let all = spells(&opens_again(&closed(30, OVER), -20));
    assert_eq!((all.len(), all[0].left_on), (1, None));
    let earlier = spells(&opens_again(&closed(30, OVER), 10));
    assert_eq!(earlier[0].left_on, Some(day(10)), "nobody has two rights on one day");
    assert!(
        !earlier[0].passed_by(day(200)),
        "nor does one that was cut short go on to pass to France Travail"
    );
}

fn a_spell() -> impl Strategy<Value = Spell> {
    let days = -60i64..160;
    let organisme = proptest::sample::select(Organisme::ALL.to_vec());
    let by = proptest::sample::select(vec![Decider::Agent, Decider::AgentDeparting, Decider::FranceTravail]);
    let oriented = proptest::option::of((days.clone(), organisme, by));
    let left = proptest::option::weighted(0.3, 0i64..150);
    (days, 0i64..40, oriented, left).prop_map(|(opened, late, oriented, left)| Spell {
        opened_on: day(opened),
        received_on: day(opened + late),
        oriented: oriented.map(|(on, organisme, by)| Oriented { on: day(on), organisme, by }),
        left_on: left.map(|it| day(opened) + TimeDelta::days(it)),
        passes_on: Some(day(opened + late + 43)),
        ..spell()
    })
}

const SHARES: [Formula; 6] = [
    Formula::Oriented,
    Formula::NotOriented,
    Formula::OrientedBySeniority(Seniority { from: 0, below: Some(6) }),
    Formula::Towards(Kind::Departement),
    Formula::HandedOver,
    Formula::Followed,
];

proptest! {
    #[test]
    fn a_share_is_of_a_whole(people in proptest::collection::vec(a_spell(), 0..40), days in 0u32..120) {
        for figure in figures(&[&SHARES[..], &[within(days)]].concat(), &people) {
            prop_assert!(figure.numerator <= figure.denominator);
            prop_assert!(figure.tenths().is_none_or(|it| it <= 1_000));
            if let Some(cohort) = figure.cohort {
                prop_assert!(figure.numerator + cohort.left + cohort.still_waiting <= figure.denominator);
                prop_assert!(cohort.estimate.is_none_or(|it| it <= 1_000));
                // Whoever is no longer followed might have been oriented: the estimate is never below the share.
                prop_assert!(cohort.estimate.is_none_or(|it| it >= figure.tenths().unwrap()));
            }
        }
    }

    #[test]
    fn the_kinds_of_organisms_share_out_all_who_are_oriented(people in proptest::collection::vec(a_spell(), 0..40)) {
        let kinds = figures(&KINDS.map(Formula::Towards), &people);
        let (oriented, _) = figure(Formula::Oriented, &people);
        prop_assert_eq!(kinds.iter().map(|it| it.numerator).sum::<u64>(), oriented);
        prop_assert!(kinds.iter().all(|it| it.denominator == oriented));
    }

    #[test]
    fn whoever_comes_and_is_not_oriented_never_raises_a_share(
        people in proptest::collection::vec(a_spell(), 1..40),
        newcomer in a_spell(),
        days in 0u32..120,
    ) {
        let newcomer = Spell { oriented: None, ..newcomer };
        let more: Vec<Spell> = people.iter().cloned().chain([newcomer]).collect();
        for formula in [Formula::Oriented, within(days)] {
            let (before, after) = (figures(&[formula], &people)[0], figures(&[formula], &more)[0]);
            prop_assert!(after.numerator * before.denominator <= before.numerator * after.denominator);
        }
    }

    #[test]
    fn more_days_never_lower_the_share_of_a_cohort(
        people in proptest::collection::vec(a_spell(), 0..40),
        (few, more) in (0u32..120, 0u32..120),
    ) {
        let (short, long) = (figure(within(few), &people), figure(within(few + more), &people));
        prop_assert!(short.0 <= long.0 && short.1 == long.1);
    }

    #[test]
    fn the_order_of_people_does_not_matter(
        (people, shuffled) in proptest::collection::vec(a_spell(), 0..40)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let formulas = [&SHARES[..], &[within(42), Formula::DelayOfOriented]].concat();
        prop_assert_eq!(figures(&formulas, &people), figures(&formulas, &shuffled));
    }
}
