//! The encodings of a file, and where its bytes are wrong.

use std::io::{BufRead, Read};

use super::*;

/// What a source gives, and where it ends or fails.
fn decoded(bytes: &[u8]) -> (String, Result<Spot, FileFault>) {
    let mut source = match Source::open(bytes) {
        Ok(source) => source,
        Err(error) => return (String::new(), Err(error.fault)),
    };
    let mut bytes = Vec::new();
    loop {
        source.new_token();
        let end = match source.fill_buf() {
            Ok([]) => Ok(source.spot()),
            Ok(some) => {
                let taken = some.len();
                bytes.extend_from_slice(some);
                source.consume(taken);
                continue;
            }
            Err(error) => {
                let fault = error.get_ref().and_then(|it| it.downcast_ref::<SourceFault>()).unwrap();
                bytes.extend_from_slice(format!("|{}", source.spot()).as_bytes());
                Err(fault.0.clone())
            }
        };
        return (String::from_utf8(bytes).unwrap(), end);
    }
}

fn declared(encoding: &str, rest: &[u8]) -> Vec<u8> {
    [format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>").as_bytes(), rest].concat()
}

#[test]
fn the_declaration_tells_the_encoding() {
    for (label, bytes, expected) in [
        ("windows-1252", b"<\xc9\x80\x9c>".as_slice(), "<É€œ>"),
        ("WINDOWS-1252", b"<\xc9>", "<É>"),
        ("ISO-8859-1", b"<\xc9\x80>", "<É€>"),
        ("iso-8859-15", b"<\xc9\xa4\xbd>", "<É€œ>"),
        ("UTF-8", "<É€>".as_bytes(), "<É€>"),
        ("utf-8", "<É€>".as_bytes(), "<É€>"),
    ] {
        let (text, end) = decoded(&declared(label, bytes));
        assert_eq!(text, expected, "{label}");
        let length = declared(label, bytes).len() as u64;
        assert_eq!(end, Ok(Spot { line: 1, byte: length }), "characters are counted as they were received");
    }
}

#[test]
fn without_a_declaration_a_file_is_in_utf_8_with_or_without_its_mark() {
    assert_eq!(decoded("<É>".as_bytes()).0, "<É>");
    assert_eq!(decoded("\u{feff}<É>".as_bytes()).0, "<É>");
    assert_eq!(decoded("\u{feff}<?xml version='1.0'?><É>".as_bytes()).0, "<É>");
    assert_eq!(decoded("\n <?xml version='1.0' encoding = 'windows-1252' ?>\n<a>".as_bytes()).0, "\n<a>");
}

#[test]
fn an_encoding_that_is_not_read_here_is_named() {
    let named = |name: &str| Err(FileFault::Encoding(Some(name.to_owned())));
    assert_eq!(decoded(&declared("Shift_JIS", b"<a>")).1, named("Shift_JIS"));
    assert_eq!(decoded(&declared("rien", b"<a>")).1, named("rien"));
    assert_eq!(decoded(b"\xff\xfe<\0a\0>\0").1, named("UTF-16"));
    assert_eq!(decoded(b"\xfe\xff\0<\0a\0>").1, named("UTF-16"));
    assert_eq!(decoded(b"<\0?\0").1, named("UTF-16"));
    assert_eq!(decoded(&declared("\u{1}", b"<a>")).1, Err(FileFault::Encoding(None)));
}

#[test]
fn a_mark_and_a_declaration_that_disagree_are_refused() {
    let marked = [b"\xef\xbb\xbf".as_slice(), &declared("windows-1252", b"<a>")].concat();
    assert_eq!(decoded(&marked).1, Err(FileFault::EncodingContradicted));
}

#[test]
fn bytes_that_mean_nothing_are_told_where_they_are() {
    let told = |bytes: &[u8]| decoded(bytes);
    assert_eq!(told(b"<a>\n\xe9</a>"), ("<a>\n|ligne 2, octet 4".to_owned(), Err(FileFault::Undecodable)));
    assert_eq!(told(b"<a>\xc3"), ("<a>|ligne 1, octet 3".to_owned(), Err(FileFault::Undecodable)));
    assert_eq!(told(b"<a>\xed\xa0\x80").1, Err(FileFault::Undecodable), "half a pair");
    assert_eq!(told(b"<a>\xc0\x80").1, Err(FileFault::Undecodable), "overlong");
}

#[test]
fn a_file_longer_than_what_is_held_is_read_whole() {
    let long = declared("windows-1252", &b"<a>\xe9\n</a>".repeat(40_000));
    let (text, end) = decoded(&long);
    assert_eq!(text, "<a>é\n</a>".repeat(40_000));
    assert_eq!(end, Ok(Spot { line: 40_001, byte: long.len() as u64 }));
    let mut read = String::new();
    let mut source = Source::open(long.as_slice()).unwrap();
    assert!(source.by_ref().take(10).read_to_string(&mut read).is_ok());
    assert_eq!(read, "<a>é\n</a>");
}
