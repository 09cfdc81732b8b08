//! The XML of a file as what matters of it: an element opens, words, an element closes. Nothing is endless here.

use std::borrow::Cow;
use std::io::Read;

use quick_xml::Error;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::error::{FileError, FileFault, Spot};
use super::source::{Source, SourceFault};

/// The deepest nesting: a flow has seven levels.
pub const MAX_DEPTH: usize = 16;

/// One piece of a file.
pub(super) enum Token<'a> {
    /// An element opens.
    Open(Tag<'a>),
    /// Words, or a part of them.
    Words(Cow<'a, str>),
    /// One character of words, that was written by its number or its name.
    Letter(char),
    /// The last element opened closes.
    Close,
    /// A comment or an instruction to a program: nothing for us.
    Aside,
    /// The file ends, every element closed.
    End,
}

/// A tag that opens an element. What it says besides its name means nothing in a flow.
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    pub(super) fn name(&self) -> &str {
        self.0.name().0
    }
}

/// The pieces of a file, one after the other.
pub(super) struct Tokens<R> {
    reader: Reader<Source<R>>,
    buffer: Vec<u8>,
    depth: usize,
    /// Where the last piece starts.
    start: Spot,
}

impl<R: Read> Tokens<R> {
    pub(super) fn open(inner: R) -> Result<Self, FileError> {
        let mut reader = Reader::from_reader(Source::open(inner)?);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, buffer: Vec::new(), depth: 0, start: Spot::default() })
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Token<'_>, FileError> {
        self.buffer.clear();
        self.start = self.reader.get_ref().spot();
        self.reader.get_mut().new_token();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => {
                let source = self.reader.get_ref();
                return Err(FileError { at: source.spot(), fault: fault_of(&error, source.ended()) });
            }
        };
        let refuse = |fault| Err(FileError { at: self.start, fault });
        match event {
            Event::Start(_) if self.depth == MAX_DEPTH => refuse(FileFault::TooDeep),
            Event::Start(tag) => {
                self.depth += 1;
                Ok(Token::Open(Tag(tag)))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Token::Close)
            }
            Event::Text(text) => Ok(Token::Words(text.into_inner())),
            Event::CData(text) => Ok(Token::Words(text.into_inner())),
            Event::GeneralRef(reference) => {
                letter(&reference).map_or_else(|| refuse(FileFault::IllFormed), |it| Ok(Token::Letter(it)))
            }
            Event::Comment(_) | Event::PI(_) => Ok(Token::Aside),
            Event::DocType(_) => refuse(FileFault::Doctype),
            Event::Eof if self.depth > 0 => refuse(FileFault::Truncated),
            Event::Eof => Ok(Token::End),
            // The first declaration is the source’s, and another one is the start of another file; an empty element was
            // expanded into a start and an end.
            Event::Decl(_) | Event::Empty(_) => refuse(FileFault::IllFormed),
        }
    }

    /// Where the last piece starts.
    pub(super) fn start(&self) -> Spot {
        self.start
    }

    /// A new household starts, or one has ended: it may be as long as any.
    pub(super) fn new_block(&mut self) {
        self.reader.get_mut().new_block();
    }
}

/// The character that a reference stands for: the five names that XML knows, or a number.
fn letter(reference: &BytesRef<'_>) -> Option<char> {
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

/// Why the reading of XML failed. What is left open at the end of the file was cut.
fn fault_of(error: &Error, at_end: bool) -> FileFault {
    match error {
        Error::Io(cause) => cause
            .get_ref()
            .and_then(|it| it.downcast_ref::<SourceFault>())
            .map_or_else(|| FileFault::Interrupted(cause.kind()), |it| it.0.clone()),
        Error::Syntax(_) | Error::IllFormed(_) if at_end => FileFault::Truncated,
        Error::Syntax(_)
        | Error::IllFormed(_)
        | Error::InvalidAttr(_)
        | Error::Encoding(_)
        | Error::Escape(_)
        | Error::Namespace(_) => FileFault::IllFormed,
    }
}

#[cfg(test)]
mod tests;
