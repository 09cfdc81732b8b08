//! What a file says of itself at its start, and how many households it says that it holds at its end.

use chrono::{NaiveDate, NaiveDateTime};
use contracts::border::code as border;

use super::Tally;
use super::error::{FileFault, Findings, Refusal};
use super::tree::Cursor;
use super::values::{day, quoted, time};

/// What a flow says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowHeader {
    /// Whom it speaks of (`NATFLUX`).
    pub nature: Nature,
    /// How often it comes (`TYPEFLUX`).
    pub kind: Kind,
    /// When it was made, by the clock of the organism (`DTCREAFLUX`, `HEUCREAFLUX`).
    pub created_at: NaiveDateTime,
    /// The day that it describes (`DTREF`); a flow of instructions has none, and describes the day it was made.
    pub reference_on: NaiveDate,
    /// The program that made it (`APPLIEME`), when that can be shown.
    pub application: Option<String>,
    /// The version of that program (`NUMVERSIONAPPLIEME`), when that can be shown.
    pub version: Option<String>,
}

/// Whom a flow speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// `D`: the households that have a right, or had one.
    Beneficiaries,
    /// `I`: the households that apply.
    Instructions,
    /// `R`: new answers to the DSP, read as those of an application.
    NewData,
}

/// How often a flow comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `M`: every month, every household.
    Monthly,
    /// `I`: every day, what is new.
    Daily,
    /// `R`: once, the whole stock.
    TakeOver,
}

impl Kind {
    /// The code in the flows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Monthly => "M",
            Self::Daily => "I",
            Self::TakeOver => "R",
        }
    }
}

/// Reads what a file says of itself.
pub(super) fn read(block: Cursor<'_>, findings: &mut Findings) -> Option<FlowHeader> {
    let nature = coded(block, "NATFLUX", NATURES, findings);
    let kind = coded(block, "TYPEFLUX", KINDS, findings);
    let date = block.value(&["DTCREAFLUX"]).and_then(|it| day(it).ok());
    let clock = block.value(&["HEUCREAFLUX"]).and_then(time);
    let created_at = date.zip(clock).map(|(date, clock)| date.and_time(clock));
    let told = block.value(&["DTREF"]).and_then(|it| day(it).ok());
    if nature == Some(Nature::Beneficiaries) && told.is_none() && findings.refusals.is_empty() {
        findings.refuse("DTREF".to_owned(), border::MISSING, "Cet élément est obligatoire.");
    }
    let text = |name| block.value(&[name]).and_then(super::shown).map(str::to_owned);
    Some(FlowHeader {
        nature: nature?,
        kind: kind?,
        created_at: created_at?,
        reference_on: told.or(date)?,
        application: text("APPLIEME"),
        version: text("NUMVERSIONAPPLIEME"),
    })
}

const NATURES: &[(&str, Nature)] =
    &[("D", Nature::Beneficiaries), ("I", Nature::Instructions), ("R", Nature::NewData)];

const KINDS: &[(&str, Kind)] = &[("M", Kind::Monthly), ("I", Kind::Daily), ("R", Kind::TakeOver)];

fn coded<T: Copy>(block: Cursor<'_>, name: &str, list: &[(&str, T)], findings: &mut Findings) -> Option<T> {
    let value = block.find(&[name])?.words();
    let found = list.iter().find(|(code, _)| *code == value).map(|(_, it)| *it);
    if found.is_none() {
        let detail = format!("Le code {} n’existe pas pour cet élément.", quoted(value));
        findings.refuse(name.to_owned(), border::UNKNOWN_CODE, detail);
    }
    found
}

/// The file has no description of itself.
pub(super) fn no_header() -> Refusal {
    missing("IdentificationFlux")
}

/// The file has no count.
pub(super) fn no_count() -> Refusal {
    missing("TransmissionFlux")
}

fn missing(name: &str) -> Refusal {
    Refusal {
        path: name.to_owned(),
        code: border::MISSING,
        detail: "Cet élément est obligatoire.".to_owned(),
    }
}

/// Compares what the file says that it holds with what was read. A flow of instructions may count nothing.
pub(super) fn check_count(
    block: Cursor<'_>,
    mut findings: Findings,
    nature: Nature,
    read: Tally,
) -> Result<(), FileFault> {
    let required = nature == Nature::Beneficiaries;
    let households = count(block, "NBTOTDOSRSATRANSM", required, &mut findings);
    let anomalies = count(block, "NBTOTDOSRSATRANSMANO", false, &mut findings);
    if !findings.refusals.is_empty() {
        return Err(FileFault::Closing(findings.refusals));
    }
    match (households, anomalies) {
        (Some(announced), _) if announced != read.households => {
            Err(FileFault::Count { announced, read: read.households })
        }
        (_, Some(announced)) if announced != read.anomalies => {
            Err(FileFault::AnomalyCount { announced, read: read.anomalies })
        }
        (_, _) => Ok(()),
    }
}

fn count(block: Cursor<'_>, name: &str, required: bool, findings: &mut Findings) -> Option<u64> {
    let Some(text) = block.value(&[name]) else {
        if required {
            findings.refuse(name.to_owned(), border::MISSING, "Cet élément est obligatoire.");
        }
        return None;
    };
    let figures = text.len() <= 18 && text.bytes().all(|it| it.is_ascii_digit());
    let number = text.parse().ok().filter(|_| figures);
    if number.is_none() {
        findings.refuse(name.to_owned(), border::FORMAT, "Un nombre est attendu.");
    }
    number
}
