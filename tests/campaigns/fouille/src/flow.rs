//! The reader of flows: bytes, then every household.

use std::io::Read;

use domain::Territory;
use files::flow::{FileError, Flow, HouseholdRead, Kind, MAX_FINDINGS, MAX_PERSONS};
use files::forge::{self, Options};

use crate::input::{Pieces, one_in, stretched};
use crate::{memory, violated, words};

/// What one reading may hold: the buffers take 0.2 MB, and the longest household may have 130,000 elements of four bytes,
/// which take 7.6 MB.
pub const ALLOWED: usize = 16 * 1024 * 1024;

/// What a reading may leave behind: nothing, but a library may keep what it made once.
const LEFT: usize = 64 * 1024;

fn territory() -> Territory {
    "77".parse().unwrap_or_else(|_| violated("77 n’est plus un territoire"))
}

/// Tries one input.
pub fn attempt(input: &[u8]) {
    let bytes = stretched(input);
    let before = memory::held();
    let read = memory::bounded(ALLOWED, || read_alone(&bytes));
    if memory::held() > before + LEFT {
        violated(&format!("la lecture laisse {} octets derrière elle", memory::held() - before));
    }
    if one_in(2, input, 8) && read != read_twice(&bytes) {
        violated("deux lectures des mêmes octets n’en comptent pas autant de foyers");
    }
}

/// Reads every household, and holds none.
fn read_alone(bytes: &[u8]) -> u64 {
    let mut flow = match Flow::open(bytes, territory()) {
        Ok(flow) => flow,
        Err(error) => return refused(&error, 0),
    };
    loop {
        match flow.next_household() {
            Ok(Some(household)) => judge(&household, flow.tally().households),
            Ok(None) => break,
            Err(error) => return refused(&error, flow.tally().households),
        }
    }
    if !matches!(flow.next_household(), Ok(None)) {
        violated("un flux fini donne encore quelque chose");
    }
    flow.tally().households
}

fn refused(error: &FileError, households: u64) -> u64 {
    words::told(&error.sentence());
    households
}

fn judge(read: &HouseholdRead, count: u64) {
    if read.place.ordinal != count {
        violated("un foyer ne porte pas son rang");
    }
    match &read.outcome {
        Err(refusals) => {
            if refusals.is_empty() || refusals.len() > MAX_FINDINGS {
                violated(&format!("un foyer refusé pour {} raisons", refusals.len()));
            }
            for it in refusals {
                words::told(&it.path);
                words::told(&it.detail);
                words::code(it.code);
            }
        }
        Ok(household) => {
            let (adults, answers) = (household.adults.len(), household.answers.len());
            if !(1..=2).contains(&adults) || (answers != 0 && answers != adults) {
                violated(&format!("un foyer de {adults} adultes et de {answers} questionnaires"));
            }
            if u16::from(household.children) > MAX_PERSONS || household.warnings.len() > MAX_FINDINGS {
                violated("un foyer sans mesure");
            }
            for it in &household.warnings {
                words::told(&it.path);
                words::told(&it.detail);
                words::code(it.code);
            }
        }
    }
}

/// Reads the same bytes at once and in pieces: the same households, then the same end.
fn read_twice(bytes: &[u8]) -> u64 {
    let (whole, pieces) = (Flow::open(bytes, territory()), Flow::open(Pieces::of(bytes), territory()));
    let (mut whole, mut pieces) = match (whole, pieces) {
        (Ok(whole), Ok(pieces)) if whole.header() == pieces.header() => (whole, pieces),
        (Err(one), Err(other)) if one == other => return 0,
        _ => violated("le même début, reçu par morceaux, est lu autrement"),
    };
    while let Some(count) = same_next(&mut whole, &mut pieces) {
        if count != whole.tally().households || whole.tally() != pieces.tally() {
            violated("les mêmes foyers, reçus par morceaux, sont comptés autrement");
        }
    }
    whole.tally().households
}

fn same_next<A: Read, B: Read>(whole: &mut Flow<A>, pieces: &mut Flow<B>) -> Option<u64> {
    match (whole.next_household(), pieces.next_household()) {
        (Ok(Some(one)), Ok(Some(other)))
            if one.place == other.place && one.key == other.key && one.outcome == other.outcome =>
        {
            Some(one.place.ordinal)
        }
        (Ok(None), Ok(None)) => None,
        (Err(one), Err(other)) if one == other => None,
        _ => violated("les mêmes octets, reçus par morceaux, sont lus autrement"),
    }
}

/// A flow of so many households.
pub fn forged(households: u32, seed: u64, kind: Kind, options: &Options) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = forge::flow(territory(), households, seed, kind, &mut bytes, options);
    written.unwrap_or_else(|_| violated("un flux fictif ne s’écrit pas"));
    bytes
}

/// Reads a flow that is right, so that what is made once is made.
pub fn warm_up() {
    let day = "2026-10-31".parse().unwrap_or_else(|_| violated("un jour n’est plus un jour"));
    let bytes = forged(20, 1, Kind::Monthly, &Options::first(day));
    if read_alone(&bytes) != 20 {
        violated("un flux fictif ne se lit pas");
    }
}
