//! Rules of the border for telephones, e-mails and addresses.

use serde_json::json;

use super::*;
use crate::border;

fn phone(text: &str) -> Option<String> {
    Phone::parse(text).ok().map(|it| it.0)
}

#[test]
fn a_french_number_is_kept_in_one_form_however_it_is_written() {
    for text in [
        "06 12 34 56 78",
        "0612345678",
        "+33 6 12 34 56 78",
        "0033612345678",
        "06.12.34.56.78",
        "+33 (0)6 12 34 56 78",
    ] {
        assert_eq!(phone(text).as_deref(), Some("+33612345678"), "{text}");
    }
}

#[test]
fn an_overseas_number_is_kept_with_its_own_country_code() {
    for (text, expected) in [
        ("0692 12 34 56", "+262692123456"),
        ("+262 262 12 34 56", "+262262123456"),
        ("0590 20 12 34", "+590590201234"),
        ("0694 20 12 34", "+594694201234"),
        ("0508 41 12 34", "+508411234"),
        ("+596 696 20 12 34", "+596696201234"),
    ] {
        assert_eq!(phone(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn the_numbers_kept_for_fiction_are_accepted() {
    assert_eq!(phone("06 39 98 00 01").as_deref(), Some("+33639980001"));
    assert_eq!(phone("01 99 00 12 34").as_deref(), Some("+33199001234"));
}

#[test]
fn what_is_not_a_french_number_is_refused() {
    for text in [
        "12",
        "06 12 34 56",
        "+44 20 7946 0958",
        "0899 12 34 56",
        "06 12 34 56 78 9",
        "+508 508 41 12 34",
        "numéro",
        "06 12 34 56 7x",
        "+",
        "",
    ] {
        assert_eq!(phone(text), None, "{text}");
    }
    assert_eq!(phone(&"0".repeat(10_000)), None);
}

#[test]
fn an_email_has_one_at_sign_and_a_domain_with_a_dot() {
    let email = |text: &str| Email::parse(text).ok().map(|it| it.0);
    assert_eq!(email("Camille.Exemple+rsa@Exemple.FR").as_deref(), Some("Camille.Exemple+rsa@exemple.fr"));
    for text in [
        "x",
        "@exemple.fr",
        "a@",
        "a@b@c.fr",
        "a b@c.fr",
        "a@exemple",
        "a@.fr",
        "a@exemple.",
        "a@-b.fr",
        "a@b..fr",
        ".a@b.fr",
        "a..b@c.fr",
        "a@b.f",
        "a@1.2",
        "a\u{0}@b.fr",
        "a@b.fr\nBcc: x",
    ] {
        assert_eq!(email(text), None, "{text:?}");
    }
    assert_eq!(email(&format!("a@{}.fr", "b.".repeat(150) + "c")), None);
}

#[test]
fn a_phone_and_an_email_never_print_themselves() {
    let printed = format!("{:?} {:?}", Phone::parse("0612345678").unwrap(), Email::parse("a@b.fr").unwrap());
    assert_eq!(printed, "Phone(…) Email(…)");
}

fn address(postcode: &str, commune: &str) -> Result<Address, Vec<(String, &'static str)>> {
    let body = json!({"code_postal": postcode, "commune": commune});
    let read = border::parse(&body, |node| Address::read(node, None));
    read.map_err(|it| it.errors.into_iter().map(|it| (it.pointer, it.code)).collect())
}

#[test]
fn a_postcode_serves_its_commune() {
    assert!(address("77000", "77288").is_ok());
    // Meaux is another commune's postcode.
    assert_eq!(address("77100", "77288").unwrap_err(), [("/code_postal".into(), code::POSTCODE)]);
    assert_eq!(address("69001", "77288").unwrap_err(), [("/code_postal".into(), code::POSTCODE)]);
}

#[test]
fn a_cedex_serves_any_commune_of_its_territory() {
    assert!(address("77010", "77288").is_ok());
    assert_eq!(address("75999", "77288").unwrap_err(), [("/code_postal".into(), code::POSTCODE)]);
}

#[test]
fn an_arrondissement_is_kept_as_its_commune() {
    assert_eq!(address("75011", "75111").unwrap().commune.as_str(), "75056");
}

#[test]
fn a_commune_is_named_by_its_insee_code() {
    assert_eq!(address("77000", "Melun").unwrap_err(), [("/commune".into(), code::FORMAT)]);
    assert_eq!(address("77000", "77000").unwrap_err(), [("/commune".into(), code::UNKNOWN_CODE)]);
    assert!(address("20000", "2A004").is_ok());
}

#[test]
fn what_was_sealed_is_read_back_without_being_judged_again() {
    assert_eq!(Phone::stored("+33612345678".into()).unwrap().as_str(), "+33612345678");
    assert!(Phone::stored("0612345678".into()).is_none());
    assert!(Email::stored("personne".into()).is_none());
}
