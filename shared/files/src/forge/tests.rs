//! The forge: the same people for the same arguments, and months that follow one another.

use std::collections::BTreeMap;

use contracts::imports::RightTold;
use domain::rsa::{ClosureMotive, SuspensionMotive};

use super::*;
use crate::flow::{Flow, HouseholdKey};

fn territory() -> Territory {
    "77".parse().unwrap()
}

fn options(month: u32) -> Options {
    Options { month, ..Options::first("2026-10-31".parse().unwrap()) }
}

fn forged(households: u32, seed: u64, month: u32) -> (Vec<u8>, Held) {
    let mut bytes = Vec::new();
    let held = flow(territory(), households, seed, Kind::Monthly, &mut bytes, &options(month)).unwrap();
    (bytes, held)
}

/// The right of each applicant, and their name.
fn rights(households: u32, month: u32) -> BTreeMap<HouseholdKey, (String, RightTold)> {
    let (bytes, _) = forged(households, 1, month);
    let mut flow = Flow::open(bytes.as_slice(), territory()).unwrap();
    let mut found = BTreeMap::new();
    while let Some(read) = flow.next_household().unwrap() {
        let adult = read.outcome.unwrap().adults.remove(0);
        let name = format!("{} {}", adult.identity.first_name, adult.identity.last_name);
        found.insert(read.key.unwrap(), (name, adult.right.unwrap()));
    }
    found
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_seed_others() {
    assert_eq!(forged(50, 1, 0), forged(50, 1, 0));
    assert_ne!(forged(50, 1, 0).0, forged(50, 2, 0).0);
}

#[test]
fn fewer_households_are_the_first_ones_of_more() {
    let (few, _) = forged(5, 1, 0);
    let (more, _) = forged(6, 1, 0);
    let end = few.windows(18).position(|it| it == b"<TransmissionFlux>").unwrap();
    assert_eq!(few[..end], more[..end]);
}

#[test]
fn a_hundred_households_have_about_116_adults() {
    let (_, held) = forged(2000, 1, 0);
    assert!((2270..2370).contains(&held.adults), "{held:?}");
    assert!(held.homeless > 100 && held.transfers > 20 && held.anomalies > 5, "{held:?}");
}

#[test]
fn every_state_and_every_motive_is_met() {
    let rights = rights(1000, 0);
    let suspensions: std::collections::BTreeSet<SuspensionMotive> =
        rights.values().flat_map(|(_, it)| it.suspensions.iter().map(|it| it.0)).collect();
    let closures: std::collections::BTreeSet<ClosureMotive> =
        rights.values().filter_map(|(_, it)| it.closure.map(|it| it.0)).collect();
    let states: std::collections::BTreeSet<RightState> = rights.values().map(|(_, it)| it.state).collect();
    assert_eq!(
        (states.len(), suspensions.len(), closures.len()),
        (RightState::ALL.len(), SuspensionMotive::ALL.len(), ClosureMotive::ALL.len())
    );
}

#[test]
fn a_month_later_the_same_people_have_rights_that_opened_closed_and_opened_again() {
    use RightState::{Closed, ClosedEarlier, Open, PaymentSuspended, Pending, Suspended};
    let months: Vec<_> = (0..2).map(|month| rights(800, month)).collect();
    let count = |from: &[RightState], to: &[RightState]| {
        let changed = |(key, (_, before)): (&HouseholdKey, &(String, RightTold))| {
            from.contains(&before.state) && to.contains(&months[1][key].1.state)
        };
        months[0].iter().filter(|it| changed(*it)).count()
    };
    assert!(months[0].iter().all(|(key, (name, _))| months[1][key].0 == *name));
    assert!(count(&[Pending], &[Open]) > 5, "openings");
    assert!(count(&[Open], &[Closed]) > 5, "closures");
    assert!(count(&[Open], &[PaymentSuspended, Suspended]) > 5, "suspensions");
    assert!(count(&[Closed, ClosedEarlier], &[Open]) > 2, "reopenings");
}

#[test]
fn every_number_of_the_social_security_is_right_and_of_a_departement_that_was_never_given() {
    let (bytes, _) = forged(500, 3, 0);
    let mut flow = Flow::open(bytes.as_slice(), territory()).unwrap();
    let mut numbers = Vec::new();
    while let Some(read) = flow.next_household().unwrap() {
        let adults = read.outcome.unwrap().adults;
        numbers.extend(adults.into_iter().filter_map(|it| it.numbers.nir).map(|it| it.as_str().to_owned()));
    }
    assert!(numbers.len() > 500 && numbers.iter().all(|it| &it[5..7] == "00"));
    let unique: std::collections::BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(unique.len(), numbers.len());
}
