//! Looks into a workbook before anything opens it: a small file that unfolds without end must cost nothing.
//!
//! What the archive says of its sizes is not believed: every part is unfolded once, counted and thrown away.

use std::io::{self, BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::limits::{MAX_PARTS, MAX_RATIO, MAX_UNFOLDED};
use super::unreadable::Unreadable;

/// Below this, a part may be folded as tightly as it likes.
const LIGHT: u64 = 1_000_000;

/// Shared texts that a table may announce: a reader reserves room for them on its word.
const MAX_ANNOUNCED: u64 = 3_000_000;

/// Elements of the styles: each becomes some hundreds of bytes.
const MAX_STYLES: u64 = 500_000;

/// Accepts a workbook that unfolds within bounds.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(Unreadable::TooHeavy);
    }
    other_kind(&mut archive)?;
    let announced: u128 = archive.decompressed_size().unwrap_or(0);
    if announced > u128::from(MAX_UNFOLDED) {
        return Err(Unreadable::TooHeavy);
    }
    let mut left = MAX_UNFOLDED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Unreadable::Damaged)?;
        let name = part.name().map_err(|_| Unreadable::Damaged)?.to_ascii_lowercase();
        let allowed = left.min(part.compressed_size().saturating_mul(MAX_RATIO).max(LIGHT));
        let mut counted = Counted { part, length: 0, allowed };
        let rest = inspect_part(&name, &mut counted)
            .and_then(|()| io::copy(&mut counted, &mut io::sink()).map_err(|_| Unreadable::Damaged));
        left = left
            .checked_sub(counted.length)
            .filter(|_| counted.length <= allowed)
            .ok_or(Unreadable::TooHeavy)?;
        rest?;
    }
    Ok(())
}

/// The binary form of Excel is an archive too, and so is a workbook of `LibreOffice`, which says so in its first part.
fn other_kind(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Unreadable> {
    if archive.index_for_name("xl/workbook.bin").is_some() {
        return Err(Unreadable::OtherWorkbook("Excel binaire (.xlsb)"));
    }
    let Ok(part) = archive.by_name("mimetype") else { return Ok(()) };
    let mut kind = String::new();
    part.take(200).read_to_string(&mut kind).map_err(|_| Unreadable::Damaged)?;
    if kind.starts_with("application/vnd.oasis.opendocument") {
        return Err(Unreadable::OtherWorkbook("LibreOffice (.ods)"));
    }
    Ok(())
}

fn inspect_part(name: &str, part: &mut impl Read) -> Result<(), Unreadable> {
    if name.ends_with("sharedstrings.xml") {
        return first_element(part, "sst", announces_too_much);
    }
    if name.ends_with("styles.xml") {
        let mut styles = 0;
        return first_element(part, "", |_| {
            styles += 1;
            styles > MAX_STYLES
        });
    }
    Ok(())
}

/// Reads up to the first element of this name, and refuses it when it is too much; an empty name reads them all.
fn first_element(
    part: &mut impl Read,
    name: &str,
    mut too_much: impl FnMut(&BytesStart<'_>) -> bool,
) -> Result<(), Unreadable> {
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer).map_err(|_| Unreadable::Damaged)?;
        if let Event::Start(element) | Event::Empty(element) = &event {
            let looked_at = name.is_empty() || element.local_name().as_ref() == name;
            if looked_at && too_much(element) {
                return Err(Unreadable::TooHeavy);
            }
            if looked_at && !name.is_empty() {
                return Ok(());
            }
        }
        if let Event::Eof = event {
            return Ok(());
        }
    }
}

/// Reads the raw words of the element, for it may be malformed in ways that another reader forgives.
fn announces_too_much(element: &BytesStart<'_>) -> bool {
    element.attributes_raw().split("uniqueCount").skip(1).any(|it| {
        let digits = it.trim_start_matches(|it: char| !it.is_ascii_digit());
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        !digits.get(..length).unwrap_or_default().parse::<u64>().is_ok_and(|count| count <= MAX_ANNOUNCED)
    })
}

/// Counts what goes through, and stops soon after what is allowed.
struct Counted<R> {
    part: R,
    length: u64,
    allowed: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.length > self.allowed {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.part.read(buffer)?;
        self.length += u64::try_from(read).unwrap_or(u64::MAX);
        Ok(read)
    }
}
