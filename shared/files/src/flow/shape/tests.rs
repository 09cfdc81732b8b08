//! One block against its structure.

use super::super::structure::{CLOSING, HEADER};
use super::*;

/// What is found wrong in a block whose elements come so: a name opens it, `/` closes it, `=` are its words.
fn found(element: &'static Element, pieces: &[&str]) -> Vec<(String, &'static str)> {
    let mut shape = Shape::default();
    shape.start(element);
    for piece in pieces {
        match piece.strip_prefix('=') {
            Some(words) => shape.words(words),
            None if *piece == "/" => assert!(!shape.close(), "the block closed too soon"),
            None => shape.open(piece),
        }
    }
    assert!(shape.close(), "the block did not close");
    shape.finish().1.refusals.into_iter().map(|it| (it.path, it.code)).collect()
}

#[test]
fn elements_come_in_their_order_and_each_as_often_as_it_may() {
    let (all, bad) = ("NBTOTDOSRSATRANSM", "NBTOTDOSRSATRANSMANO");
    assert_eq!(found(&CLOSING, &[all, "=1", "/", bad, "=0", "/"]), []);
    assert_eq!(found(&CLOSING, &[]), []);
    assert_eq!(found(&CLOSING, &[bad, "/", all, "/"]), [(all.to_owned(), "ordre")]);
    assert_eq!(found(&CLOSING, &[all, "/", all, "/"]), [(all.to_owned(), "trop_de_fois")]);
    assert_eq!(found(&CLOSING, &["X", "Y", "=1", "/", "/"]), [("X".to_owned(), "champ_inconnu")]);
    assert_eq!(found(&CLOSING, &["=mots"]), [("TransmissionFlux".to_owned(), "texte_inattendu")]);
}

#[test]
fn what_is_missing_is_told_once_the_element_is_whole() {
    let missing: Vec<String> = found(&HEADER, &["TYPEFLUX", "/"]).into_iter().map(|(path, _)| path).collect();
    assert_eq!(missing, ["APPLIEME", "NUMVERSIONAPPLIEME", "NATFLUX", "DTCREAFLUX", "HEUCREAFLUX"]);
}

#[test]
fn words_in_pieces_are_one_value() {
    let mut shape = Shape::default();
    shape.start(&CLOSING);
    shape.open("NBTOTDOSRSATRANSM");
    for piece in [" 1", "2", "3 "] {
        shape.words(piece);
    }
    assert!(!shape.close() && shape.close());
    assert_eq!(shape.finish().0.value(&["NBTOTDOSRSATRANSM"]), Some("123"));
}

#[test]
fn a_block_is_forgotten_when_the_next_one_starts() {
    let mut shape = Shape::default();
    for _ in 0..2 {
        shape.start(&CLOSING);
        shape.open("X");
        shape.close();
        assert!(shape.close());
        assert_eq!(shape.finish().1.refusals.len(), 1);
    }
}
