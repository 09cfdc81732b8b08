//! The inputs of the fuzzer, made long now and then, and handed over in pieces.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, Read};

/// The longest input that is tried.
pub const LONGEST: usize = 1024 * 1024;

/// A number drawn from the bytes: the same input always does the same.
pub fn drawn(bytes: &[u8], subject: u8) -> usize {
    let mut hasher = DefaultHasher::new();
    (subject, bytes).hash(&mut hasher);
    usize::try_from(hasher.finish() >> 33).unwrap_or_default()
}

/// Whether something that happens for one input of so many happens for this one.
pub fn one_in(many: usize, bytes: &[u8], subject: u8) -> bool {
    drawn(bytes, subject).is_multiple_of(many)
}

/// The input; one of many is made long by a piece of it that comes again and again. Left alone, the fuzzer would
/// never come near what a reader bounds.
pub fn stretched(bytes: &[u8]) -> Vec<u8> {
    let mut stretched = bytes.to_vec();
    if bytes.len() < 8 || !one_in(1024, bytes, 0) {
        return stretched;
    }
    let length = [40, 300, 1024][drawn(bytes, 1) % 3] * 1024;
    let start = drawn(bytes, 2) % bytes.len();
    let piece = &bytes[start..bytes.len().min(start + 1 + drawn(bytes, 3) % 200)];
    let missing = length.min(LONGEST).saturating_sub(bytes.len());
    let again: Vec<u8> = piece.iter().copied().cycle().take(missing).collect();
    stretched.splice(start..start, again);
    stretched
}

/// Bytes that come in pieces of sizes that the bytes themselves draw.
pub struct Pieces<'a> {
    left: &'a [u8],
    most: usize,
}

impl<'a> Pieces<'a> {
    /// Pieces of one byte, of a few, or of many.
    pub fn of(bytes: &'a [u8]) -> Self {
        let few = [1, 2, 3, 7, 61, 1021][drawn(bytes, 4) % 6];
        let most = if bytes.len() > 64 * 1024 { 4093 } else { few };
        Self { left: bytes, most }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.most.min(self.left.len()).min(buffer.len());
        let (piece, left) = self.left.split_at(taken);
        buffer[..taken].copy_from_slice(piece);
        self.left = left;
        Ok(taken)
    }
}
