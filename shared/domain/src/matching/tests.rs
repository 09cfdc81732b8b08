//! The rules of matching.

use chrono::Days;
use uuid::Uuid;

use super::*;
use crate::testing::day;

const NIR: &str = "255081416802538";

fn who(first: &str, last: &str) -> Sought {
    Sought {
        last_name: FoldedName::of(last),
        birth_name: None,
        first_name: FoldedName::of(first),
        birth_date: day(-12_000),
        nir: None,
        household: None,
        reach: BTreeSet::new(),
    }
}

fn candidate(number: u128, found_by: &[Key], who: Sought) -> Candidate {
    Candidate { dossier: id(number), found_by: found_by.iter().copied().collect(), who }
}

fn id(number: u128) -> DossierId {
    DossierId(Uuid::from_u128(number))
}

fn known_by(by: Key) -> Match {
    Match::Known { dossier: id(1), by, confirmed: false }
}

fn nobody() -> Match {
    Match::Nobody { resembles: BTreeSet::new() }
}

fn nir() -> Nir {
    Nir::parse(NIR).unwrap()
}

/// Another number whose key is right.
fn other() -> Nir {
    let number = "1990599123456";
    Nir::parse(&format!("{number}{:02}", crate::nir::key_of(number).unwrap())).unwrap()
}

#[test]
fn nobody_found_is_somebody_new() {
    assert_eq!(decide(&who("Camille", "Exemple"), &[]), nobody());
}

#[test]
fn the_surest_key_that_finds_somebody_decides() {
    let same = who("Camille", "Exemple");
    let all = candidate(1, &Key::ALL, same.clone());
    assert_eq!(decide(&same, std::slice::from_ref(&all)), known_by(Key::Nir));
    for key in Key::ALL {
        assert_eq!(decide(&same, &[candidate(1, &[key], same.clone())]), known_by(key));
    }
}

#[test]
fn a_name_alone_is_confirmed_by_a_telephone_that_is_never_a_key() {
    let mut sought = who("Camille", "Exemple");
    sought.reach.insert("+33639980001".into());
    let mut found = candidate(1, &[Key::NameAndBirth], sought.clone());
    assert_eq!(
        decide(&sought, std::slice::from_ref(&found)),
        Match::Known { dossier: id(1), by: Key::NameAndBirth, confirmed: true }
    );
    // The same telephone under another name is a couple, not a person.
    found.who = Sought { reach: sought.reach.clone(), ..who("Dominique", "Exemple") };
    assert_eq!(decide(&sought, &[found]), nobody());
}

#[test]
fn two_people_of_the_same_name_and_birth_date_are_for_people_to_tell_apart() {
    let sought = who("Camille", "Exemple");
    let twins = [1, 2].map(|number| candidate(number, &[Key::NameAndBirth], sought.clone()));
    let both = BTreeSet::from([id(1), id(2)]);
    assert_eq!(
        decide(&sought, &twins),
        Match::Doubtful(Doubt::Several { by: Key::NameAndBirth, dossiers: both })
    );
}

#[test]
fn another_nir_tells_two_namesakes_apart() {
    let sought = Sought { nir: Some(nir()), ..who("Camille", "Exemple") };
    let namesake = candidate(2, &[Key::NameAndBirth], Sought { nir: Some(other()), ..sought.clone() });
    assert_eq!(decide(&sought, &[namesake]), nobody());
}

#[test]
fn two_households_of_the_caf_tell_namesakes_apart_unless_a_telephone_says_that_somebody_moved() {
    let in_household = |number: &str| Sought { household: Some(number.into()), ..who("Camille", "Exemple") };
    let sought = in_household("1001");
    let found = |who: Sought| decide(&sought, &[candidate(1, &[Key::NameAndBirth], who)]);
    assert_eq!(found(in_household("2002")), Match::Nobody { resembles: [id(1)].into() });
    assert_eq!(found(in_household("1001")), known_by(Key::NameAndBirth));
    // What somebody typed of their household proves nothing.
    assert_eq!(found(who("Camille", "Exemple")), known_by(Key::NameAndBirth));

    let reach = BTreeSet::from(["+33639980001".to_owned()]);
    let moved = Sought { reach: reach.clone(), ..in_household("2002") };
    let sought = Sought { reach, ..sought };
    let by = Key::NameAndBirth;
    assert_eq!(
        decide(&sought, &[candidate(1, &[by], moved)]),
        Match::Known { dossier: id(1), by, confirmed: true }
    );
}

#[test]
fn a_namesake_of_another_household_leaves_no_doubt_about_the_one_of_no_household() {
    let sought = Sought { household: Some("1001".into()), ..who("Camille", "Exemple") };
    let other = Sought { household: Some("2002".into()), ..who("Camille", "Exemple") };
    let both = [
        candidate(1, &[Key::NameAndBirth], who("Camille", "Exemple")),
        candidate(2, &[Key::NameAndBirth], other),
    ];
    assert_eq!(decide(&sought, &both), known_by(Key::NameAndBirth));
}

#[test]
fn two_numbers_that_lead_to_two_people_are_refused_with_both_shown() {
    let sought = who("Camille", "Exemple");
    let by_nir = candidate(1, &[Key::Nir], sought.clone());
    let by_id = candidate(2, &[Key::InternalId], sought.clone());
    let both = BTreeSet::from([id(1), id(2)]);
    assert_eq!(
        decide(&sought, &[by_nir, by_id]),
        Match::Doubtful(Doubt::Several { by: Key::Nir, dossiers: both })
    );
}

#[test]
fn the_same_external_number_under_another_name_is_refused() {
    let sought = who("Camille", "Exemple");
    for key in [Key::InternalId, Key::CafNumberAndRole] {
        let found = candidate(1, &[key], who("Dominique", "Modèle"));
        let doubt = Doubt::OtherPerson { by: key, dossier: id(1) };
        assert_eq!(decide(&sought, &[found]), Match::Doubtful(doubt));
    }
}

#[test]
fn in_the_same_role_of_a_household_somebody_of_another_nir_is_another_person() {
    let sought = Sought { nir: Some(nir()), ..who("Camille", "Exemple") };
    let before = Sought { nir: Some(other()), ..who("Dominique", "Modèle") };
    assert_eq!(decide(&sought, &[candidate(1, &[Key::CafNumberAndRole], before)]), nobody());
}

#[test]
fn a_nir_allows_a_name_that_changed_or_a_date_that_was_mistyped_but_not_both() {
    let sought = who("Camille", "Exemple");
    let married = candidate(1, &[Key::Nir], who("Camille", "Modèle"));
    assert_eq!(decide(&sought, &[married]), known_by(Key::Nir));
    let mistyped = Sought { birth_date: sought.birth_date + Days::new(9), ..sought.clone() };
    assert_eq!(decide(&sought, &[candidate(1, &[Key::Nir], mistyped)]), known_by(Key::Nir));
    let stranger = Sought { birth_date: sought.birth_date + Days::new(9), ..who("Dominique", "Modèle") };
    let doubt = Doubt::OtherPerson { by: Key::Nir, dossier: id(1) };
    assert_eq!(decide(&sought, &[candidate(1, &[Key::Nir], stranger)]), Match::Doubtful(doubt));
}

#[test]
fn a_person_known_by_their_name_at_birth_is_the_same() {
    let sought = Sought { birth_name: Some(FoldedName::of("Jeunefille")), ..who("Camille", "Exemple") };
    let found = candidate(1, &[Key::NameAndBirth], who("CAMILLE", "JEUNEFILLE"));
    assert_eq!(decide(&sought, &[found]), known_by(Key::NameAndBirth));
}

#[test]
fn nothing_of_a_person_is_printed() {
    let found = candidate(1, &[Key::Nir], Sought { nir: Some(nir()), ..who("Camille", "Exemple") });
    let shown = format!("{found:?} {:?}", found.who);
    assert!(!shown.to_lowercase().contains("exemple") && !shown.contains("2550"), "{shown}");
}
