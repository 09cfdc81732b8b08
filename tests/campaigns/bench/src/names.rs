//! Names that tell people apart.

/// A number in letters, the same length up to a hundred million: nobody has the name of somebody else.
pub(crate) fn letters(number: usize) -> String {
    let letter = |power: u32| char::from(b"abcdefghij"[number / 10_usize.pow(power) % 10]);
    (0..8).rev().map(letter).collect()
}
