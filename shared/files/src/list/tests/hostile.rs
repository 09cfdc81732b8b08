//! Bytes that nobody meant to send, or that somebody did: never a panic, never more memory than was said.

use std::cell::Cell as Counter;
use std::io::{Read, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::*;

/// Reads whatever this is, as far as it goes.
fn poke(bytes: &[u8]) {
    let Ok(list) = List::open(bytes, None) else { return };
    let mapping = Mapping::guess(&list.head().headings);
    match RowReader::new(list.head(), mapping, territory(), today()) {
        Ok(reader) => list.read(&reader).filter_map(Result::ok).for_each(|it| drop(it.remarks())),
        Err(problems) => assert!(problems.iter().all(|it| !it.detail.is_empty())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        poke(&bytes);
    }

    #[test]
    fn any_text_below_headings_is_read_or_refused_without_a_panic(text in "([;\",\n\r\t ='+@0-9a-zéÉ/.E-]|\\PC){0,400}") {
        poke(format!("Nom;Prénom;Né le;NIR;Téléphone;Adresse;CP Ville;Rôle;Email\n{text}").as_bytes());
    }

    #[test]
    fn a_list_with_some_bytes_changed_is_read_or_refused_without_a_panic(
        style in prop::sample::select(&Style::ALL[..]),
        workbook in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        kept in any::<prop::sample::Index>(),
    ) {
        let mut bytes = forged(style, workbook, 12, 5);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        poke(&bytes);
        poke(&bytes[..kept.index(bytes.len())]);
    }

    #[test]
    fn the_sheet_of_a_workbook_with_some_bytes_changed_is_read_or_refused_without_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let bytes = rewritten(&forged(Style::RdvInsertion, true, 6, 5), |_, part| {
            for (at, byte) in &changes {
                let at = at.index(part.len());
                part[at] = *byte;
            }
        });
        poke(&bytes);
    }
}

/// A workbook with each of its parts changed.
fn rewritten(bytes: &[u8], change: impl Fn(&str, &mut Vec<u8>)) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut bytes) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut bytes).unwrap();
        change(&name, &mut bytes);
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn refusal(bytes: &[u8]) -> Unreadable {
    List::open(bytes, None).err().expect("a refusal")
}

#[test]
fn a_bomb_is_refused_before_it_is_opened() {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    out.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    std::io::copy(&mut std::io::repeat(b' ').take(210_000_000), &mut out).unwrap();
    let bytes = out.finish().unwrap().into_inner();
    assert!(bytes.len() < 1_000_000);
    assert!(matches!(refusal(&bytes), Unreadable::TooHeavy));

    // The same, which says that it unfolds into nothing much.
    let mut lying = bytes.clone();
    let size = 210_000_000_u32.to_le_bytes();
    let places: Vec<usize> =
        lying.windows(4).enumerate().filter(|(_, it)| *it == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        lying[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    assert!(matches!(refusal(&lying), Unreadable::TooHeavy | Unreadable::Damaged));
}

#[test]
fn a_part_folded_absurdly_tight_is_refused_even_when_it_is_not_that_heavy() {
    let heavy = rewritten(&forged(Style::Stock, true, 2, 1), |name, part| {
        if name.ends_with("app.xml") {
            part.extend(std::iter::repeat_n(b' ', 20_000_000));
        }
    });
    assert!(matches!(refusal(&heavy), Unreadable::TooHeavy));
}

#[test]
fn an_archive_of_too_many_parts_is_refused() {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..=limits::MAX_PARTS {
        out.start_file(format!("{index}"), SimpleFileOptions::default()).unwrap();
    }
    assert!(matches!(refusal(&out.finish().unwrap().into_inner()), Unreadable::TooHeavy));
}

#[test]
fn a_table_of_texts_folded_absurdly_tight_is_refused_before_it_is_held() {
    let heavy = rewritten(&forged(Style::Stock, true, 2, 1), |name, part| {
        if name.ends_with("sharedStrings.xml") {
            *part = vec![b' '; 20_000_000];
        }
    });
    assert!(matches!(refusal(&heavy), Unreadable::TooHeavy));
}

#[test]
fn a_sheet_whose_dimensions_run_backwards_is_read_or_refused_without_a_panic() {
    poke(&rewritten(&forged(Style::Stock, true, 2, 1), |name, part| {
        if name.ends_with("sheet1.xml") {
            let text = String::from_utf8(part.clone()).unwrap();
            let (start, rest) = text.split_once("<dimension ref=\"").unwrap();
            let rest = rest.split_once('"').unwrap().1;
            *part = format!("{start}<dimension ref=\"Z99:A1\"{rest}").into_bytes();
        }
    }));
}

#[test]
fn a_table_of_texts_is_is_not_believed_when_it_announces_its_length() {
    for announced in ["99999999999", "18446744073709551615", "4000000", "3000000", "x"] {
        let bytes = rewritten(&forged(Style::Stock, true, 2, 1), |name, part| {
            if name.ends_with("sharedStrings.xml") {
                let text = String::from_utf8(part.clone()).unwrap();
                let (start, rest) = text.split_once("uniqueCount=\"").unwrap();
                let rest = rest.split_once('"').unwrap().1;
                *part = format!("{start}uniqueCount=\"{announced}\"{rest}").into_bytes();
            }
        });
        assert!(matches!(refusal(&bytes), Unreadable::TooHeavy), "{announced}");
    }
}

/// A workbook whose part of this name is another.
fn with_part(name: &str, part: &str) -> Vec<u8> {
    rewritten(&forged(Style::Stock, true, 2, 1), |it, bytes| {
        if it == name {
            *bytes = part.as_bytes().to_vec();
        }
    })
}

#[test]
fn a_table_of_more_texts_than_it_announces_is_refused_before_it_is_held() {
    let texts = format!("<sst uniqueCount=\"1\">{}</sst>", "<si/>".repeat(3_000_001));
    assert!(matches!(refusal(&with_part("xl/sharedStrings.xml", &texts)), Unreadable::TooHeavy));
}

#[test]
fn a_workbook_whose_sheets_each_keep_a_long_path_is_refused_before_they_are_held() {
    let sheets = "<sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/>".repeat(1_001);
    let book = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    assert!(matches!(refusal(&with_part("xl/workbook.xml", &book)), Unreadable::TooHeavy));
    let path = "a".repeat(500_000);
    let parts = format!("<Relationships><Relationship Id=\"rId1\" Target=\"{path}\"/></Relationships>");
    assert!(matches!(refusal(&with_part("xl/_rels/workbook.xml.rels", &parts)), Unreadable::TooHeavy));
}

fn sheet_of(rows: impl Iterator<Item = String>) -> Vec<u8> {
    let rows: String = rows.collect();
    with_part("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))
}

#[test]
fn cells_that_only_stand_before_another_are_counted_with_those_that_are_held() {
    let wide = sheet_of((1..=40_000).map(|it| format!("<row r=\"{it}\"><c r=\"GR{it}\"><v>1</v></c></row>")));
    assert!(matches!(refusal(&wide), Unreadable::TooHeavy));
}

#[test]
fn a_row_that_no_sheet_has_is_a_damage() {
    for (row, read) in [(1_048_576, true), (1_048_577, false), (4_294_967_295_u32, false)] {
        let bytes = sheet_of(
            [1, row].into_iter().map(|it| format!("<row r=\"{it}\"><c r=\"A{it}\"><v>1</v></c></row>")),
        );
        assert_eq!(List::open(bytes.as_slice(), None).is_ok(), read, "{row}");
    }
}

#[test]
fn a_list_with_its_last_row_a_million_rows_below_is_given_back_in_little_room() {
    let cells =
        |row: u32| (b'A'..=b'Z').map(move |it| format!("<c r=\"{}{row}\"><v>1</v></c>", char::from(it)));
    let bytes = sheet_of([1, 1_048_576].into_iter().flat_map(cells));
    let back = annotated(&bytes, false, "");
    assert!(back.len() < 5_000_000, "{} bytes", back.len());
    assert_eq!(List::open(back.as_slice(), None).unwrap().next().unwrap().unwrap().number, 1_048_576);
}

#[test]
fn a_long_text_merged_over_many_cells_is_held_once() {
    let text = "x".repeat(100_000);
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>{text}</v></c></row>\
         <row r=\"2\"><c r=\"B2\"><v>1</v></c></row></sheetData>\
         <mergeCells><mergeCell ref=\"A1:GR1\"/></mergeCells></worksheet>"
    );
    let bytes = with_part("xl/worksheets/sheet1.xml", &sheet);
    let list = List::open(bytes.as_slice(), None).unwrap();
    assert_eq!(list.head().headings.len(), 1);
}

#[test]
fn a_heading_without_end_is_not_repeated_whole_at_every_row() {
    let heading = format!("Email ({})", "é".repeat(15_000));
    let csv = format!("Nom;Prénom;Né le;{heading}\n{}", "Exemple;Zoé;25/05/1998;non\n".repeat(5));
    let read = read(csv.as_bytes());
    assert!(
        read.iter().all(|it| it.outcome.is_err() && it.remarks().len() < 1_000),
        "{}",
        read[0].remarks().len()
    );
}

#[test]
fn a_list_in_two_bytes_per_letter_that_holds_zeros_is_given_back_as_one_that_opens() {
    let text = "\u{feff}Nom;Prénom;Né le\nExemple;Zo\0é;25/05/1998\n\0\0=1;Zoé;25/05/1998\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for workbook in [false, true] {
        let back = annotated(&bytes, workbook, "");
        let rows: Vec<Row> = List::open(back.as_slice(), None).unwrap().map(Result::unwrap).collect();
        assert_eq!((rows[0].cell(1).written(), rows[1].cell(0).written()), ("Zoé".into(), "'=1".into()));
    }
}

/// Counts what is read of an endless file.
struct Endless<'a> {
    pattern: &'static [u8],
    given: &'a Counter<usize>,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let start = self.given.get();
        for (at, byte) in buffer.iter_mut().enumerate() {
            *byte = self.pattern[(start + at) % self.pattern.len()];
        }
        self.given.set(start + buffer.len());
        Ok(buffer.len())
    }
}

#[test]
fn a_file_without_an_end_of_line_is_refused_after_little_of_it() {
    for pattern in [&b"\""[..], b"\"\"", b"a", b"\";", b"\"a", "é\"".as_bytes()] {
        let given = Counter::new(0);
        assert!(List::open(Endless { pattern, given: &given }, None).is_err());
        assert!(given.get() < 2_000_000, "{} bytes of {pattern:?}", given.get());
    }
}

#[test]
fn a_file_without_an_end_is_refused_after_its_last_row_allowed() {
    let given = Counter::new(0);
    let pattern = b"Nom;Pr\xc3\xa9nom;N\xc3\xa9 le\n";
    let list = List::open(Endless { pattern, given: &given }, None).unwrap();
    let (rows, errors): (Vec<_>, Vec<_>) = list.partition(Result::is_ok);
    assert_eq!(rows.len(), usize::try_from(limits::MAX_ROWS).unwrap());
    assert!(matches!(errors[..], [Err(Unreadable::TooManyRows)]));
}

#[test]
fn a_row_of_too_many_columns_or_a_cell_too_long_stops_the_reading() {
    let wide = format!("Nom\n{}x\n", ";".repeat(300));
    assert!(matches!(refusal(wide.as_bytes()), Unreadable::TooManyColumns { row: 2 }));
    let long = format!("Nom\n{}\n", "x".repeat(limits::MAX_CELL + 1));
    assert!(matches!(refusal(long.as_bytes()), Unreadable::LongCell { row: 2 }));
}

#[test]
fn a_list_as_wide_as_one_may_be_is_read_again_once_it_is_given_back() {
    let full = vec!["x"; limits::MAX_COLUMNS].join(";");
    let wider = format!("{full};x");
    for heading in ["Nom;Prénom", &full] {
        let bytes = format!("{heading}\n{full};\n");
        for (first, second) in [(false, false), (false, true), (true, false)] {
            let once = annotated(bytes.as_bytes(), first, "à revoir");
            let twice = annotated(&once, second, "à revoir");
            let rows: Vec<Row> = List::open(twice.as_slice(), None).unwrap().map(Result::unwrap).collect();
            assert_eq!(rows[0].cells.len(), limits::MAX_COLUMNS + 1);
        }
    }
    // The room that is left is for our column only.
    for text in [
        format!("Nom\n{wider}\n"),
        format!("{wider}\nExemple\n"),
        format!("{wider}\nNom;Prénom\nExemple;Zoé\n"),
    ] {
        assert!(matches!(refusal(text.as_bytes()), Unreadable::TooManyColumns { .. }), "{}", text.len());
    }
}
