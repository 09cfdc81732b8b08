//! How somebody lets themselves be reached: a number or an address without their leave never leaves the reader.

use contracts::api::{Email, Phone};
use contracts::border::{Fault, code as border};
use contracts::imports::Reach;

use super::error::Findings;
use super::tree::Cursor;
use super::values::quoted;

/// What somebody said of the use of one way to reach them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consent {
    /// `A`: it may be used.
    Allowed,
    /// `R`: it may not.
    Refused,
    /// `I`, or nothing: nobody asked, so it may not.
    Unknown,
}

/// How many ways to reach one person are looked at: a flow gives one or two.
const MOST_WAYS: usize = 16;

/// Reads the ways to reach one person, among these; the first of each kind that may be used and is right.
pub(super) fn read<'a>(ways: impl Iterator<Item = Cursor<'a>>, findings: &mut Findings) -> Reach {
    let mut reach = Reach::default();
    for way in ways.take(MOST_WAYS) {
        if reach.phone.is_none() {
            reach.phone = usable(way, "NUMTEL", "AUTORUTITEL", Phone::parse, findings);
        }
        if reach.email.is_none() {
            reach.email = usable(way, "ADRELEC", "AUTORUTIADRELEC", Email::parse, findings);
        }
    }
    reach
}

/// A value that its owner allows to be used. The consent is read first, so that nothing is said of a value without it.
fn usable<T>(
    way: Cursor<'_>,
    value: &str,
    leave: &str,
    parse: impl Fn(&str) -> Result<T, Fault>,
    findings: &mut Findings,
) -> Option<T> {
    match consent(way, leave, findings) {
        Consent::Allowed => {}
        Consent::Refused | Consent::Unknown => return None,
    }
    let text = way.value(&[value])?;
    parse(text)
        .map_err(|fault| {
            let detail = format!("Cette valeur est laissée de côté. {}", fault.detail);
            findings.warn(way.path_to(&[value]), fault.code, detail);
        })
        .ok()
}

fn consent(way: Cursor<'_>, leave: &str, findings: &mut Findings) -> Consent {
    match way.value(&[leave]) {
        Some("A") => Consent::Allowed,
        Some("R") => Consent::Refused,
        Some("I") | None => Consent::Unknown,
        Some(other) => {
            let detail = format!("Le code {} n’existe pas : il vaut refus.", quoted(other));
            findings.warn(way.path_to(&[leave]), border::UNKNOWN_CODE, detail);
            Consent::Unknown
        }
    }
}
