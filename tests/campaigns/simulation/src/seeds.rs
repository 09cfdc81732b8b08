//! The seeds that are always played: a few of every day, and some that found something.

/// Seeds, with what each found in the product when it was first played.
///
/// A seed tells what happens only as long as the simulator draws the same things in the same order: what it found is
/// held by a test of the product too.
pub(crate) const FOUND: [(u64, &str); 2] = [
    (65, "a sweep ended by one run was ended again by another, at another instant"),
    (
        179_597,
        "a référent who wrote in a carnet and then lost sight of it was told, asking again, that it is unknown",
    ),
];

/// The ordinary seeds of the short campaign: from zero.
pub(crate) const ORDINARY: u64 = 3_000;

/// How long the short campaign plays fresh seeds, in seconds.
pub(crate) const FRESH_SECONDS: u64 = 15;
