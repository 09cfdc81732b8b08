//! Small files of people who do not exist, for the tests to alter.

use std::io::{self, Read};

use domain::Territory;

use super::super::{FileError, Flow, HouseholdRead};

/// A household of two adults and one child, in the whole order of the structure.
pub(super) const HOUSEHOLD: &str = include_str!("foyer.xml");

/// A household that applies.
pub(super) const APPLICATION: &str = include_str!("demande.xml");

/// A flow of beneficiaries that holds these households.
pub(super) fn beneficiaries(households: &[&str]) -> String {
    file("D", households)
}

/// A flow of instructions that holds these households.
pub(super) fn instructions(households: &[&str]) -> String {
    file("I", households)
}

fn file(nature: &str, households: &[&str]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Racine><IdentificationFlux><APPLIEME>FIC</APPLIEME>\
         <NUMVERSIONAPPLIEME>0001</NUMVERSIONAPPLIEME><TYPEFLUX>M</TYPEFLUX><NATFLUX>{nature}</NATFLUX>\
         <DTCREAFLUX>2026-11-02</DTCREAFLUX><HEUCREAFLUX>03:00:17.52</HEUCREAFLUX><DTREF>2026-10-31</DTREF>\
         </IdentificationFlux>\n{}<TransmissionFlux><NBTOTDOSRSATRANSM>{}</NBTOTDOSRSATRANSM>\
         <NBTOTDOSRSATRANSMANO>0</NBTOTDOSRSATRANSMANO></TransmissionFlux></Racine>\n",
        households.concat(),
        households.len()
    )
}

pub(super) fn territory() -> Territory {
    "77".parse().unwrap()
}

/// Everything that a file holds, or why it is refused.
pub(super) fn read(bytes: impl Read) -> Result<Vec<HouseholdRead>, FileError> {
    let mut flow = Flow::open(bytes, territory())?;
    let mut all = Vec::new();
    while let Some(one) = flow.next_household()? {
        all.push(one);
    }
    Ok(all)
}

/// The one household of a file.
pub(super) fn read_one(household: &str) -> HouseholdRead {
    let mut all = read(beneficiaries(&[household]).as_bytes()).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The household, with other words in the place of some that it must hold.
pub(super) fn altered(changes: &[(&str, &str)]) -> String {
    altered_of(HOUSEHOLD, changes)
}

pub(super) fn altered_of(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in the sample");
        text.replacen(from, to, 1)
    })
}

/// The path and the code of everything that is wrong with a household.
pub(super) fn refusals(household: &str) -> Vec<(String, &'static str)> {
    let faults = read_one(household).outcome.unwrap_err();
    faults.into_iter().map(|it| (it.path, it.code)).collect()
}

/// The path and the code of everything that was left out of a household.
pub(super) fn warnings(household: &str) -> Vec<(String, &'static str)> {
    let read = read_one(household).outcome.unwrap();
    read.warnings.into_iter().map(|it| (it.path, it.code)).collect()
}

/// A file that starts and never ends, and how much of it was read.
pub(super) struct Endless<'a> {
    pub(super) start: &'a [u8],
    pub(super) again: &'a [u8],
    pub(super) read: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            let past = self.read.checked_sub(self.start.len());
            *byte = past.map_or_else(|| self.start[self.read], |past| self.again[past % self.again.len()]);
            self.read += 1;
        }
        Ok(buffer.len())
    }
}
