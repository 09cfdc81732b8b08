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

/// Shared texts that a table may announce, for a reader reserves room for them on its word, or have.
const MAX_ANNOUNCED: u64 = 3_000_000;

/// Elements of the styles: each becomes some hundreds of bytes.
const MAX_STYLES: u64 = 500_000;

/// Sheets.
const MAX_SHEETS: u64 = 1_000;

/// Bytes of what says which part is which.
const MAX_RELATIONSHIP: usize = 8 * 1024;

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

/// Counts what a reader of workbooks keeps of a part, whatever the part is called: another part says which is which.
fn inspect_part(name: &str, part: &mut impl Read) -> Result<(), Unreadable> {
    let (texts, styles) = (name.ends_with("sharedstrings.xml"), name.ends_with("styles.xml"));
    let (mut elements, mut kept, mut sheets) = (0_u64, 0_u64, 0_u64);
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = match xml.read_event_into(&mut buffer) {
            Ok(event) => event,
            // An image is no XML; what is one is read no further than here by anybody.
            Err(_) if !(texts || styles) => return Ok(()),
            Err(_) => return Err(Unreadable::Damaged),
        };
        let (Event::Start(element) | Event::Empty(element)) = &event else {
            if let Event::Eof = event {
                return Ok(());
            }
            continue;
        };
        elements += 1;
        let too_much = match element.local_name().as_ref() {
            "sst" if texts => announces_too_much(element),
            "si" => {
                kept += 1;
                kept > MAX_ANNOUNCED
            }
            // Each sheet keeps the whole path of its part.
            "sheet" => {
                sheets += 1;
                sheets > MAX_SHEETS
            }
            "Relationship" => element.len() > MAX_RELATIONSHIP,
            _ => false,
        };
        if too_much || (styles && elements > MAX_STYLES) {
            return Err(Unreadable::TooHeavy);
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
