//! The flows of the CAF and of the MSA: who has a right to RSA (VRSB0801, « bénéficiaires »), and what they said when they
//! applied (« instruction »). Read a household at a time, in bounded memory, whatever the bytes.
//!
//! Two kinds of fault. A [`FileError`] refuses the file: it was cut, spliced, altered, or is no flow; nothing of it may be
//! kept. A [`Refusal`] refuses one household, and the reading goes on with the next. A [`Warning`] refuses nobody: one
//! value was left out.
//!
//! **Whoever reads applies nothing before the end.** A household is only read for good once [`Flow::next_household`] has
//! answered that there is none left: a file that was cut is only known to be at its last byte.
//!
//! XML is read strictly where it could mean something else than it says: no document type, no entity but the five of XML
//! and characters by number, one root, nothing after it. Attributes and namespaces mean nothing in the flows and are
//! passed over.
//!
//! Neither flow says that somebody died: [`contracts::imports::RightTold::died_on`] is always `None` here.

mod address;
mod contact;
mod dsp;
mod error;
mod header;
mod household;
mod instruction;
mod person;
mod right;
mod shape;
mod source;
mod structure;
mod tokens;
mod tree;
mod values;

use std::fmt;
use std::io::Read;

use contracts::imports::Adult;
use domain::Territory;
use domain::dsp::Answers;

pub use error::{FileError, FileFault, MAX_FINDINGS, Refusal, Spot, Warning, code};
pub use header::{FlowHeader, Kind, Nature};
pub use right::prevailing;
pub use shape::MAX_VALUE;
pub use source::{MAX_BLOCK, MAX_TOKEN};
pub use structure::MAX_PERSONS;
pub use tokens::MAX_DEPTH;

use shape::Shape;
use structure::{APPLICATION, CLOSING, Element, HEADER, HOUSEHOLD};
use tokens::{Token, Tokens};
use values::shown;

/// A flow that is being read.
pub struct Flow<R> {
    tokens: Tokens<R>,
    shape: Shape,
    territory: Territory,
    header: FlowHeader,
    tally: Tally,
    /// How the reading ended, once it has: it does not start again.
    ended: Option<Result<(), FileError>>,
}

/// How many households were read so far, whatever became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub households: u64,
    /// Those that the organism says are in anomaly.
    pub anomalies: u64,
}

/// A household of a flow, read or refused.
#[derive(Debug)]
pub struct HouseholdRead {
    /// Where it is.
    pub place: Place,
    /// What the organism calls it, when that could be read.
    pub key: Option<HouseholdKey>,
    /// What it says, or everything that is wrong with it, of which there is at least one thing.
    pub outcome: Result<Household, Vec<Refusal>>,
}

/// Where a household is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which one it is, from 1.
    pub ordinal: u64,
    /// Where it starts.
    pub spot: Spot,
}

/// What an organism calls a household.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HouseholdKey {
    /// The organism: what it is (`FONORG`) and its number (`NUMORG`).
    pub organism: String,
    /// The household’s number there (`MATRICULE`): always, but for somebody who applies and has none yet.
    pub matricule: Option<String>,
    /// The number of its application for the RSA (`NUMDEMRSA`).
    pub application: String,
}

/// What a flow says of a household.
#[derive(Clone, PartialEq, Eq)]
pub struct Household {
    /// Whether it has no home (`TOPSANSDOMFIXE`).
    pub homeless: bool,
    /// Its adults in the sense of the RSA: the applicant, then the partner when there is one. Neither carries what only
    /// the other said.
    pub adults: Vec<Adult>,
    /// What each of `adults` answered to the DSP, in the same order: nothing in a flow of beneficiaries.
    pub answers: Vec<Answers>,
    /// Its dependent children.
    pub children: u8,
    /// Whether the organism says that it is in anomaly.
    pub in_anomaly: bool,
    /// What was left out of it.
    pub warnings: Vec<Warning>,
}

impl<R: Read> Flow<R> {
    /// Reads what a file says of itself. `territory` is the one that receives it.
    pub fn open(reader: R, territory: Territory) -> Result<Self, FileError> {
        let mut tokens = Tokens::open(reader)?;
        let mut shape = Shape::default();
        open_root(&mut tokens)?;
        let at = open_next(&mut tokens, HEADER.name)?;
        read_block(&mut tokens, &mut shape, &HEADER)?;
        let (block, mut findings) = shape.finish();
        let header = header::read(block, &mut findings);
        let header = match header {
            Some(header) if findings.refusals.is_empty() => header,
            Some(_) | None => {
                return Err(FileError { at, fault: FileFault::Header(findings.refusals) });
            }
        };
        Ok(Self { tokens, shape, territory, header, tally: Tally::default(), ended: None })
    }

    /// What the file says of itself.
    pub fn header(&self) -> &FlowHeader {
        &self.header
    }

    /// How many households were read so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The next household; `None` once the file was read to its end, and held as many as it says.
    pub fn next_household(&mut self) -> Result<Option<HouseholdRead>, FileError> {
        if let Some(ended) = &self.ended {
            return ended.clone().map(|()| None);
        }
        let next = self.read_next();
        match &next {
            Ok(Some(_)) => {}
            Ok(None) => self.ended = Some(Ok(())),
            Err(error) => self.ended = Some(Err(error.clone())),
        }
        next
    }

    fn read_next(&mut self) -> Result<Option<HouseholdRead>, FileError> {
        let expected: &'static Element = match self.header.nature {
            Nature::Beneficiaries => &HOUSEHOLD,
            Nature::Instructions | Nature::NewData => &APPLICATION,
        };
        let at = loop {
            let refused = match self.tokens.next()? {
                Token::Open(tag) if tag.name() == expected.name => break self.tokens.start(),
                Token::Open(tag) if tag.name() == CLOSING.name => return self.close().map(|()| None),
                Token::Open(tag) => FileFault::Misplaced(shown(tag.name()).map(str::to_owned)),
                Token::Words(words) if words.trim().is_empty() => continue,
                Token::Words(_) | Token::Letter(_) => FileFault::StrayText,
                Token::Aside => continue,
                // The root closes and nothing was counted.
                Token::Close | Token::End => FileFault::Closing(vec![header::no_count()]),
            };
            return Err(FileError { at: self.tokens.start(), fault: refused });
        };
        read_block(&mut self.tokens, &mut self.shape, expected)?;
        self.tally.households += 1;
        let place = Place { ordinal: self.tally.households, spot: at };
        let (block, findings) = self.shape.finish();
        let anomaly = block.find(&["Anomalie"]).is_some();
        self.tally.anomalies += u64::from(anomaly);
        let read = match self.header.nature {
            Nature::Beneficiaries => household::read,
            Nature::Instructions | Nature::NewData => instruction::read,
        };
        let (key, outcome) = read(block, self.territory, &self.header, findings);
        Ok(Some(HouseholdRead { place, key, outcome }))
    }

    /// Reads the count, compares it with what was read, and makes sure that nothing follows.
    fn close(&mut self) -> Result<(), FileError> {
        let at = self.tokens.start();
        read_block(&mut self.tokens, &mut self.shape, &CLOSING)?;
        let (block, findings) = self.shape.finish();
        header::check_count(block, findings, self.header.nature, self.tally)
            .map_err(|fault| FileError { at, fault })?;
        let mut root_open = true;
        loop {
            let fault = match self.tokens.next()? {
                Token::Aside => continue,
                Token::Words(words) if words.trim().is_empty() => continue,
                Token::Close if root_open => {
                    root_open = false;
                    continue;
                }
                Token::End => return Ok(()),
                Token::Open(tag) if root_open => FileFault::Misplaced(shown(tag.name()).map(str::to_owned)),
                Token::Open(_) | Token::Words(_) | Token::Letter(_) | Token::Close => FileFault::AfterEnd,
            };
            return Err(FileError { at: self.tokens.start(), fault });
        }
    }
}

/// Reads up to the root, which must be that of a flow.
fn open_root<R: Read>(tokens: &mut Tokens<R>) -> Result<(), FileError> {
    loop {
        let fault = match tokens.next()? {
            Token::Open(tag) if tag.name() == "Racine" => return Ok(()),
            Token::Open(tag) => FileFault::Root(shown(tag.name()).map(str::to_owned)),
            Token::Words(words) if words.trim().is_empty() => continue,
            Token::Aside => continue,
            Token::End => FileFault::Truncated,
            Token::Words(_) | Token::Letter(_) | Token::Close => FileFault::NotXml,
        };
        return Err(FileError { at: tokens.start(), fault });
    }
}

/// Reads up to the next element, which must bear this name, and says where it starts.
fn open_next<R: Read>(tokens: &mut Tokens<R>, expected: &str) -> Result<Spot, FileError> {
    loop {
        let fault = match tokens.next()? {
            Token::Open(tag) if tag.name() == expected => return Ok(tokens.start()),
            Token::Open(tag) => FileFault::Misplaced(shown(tag.name()).map(str::to_owned)),
            Token::Words(words) if words.trim().is_empty() => continue,
            Token::Aside => continue,
            Token::Words(_) | Token::Letter(_) => FileFault::StrayText,
            Token::Close | Token::End => FileFault::Header(vec![header::no_header()]),
        };
        return Err(FileError { at: tokens.start(), fault });
    }
}

/// Reads an element that has just opened, to its end.
fn read_block<R: Read>(
    tokens: &mut Tokens<R>,
    shape: &mut Shape,
    element: &'static Element,
) -> Result<(), FileError> {
    tokens.new_block();
    shape.start(element);
    loop {
        match tokens.next()? {
            Token::Open(tag) => shape.open(tag.name()),
            Token::Words(words) => shape.words(&words),
            Token::Letter(letter) => shape.words(letter.encode_utf8(&mut [0; 4])),
            Token::Close if shape.close() => break,
            Token::Close | Token::Aside => {}
            Token::End => return Err(FileError { at: tokens.start(), fault: FileFault::Truncated }),
        }
    }
    tokens.new_block();
    Ok(())
}

impl fmt::Debug for HouseholdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HouseholdKey(…)")
    }
}

impl fmt::Debug for Household {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Household(…)")
    }
}

impl<R> fmt::Debug for Flow<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("header", &self.header)
            .field("tally", &self.tally)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
