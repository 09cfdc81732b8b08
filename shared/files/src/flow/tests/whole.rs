//! What refuses a file as a whole.

use std::io::{self, Read};

use super::super::{FileFault, Flow};
use super::sample::{HOUSEHOLD, beneficiaries, read, territory};

/// Why a file is refused.
fn fault(file: impl AsRef<[u8]>) -> FileFault {
    let error = read(file.as_ref()).unwrap_err();
    let sentence = error.sentence();
    assert!(sentence.contains("ligne ") && sentence.ends_with('.') && !sentence.contains(".."), "{sentence}");
    assert!(sentence.contains("Rien n’a été retenu"), "{sentence}");
    error.fault
}

/// The file of one household, with other words in the place of some.
fn altered(from: &str, to: &str) -> String {
    let file = beneficiaries(&[HOUSEHOLD]);
    assert!(file.contains(from), "{from}");
    file.replacen(from, to, 1)
}

#[test]
fn what_is_no_flow_is_refused_for_what_it_is() {
    assert_eq!(fault(""), FileFault::Empty);
    assert_eq!(fault("PK\u{3}\u{4}"), FileFault::NotXml);
    assert_eq!(fault("nom;prenom\nA;B\n"), FileFault::NotXml);
    assert_eq!(fault("<?xml version=\"1.0\"?>\nmots"), FileFault::NotXml);
    assert_eq!(fault("<html></html>"), FileFault::Root(Some("html".to_owned())));
    for empty in ["<Racine></Racine>", "<Racine/>"] {
        assert!(matches!(fault(empty), FileFault::Header(_)));
    }
    assert_eq!(
        fault("<Racine><InfosFoyerRSA/></Racine>"),
        FileFault::Misplaced(Some("InfosFoyerRSA".to_owned()))
    );
}

#[test]
fn a_document_type_is_refused_before_it_defines_anything() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><Racine>&b;</Racine>";
    assert_eq!(fault(bomb), FileFault::Doctype);
    assert_eq!(fault("<!DOCTYPE html><html/>"), FileFault::Doctype);
    assert_eq!(fault(altered("<InfosFoyerRSA>", "<!DOCTYPE x><InfosFoyerRSA>")), FileFault::Doctype);
}

#[test]
fn an_entity_that_xml_does_not_know_is_refused() {
    for reference in ["&b;", "&eacute;", "&#0;", "&#xD800;", "&", "&;"] {
        assert_eq!(fault(altered("EXEMPLE", reference)), FileFault::IllFormed, "{reference}");
    }
    assert!(read(altered("EXEMPLE", "&#201;L&#x49;E&apos;").as_bytes()).is_ok());
}

#[test]
fn a_header_that_is_not_that_of_a_flow_is_refused_with_its_faults() {
    for (from, to, path) in [
        ("<TYPEFLUX>M", "<TYPEFLUX>Z", "TYPEFLUX"),
        ("<NATFLUX>D", "<NATFLUX>Z", "NATFLUX"),
        ("<DTCREAFLUX>2026-11-02", "<DTCREAFLUX>2026-11-31", "DTCREAFLUX"),
        ("03:00:17.52", "25:00:00", "HEUCREAFLUX"),
        ("<DTREF>2026-10-31</DTREF>", "", "DTREF"),
        ("<APPLIEME>FIC</APPLIEME>", "", "APPLIEME"),
        ("<APPLIEME>", "<AUTRE/><APPLIEME>", "AUTRE"),
    ] {
        let FileFault::Header(faults) = fault(altered(from, to)) else { panic!("{path}") };
        assert_eq!(faults.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), [path]);
    }
}

#[test]
fn what_stands_between_households_refuses_the_file() {
    assert_eq!(
        fault(altered("<InfosFoyerRSA>", "<Autre/><InfosFoyerRSA>")),
        FileFault::Misplaced(Some("Autre".to_owned()))
    );
    assert_eq!(fault(altered("<InfosFoyerRSA>", "mots<InfosFoyerRSA>")), FileFault::StrayText);
    assert_eq!(fault(altered("<InfosFoyerRSA>", "&#65;<InfosFoyerRSA>")), FileFault::StrayText);
    let instruction = altered("<InfosFoyerRSA>", "<InfoDemandeRSA/><InfosFoyerRSA>");
    assert_eq!(fault(instruction), FileFault::Misplaced(Some("InfoDemandeRSA".to_owned())));
    assert!(read(altered("<InfosFoyerRSA>", "<!-- mots --><?mots?>\n<InfosFoyerRSA>").as_bytes()).is_ok());
}

#[test]
fn a_file_that_does_not_hold_what_it_says_is_refused() {
    let count = |to: &str| fault(altered("<NBTOTDOSRSATRANSM>1", &format!("<NBTOTDOSRSATRANSM>{to}")));
    assert_eq!(count("2"), FileFault::Count { announced: 2, read: 1 });
    assert_eq!(count("0"), FileFault::Count { announced: 0, read: 1 });
    assert!(matches!(count("un"), FileFault::Closing(_)));
    assert!(matches!(count(" "), FileFault::Closing(_)));
    assert!(read(altered("<NBTOTDOSRSATRANSM>1", "<NBTOTDOSRSATRANSM>00000001 ").as_bytes()).is_ok());
    let anomalies = altered("TRANSMANO>0", "TRANSMANO>1");
    assert_eq!(fault(anomalies), FileFault::AnomalyCount { announced: 1, read: 0 });
    let anomaly = "<Anomalie><QUOI>1</QUOI></Anomalie></InfosFoyerRSA>";
    assert_eq!(
        fault(altered("</InfosFoyerRSA>", anomaly)),
        FileFault::AnomalyCount { announced: 0, read: 1 }
    );
}

#[test]
fn a_file_that_counts_nothing_is_refused() {
    let file = beneficiaries(&[HOUSEHOLD]);
    let start = file.find("<TransmissionFlux>").unwrap();
    let uncounted = format!("{}</Racine>", &file[..start]);
    assert!(matches!(fault(uncounted), FileFault::Closing(_)));
}

#[test]
fn nothing_follows_the_end() {
    let file = beneficiaries(&[HOUSEHOLD]);
    assert_eq!(fault(format!("{file}{file}")), FileFault::IllFormed, "two files in one");
    assert_eq!(fault(format!("{file}<Racine/>")), FileFault::AfterEnd);
    assert_eq!(fault(format!("{file}mots")), FileFault::AfterEnd);
    assert_eq!(
        fault(altered("</TransmissionFlux>", "</TransmissionFlux><InfosFoyerRSA/>")),
        FileFault::Misplaced(Some("InfosFoyerRSA".to_owned()))
    );
    assert!(read(format!("{file}\n<!-- fin -->\n").as_bytes()).is_ok());
}

#[test]
fn tags_that_do_not_match_refuse_the_file() {
    for (from, to) in [
        ("</PRENOM>", "</PRENON>"),
        ("</Personne>", ""),
        ("<Personne>", "</Personne>"),
        ("</Racine>", "</Racine></Racine>"),
    ] {
        assert_eq!(fault(altered(from, to)), FileFault::IllFormed, "{from} {to}");
    }
}

#[test]
fn a_file_that_was_refused_stays_refused() {
    let file = altered("</PRENOM>", "</PRENON>");
    let mut flow = Flow::open(file.as_bytes(), territory()).unwrap();
    let error = flow.next_household().unwrap_err();
    assert_eq!(flow.next_household().unwrap_err(), error);
}

#[test]
fn a_reading_that_fails_is_told_apart_from_a_file_that_is_wrong() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let error = read(Failing).unwrap_err();
    assert_eq!(error.fault, FileFault::Interrupted(io::ErrorKind::ConnectionReset));
    let file = beneficiaries(&[HOUSEHOLD]);
    let error = read(file.as_bytes()[..2000].chain(Failing)).unwrap_err();
    assert_eq!(error.fault, FileFault::Interrupted(io::ErrorKind::ConnectionReset));
}

#[test]
fn a_sentence_says_what_where_and_what_to_do() {
    let error = read(altered("<NBTOTDOSRSATRANSM>1", "<NBTOTDOSRSATRANSM>2").as_bytes()).unwrap_err();
    let line = error.at.line;
    assert_eq!(
        error.sentence(),
        format!(
            "Ce fichier annonce 2 foyer(s) et en contient 1 (ligne {line}, octet {}). Rien n’a été retenu : il a été coupé ou assemblé ; demandez-le de nouveau à l’organisme.",
            error.at.byte
        )
    );
    assert!(error.to_string().starts_with("the file is refused at line "));
}
