//! The bytes of a file as characters, a little at a time: decoded as the file says, counted, and never without end.

use std::fmt;
use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, ISO_8859_15, UTF_8, WINDOWS_1252};

use super::error::{FileError, FileFault, Spot};
use super::values::shown;

/// The longest tag, text or comment, in bytes once decoded: the longest value of a flow has 50 characters.
pub const MAX_TOKEN: usize = 8 * 1024;

/// The longest household, in bytes once decoded: a real one has 3 to 20 kilobytes.
pub const MAX_BLOCK: usize = 512 * 1024;

/// How far the XML declaration may go: it is the first line of the file.
const HEAD: usize = 1024;

/// How many bytes are read at once; decoded, they become three times as many at most.
const CHUNK: usize = 32 * 1024;

/// Why nothing more can be had from a source, carried through the XML reader in an `io::Error`.
#[derive(Clone, Debug)]
pub(super) struct SourceFault(pub(super) FileFault);

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of the flow gives nothing more")
    }
}

impl std::error::Error for SourceFault {}

/// A file read as UTF-8 whatever it is written in, without its XML declaration.
pub(super) struct Source<R> {
    inner: R,
    decoder: Decoder,
    /// Whether a character of the file is a byte, so that characters are counted and not the bytes of UTF-8.
    single_byte: bool,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    raw_ended: bool,
    text: Vec<u8>,
    text_at: usize,
    text_end: usize,
    /// What is wrong after what is already decoded.
    fault: Option<FileFault>,
    ended: bool,
    token_left: usize,
    block_left: usize,
    spot: Spot,
}

impl<R: Read> Source<R> {
    /// Reads the mark and the declaration, which tell the encoding.
    pub(super) fn open(mut inner: R) -> Result<Self, FileError> {
        let start = Spot { line: 1, byte: 0 };
        let refuse = |fault| FileError { at: start, fault };
        let head = read_head(&mut inner).map_err(|it| refuse(FileFault::Interrupted(it.kind())))?;
        let (encoding, skipped) = encoding_of(&head).map_err(refuse)?;
        let mut source = Self {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            single_byte: encoding != UTF_8,
            raw_ended: false,
            raw_at: skipped,
            raw_end: head.len(),
            raw: head,
            text: vec![0; 3 * CHUNK],
            text_at: 0,
            text_end: 0,
            fault: None,
            ended: false,
            token_left: MAX_TOKEN,
            block_left: MAX_BLOCK,
            spot: start,
        };
        let skipped = &source.raw[..skipped];
        source.spot.line += lines(skipped);
        source.spot.byte += skipped.len() as u64;
        source.raw.resize(CHUNK, 0);
        Ok(source)
    }

    /// Where the reading is.
    pub(super) fn spot(&self) -> Spot {
        self.spot
    }

    /// Whether the end was met.
    pub(super) fn ended(&self) -> bool {
        self.ended && self.text_at == self.text_end
    }

    /// A new token starts: it may be as long as any.
    pub(super) fn new_token(&mut self) {
        self.token_left = MAX_TOKEN;
    }

    /// A new household starts, or one has ended.
    pub(super) fn new_block(&mut self) {
        self.block_left = MAX_BLOCK;
    }

    /// Decodes until there is a character or none is left.
    fn refill(&mut self) -> io::Result<()> {
        self.text_at = 0;
        self.text_end = 0;
        while self.text_end == 0 && !self.ended {
            if let Some(fault) = &self.fault {
                return Err(io::Error::other(SourceFault(fault.clone())));
            }
            if self.raw_at == self.raw_end && !self.raw_ended {
                self.read_raw()?;
            }
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                &self.raw[self.raw_at..self.raw_end],
                &mut self.text,
                self.raw_ended,
            );
            self.raw_at += read;
            self.text_end = written;
            match result {
                DecoderResult::InputEmpty => self.ended = self.raw_ended,
                DecoderResult::OutputFull => {}
                // What comes before is read first, so that the fault is told where it is.
                DecoderResult::Malformed(_, _) => self.fault = Some(FileFault::Undecodable),
            }
        }
        Ok(())
    }

    fn read_raw(&mut self) -> io::Result<()> {
        self.raw_at = 0;
        self.raw_end = 0;
        self.raw_end = retried(|| self.inner.read(&mut self.raw))?;
        self.raw_ended = self.raw_end == 0;
        Ok(())
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let taken = available.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&available[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.text_at == self.text_end {
            self.refill()?;
        }
        let left = self.text_end - self.text_at;
        let allowed = left.min(self.token_left).min(self.block_left);
        if left > 0 && allowed == 0 {
            let fault = if self.token_left == 0 { FileFault::EndlessToken } else { FileFault::EndlessBlock };
            return Err(io::Error::other(SourceFault(fault)));
        }
        Ok(&self.text[self.text_at..self.text_at + allowed])
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.text_at + amount).min(self.text_end);
        let taken = &self.text[self.text_at..end];
        self.spot.line += lines(taken);
        self.spot.byte += if self.single_byte { characters(taken) } else { taken.len() as u64 };
        self.token_left = self.token_left.saturating_sub(taken.len());
        self.block_left = self.block_left.saturating_sub(taken.len());
        self.text_at = end;
    }
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|it| u64::from(*it == b'\n')).sum()
}

/// How many characters these bytes of UTF-8 start.
fn characters(bytes: &[u8]) -> u64 {
    bytes.iter().map(|it| u64::from(it & 0xc0 != 0x80)).sum()
}

fn retried(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// The first bytes, as many as a declaration may take.
fn read_head(inner: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    inner.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The encoding: that of the declaration, else that of the mark, else UTF-8; and where what follows the declaration
/// starts.
fn encoding_of(head: &[u8]) -> Result<(&'static Encoding, usize), FileFault> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if head.is_empty() {
        return Err(FileFault::Empty);
    }
    if matches!(head, [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, b'<', ..] | [b'<', 0, ..]) {
        return Err(FileFault::Encoding(Some("UTF-16".to_owned())));
    }
    let marked = head.starts_with(MARK);
    let mark = if marked { MARK.len() } else { 0 };
    let blank = head[mark..].iter().take_while(|it| it.is_ascii_whitespace()).count();
    let start = mark + blank;
    if !head[start..].starts_with(b"<?xml") {
        return if head[start..].starts_with(b"<") { Ok((UTF_8, mark)) } else { Err(FileFault::NotXml) };
    }
    let Some(length) = head[start..].windows(2).position(|it| it == b"?>") else {
        return Err(if head.len() < HEAD { FileFault::Truncated } else { FileFault::IllFormed });
    };
    let encoding = match label(&head[start..start + length]) {
        None => UTF_8,
        Some(label) => known(label)?,
    };
    if marked && encoding != UTF_8 {
        return Err(FileFault::EncodingContradicted);
    }
    Ok((encoding, start + length + 2))
}

/// The name of the encoding in a declaration.
fn label(declaration: &[u8]) -> Option<&[u8]> {
    const WORD: &[u8] = b"encoding";
    let word = declaration.windows(WORD.len()).position(|it| it == WORD)?;
    let rest = declaration[word + WORD.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = rest.iter().position(|it| it == quote)?;
    Some(&rest[..end])
}

/// The encodings that the flows are written in. ISO-8859-1 is read as windows-1252, of which it is a part: files that
/// say the one hold the other’s quotes and ligatures.
fn known(label: &[u8]) -> Result<&'static Encoding, FileFault> {
    Encoding::for_label(label)
        .filter(|it| [UTF_8, WINDOWS_1252, ISO_8859_15].contains(it))
        .ok_or_else(|| FileFault::Encoding(str::from_utf8(label).ok().and_then(shown).map(str::to_owned)))
}

#[cfg(test)]
mod tests;
