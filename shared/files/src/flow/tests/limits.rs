//! Files without end: each is refused soon, and little of it is ever held.

use super::super::{FileFault, MAX_BLOCK, MAX_DEPTH, MAX_PERSONS, MAX_TOKEN};
use super::sample::{Endless, HOUSEHOLD, altered, beneficiaries, read, refusals};

/// Why a file that starts so and goes on so for ever is refused, and how much of it was read.
fn endless(start: &str, again: &str) -> (FileFault, usize) {
    let mut file = Endless { start: start.as_bytes(), again: again.as_bytes(), read: 0 };
    let error = read(&mut file).unwrap_err();
    (error.fault, file.read)
}

/// The file up to, and with, some words.
fn up_to(words: &str) -> String {
    let file = beneficiaries(&[HOUSEHOLD]);
    let end = file.find(words).unwrap() + words.len();
    file[..end].to_owned()
}

#[test]
fn a_token_without_end_is_refused() {
    for (start, again) in [
        (up_to("<NOM>"), "A"),
        (up_to("<NOM>"), " "),
        (format!("{}<", up_to("<NOM>")), "a"),
        (format!("{}<a b=\"", up_to("<Personne>")), "c"),
        (format!("{}<!--", up_to("<Personne>")), "mots "),
        (format!("{}<![CDATA[", up_to("<NOM>")), "mots "),
        (format!("{}<?", up_to("<Personne>")), "mots "),
        (format!("{}&", up_to("<NOM>")), "a"),
        (format!("{}</", up_to("<NOM>")), "a"),
        ("<".to_owned(), "a"),
        ("<!DOCTYPE x [".to_owned(), "<!ENTITY a \"b\">"),
    ] {
        let (fault, read) = endless(&start, again);
        assert_eq!(fault, FileFault::EndlessToken, "{again}");
        assert!(read < start.len() + MAX_TOKEN + 200_000, "{read}");
    }
}

#[test]
fn a_household_without_end_is_refused() {
    for (start, again) in [
        (up_to("<InfosFoyerRSA>"), "<Personne></Personne>"),
        (up_to("<InfosFoyerRSA>"), "<Inconnu/>"),
        (up_to("<InfosFoyerRSA>"), "<!-- mots -->"),
        (up_to("<NOM>"), "&#65;"),
        (up_to("<NOM>"), "<![CDATA[A]]>"),
        (up_to("</InfosFoyerRSA>"), "<!-- mots -->"),
        (up_to("</InfosFoyerRSA>"), "\n<?mots?>"),
        (up_to("<Racine>"), "<!-- mots -->"),
        (beneficiaries(&[HOUSEHOLD]), "<!-- mots -->"),
        (up_to("</InfosFoyerRSA>").replace("</InfosFoyerRSA>", "<Anomalie>"), "<a/>"),
    ] {
        let (fault, read) = endless(&start, again);
        assert_eq!(fault, FileFault::EndlessBlock, "{again}");
        assert!(read < start.len() + MAX_BLOCK + 200_000, "{read}");
    }
}

#[test]
fn elements_in_elements_without_end_are_refused() {
    for start in [String::new(), up_to("<Racine>"), up_to("<Personne>"), up_to("<NOM>")] {
        let (fault, _) = endless(&start, "<Racine>");
        assert!(matches!(fault, FileFault::TooDeep | FileFault::Misplaced(_)), "{fault:?}");
    }
    let deep = "<x>".repeat(MAX_DEPTH);
    assert_eq!(endless(&up_to("<Personne>"), &deep).0, FileFault::TooDeep);
}

#[test]
fn a_declaration_without_end_is_refused() {
    assert_eq!(endless("<?xml ", "a").0, FileFault::IllFormed);
    assert_eq!(endless("", " ").0, FileFault::NotXml);
    assert_eq!(endless("", "\0").0, FileFault::NotXml);
}

#[test]
fn a_household_of_too_many_people_is_refused_alone() {
    let start = HOUSEHOLD.rfind("  <Personne>").unwrap();
    let end = HOUSEHOLD.rfind("</Personne>").unwrap() + "</Personne>\n".len();
    let child = &HOUSEHOLD[start..end];
    let with = |children: usize| altered(&[(child, &child.repeat(children))]);
    let most = usize::from(MAX_PERSONS) - 2;
    assert_eq!(refusals(&with(most + 1)), [("Personne".to_owned(), "trop_de_fois")]);
    let read = read(beneficiaries(&[&with(most)]).as_bytes()).unwrap().remove(0);
    assert_eq!(usize::from(read.outcome.unwrap().children), most);
}
