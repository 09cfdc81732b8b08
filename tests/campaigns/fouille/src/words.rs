//! What is told to people: sentences of French, never empty nor endless, that no screen can be led astray by.

use crate::violated;

/// The longest text about one thing that is wrong, in bytes.
const LONGEST: usize = 2_000;

/// The longest text about a whole list, which may name each of its columns.
const LONGEST_OF_A_LIST: usize = 40_000;

/// Makes sure that this can be shown to a person.
pub fn told(sentence: &str) {
    shown(sentence, LONGEST);
}

/// The same, of what may name every column of a list.
pub fn told_at_length(sentence: &str) {
    shown(sentence, LONGEST_OF_A_LIST);
}

fn shown(sentence: &str, longest: usize) {
    if sentence.trim().is_empty() {
        violated("une phrase vide");
    }
    if sentence.len() > longest {
        violated(&format!("une phrase de {} octets", sentence.len()));
    }
    if sentence.chars().any(char::is_control) {
        violated(&format!("une phrase contient un caractère de commande : {sentence:?}"));
    }
}

/// Makes sure that this is one of the stable words that programs rely on.
pub fn code(code: &str) {
    if code.is_empty() || !code.bytes().all(|it| it.is_ascii_lowercase() || it == b'_') {
        violated(&format!("un code qui n’en est pas un : {code:?}"));
    }
}
