//! Bytes of a text file, of whatever encoding, given back as UTF-8 a piece at a time.
//!
//! A mark at the start says which. Otherwise the first piece that is not plain ASCII decides: UTF-8 when it can be,
//! else what the detector makes of French; nothing is read ahead of that piece. A byte that makes no sense becomes
//! U+FFFD, and the cell that holds it is refused when it is read.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at a time, and those that decide of the encoding.
const PIECE: usize = 128 * 1024;

/// A reader of text.
pub(super) struct Decoded<R> {
    bytes: R,
    piece: Vec<u8>,
    started: bool,
    ended: bool,
    decoder: Option<Decoder>,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(bytes: R) -> Self {
        Self { bytes, piece: Vec::with_capacity(PIECE), started: false, ended: false, decoder: None }
    }

    /// The name of the encoding, once something has told it.
    pub(super) fn encoding(&self) -> &'static str {
        self.decoder.as_ref().map_or(UTF_8, Decoder::encoding).name()
    }

    /// Adds the next piece of text; `false` when there is no more.
    pub(super) fn more(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.piece.clear();
        self.bytes.by_ref().take(PIECE as u64).read_to_end(&mut self.piece)?;
        self.ended = self.piece.len() < PIECE;
        let skipped = if self.started { 0 } else { self.start() };
        self.started = true;
        let piece = self.piece.get(skipped..).unwrap_or_default();
        if self.decoder.is_none() && !piece.is_ascii() {
            self.decoder = Some(encoding_of(piece).new_decoder_without_bom_handling());
        }
        match &mut self.decoder {
            None => text.extend_from_slice(piece),
            Some(decoder) => decode(decoder, piece, self.ended, text),
        }
        Ok(true)
    }

    /// Reads the mark at the start, and says how long it is.
    fn start(&mut self) -> usize {
        match Encoding::for_bom(&self.piece) {
            Some((encoding, mark)) => {
                self.decoder = Some(encoding.new_decoder_without_bom_handling());
                mark
            }
            None => 0,
        }
    }
}

/// Whether the file starts as a text in two bytes per character, which holds zeros and is no binary.
pub(super) fn is_utf_16(start: &[u8]) -> bool {
    Encoding::for_bom(start).is_some_and(|(it, _)| it == UTF_16LE || it == UTF_16BE)
}

fn encoding_of(piece: &[u8]) -> &'static Encoding {
    let cut_short = |it: std::str::Utf8Error| it.error_len().is_none();
    if str::from_utf8(piece).err().is_none_or(cut_short) {
        return UTF_8;
    }
    // Two files put end to end may differ: what is mostly UTF-8 is UTF-8, with letters that cannot be read.
    let (mut letters, mut faults) = (0, 0);
    for chunk in piece.utf8_chunks() {
        letters += chunk.valid().chars().filter(|it| !it.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    if letters >= faults {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(piece, true);
    let guess = detector.guess(Some(b"fr"), Utf8Detection::Deny);
    // A list of a French administration in two bytes per letter is one that the detector misread.
    if guess.is_single_byte() { guess } else { WINDOWS_1252 }
}

fn decode(decoder: &mut Decoder, mut piece: &[u8], last: bool, text: &mut Vec<u8>) {
    loop {
        let needed = decoder.max_utf8_buffer_length(piece.len()).unwrap_or(piece.len() * 3 + 16);
        let start = text.len();
        text.resize(start + needed, 0);
        let room = text.get_mut(start..).unwrap_or_default();
        let (_, read, written, _) = decoder.decode_to_utf8(piece, room, last);
        text.truncate(start + written);
        piece = piece.get(read..).unwrap_or_default();
        if piece.is_empty() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, &'static str) {
        let (mut reader, mut text) = (Decoded::new(bytes), Vec::new());
        while reader.more(&mut text).unwrap() {}
        (String::from_utf8(text).unwrap(), reader.encoding())
    }

    #[test]
    fn a_mark_at_the_start_says_the_encoding_and_is_no_text() {
        assert_eq!(decoded("\u{feff}Prénom".as_bytes()), ("Prénom".to_owned(), "UTF-8"));
        let wide: Vec<u8> = "\u{feff}Prénom".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&wide), ("Prénom".to_owned(), "UTF-16LE"));
    }

    #[test]
    fn without_a_mark_it_is_utf_8_when_it_can_be_and_french_windows_otherwise() {
        assert_eq!(decoded("Prénom".as_bytes()), ("Prénom".to_owned(), "UTF-8"));
        let (bytes, _, _) = WINDOWS_1252.encode("Prénom;Élise;L’Haÿ-les-Roses;Cœur");
        assert_eq!(decoded(&bytes), ("Prénom;Élise;L’Haÿ-les-Roses;Cœur".to_owned(), "windows-1252"));
        assert_eq!(decoded(b"Nom"), ("Nom".to_owned(), "UTF-8"));
        assert_eq!(decoded(b""), (String::new(), "UTF-8"));
    }

    #[test]
    fn what_is_mostly_utf_8_is_utf_8_with_letters_that_cannot_be_read() {
        let bytes = ["Prénom;Élise\n".as_bytes(), b"Fran\xe7ois"].concat();
        assert_eq!(decoded(&bytes), ("Prénom;Élise\nFran\u{fffd}ois".to_owned(), "UTF-8"));
    }

    #[test]
    fn an_accent_far_from_the_start_still_decides() {
        let mut bytes = b"Nom;Ville\r\n".repeat(30_000);
        bytes.extend_from_slice(b"Zo\xe9;Melun");
        let (text, encoding) = decoded(&bytes);
        assert!(text.ends_with("Zoé;Melun"));
        assert_eq!(encoding, "windows-1252");
    }

    #[test]
    fn a_letter_cut_between_two_pieces_is_whole() {
        let bytes = [vec![b'a'; 10], "é".as_bytes().to_vec(), vec![b'a'; PIECE - 13], "é".into()].concat();
        let (text, encoding) = decoded(&bytes);
        assert!(text.ends_with("aé") && encoding == "UTF-8");
    }

    #[test]
    fn a_byte_that_makes_no_sense_is_marked() {
        let bytes = [vec![b'a'; PIECE], "é".into(), vec![b'a'; PIECE], vec![0xe9, b'b']].concat();
        assert!(decoded(&bytes).0.ends_with("a\u{fffd}b"));
    }
}
