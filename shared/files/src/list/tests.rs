//! Whole lists: read, refused, given back and read again.

use std::io::Cursor;

use chrono::NaiveDate;
use domain::Territory;
use proptest::prelude::*;

use super::annotate::{CsvFile, XlsxFile};
use super::*;
use crate::forge_list::{self, Style};

mod corpus;
mod hostile;
mod rows;
mod workbooks;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()
}

fn territory() -> Territory {
    "77".parse().unwrap()
}

/// Reads a list as its headings are guessed.
fn read(bytes: &[u8]) -> Vec<RowRead> {
    let list = List::open(bytes, None).unwrap();
    let mapping = Mapping::guess(&list.head().headings);
    let reader = RowReader::new(list.head(), mapping, territory(), today()).unwrap();
    list.read(&reader).map(Result::unwrap).collect()
}

/// What the rows of a list tell, when all are right.
fn told(bytes: &[u8]) -> Vec<Told> {
    let right = |it: RowRead| it.outcome.unwrap_or_else(|errors| panic!("{}", errors[0]));
    read(bytes).into_iter().map(right).collect()
}

fn forged(style: Style, workbook: bool, rows: u32, seed: u64) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    if workbook {
        forge_list::xlsx(style, rows, seed, &mut bytes).unwrap();
    } else {
        forge_list::csv(style, rows, seed, &mut bytes).unwrap();
    }
    bytes.into_inner()
}

fn annotated(bytes: &[u8], workbook: bool, remarks: &str) -> Vec<u8> {
    let list = List::open(bytes, None).unwrap();
    let mut out = Cursor::new(Vec::new());
    if workbook {
        let mut file = XlsxFile::start(list.head()).unwrap();
        list.for_each(|row| file.write(&row.unwrap(), remarks).unwrap());
        file.finish(&mut out).unwrap();
    } else {
        let mut file = CsvFile::start(&mut out, list.head()).unwrap();
        list.for_each(|row| file.write(&row.unwrap(), remarks).unwrap());
        file.finish().unwrap();
    }
    out.into_inner()
}

#[test]
fn a_generated_list_is_read_back_entirely() {
    for style in Style::ALL {
        let expected: Vec<Told> = forge_list::told(style, 120, 7).collect();
        for workbook in [false, true] {
            assert!(told(&forged(style, workbook, 120, 7)) == expected, "{style:?}, workbook: {workbook}");
        }
    }
}

#[test]
fn a_list_given_back_is_read_as_the_same_people_however_often() {
    for style in Style::ALL {
        let expected: Vec<Told> = forge_list::told(style, 40, 3).collect();
        for (from, to) in [(false, false), (false, true), (true, false), (true, true)] {
            let once = annotated(&forged(style, from, 40, 3), to, "D12 : À corriger.");
            let twice = annotated(&once, !to, "");
            assert!(told(&once) == expected && told(&twice) == expected, "{style:?} {from} {to}");
            let widths =
                [&once, &twice].map(|it| List::open(it.as_slice(), None).unwrap().head().headings.len());
            assert_eq!(widths[0], widths[1]);
        }
    }
}

/// What makes a cell hard to give back as it came.
fn hard_cell() -> impl Strategy<Value = String> {
    const PIECES: [&str; 16] =
        ["=", "+", "-", "@", "'", "\"", ";", ",", "\t", "\n", "\r", " ", "é", "’", "1", "rue"];
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..6).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_generated_list_is_read_back_entirely(
        style in prop::sample::select(&Style::ALL[..]), workbook in any::<bool>(), seed in any::<u64>(),
    ) {
        let expected: Vec<Told> = forge_list::told(style, 8, seed).collect();
        prop_assert!(told(&forged(style, workbook, 8, seed)) == expected);
    }

    #[test]
    fn a_row_that_is_right_stays_so_when_its_list_is_given_back(
        rows in prop::collection::vec((hard_cell(), hard_cell(), hard_cell()), 1..8), workbook in any::<bool>(),
    ) {
        let mut csv = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        csv.write_record(["Nom", "Prénom", "Né le", "Adresse", "CP", "Ville", "Téléphone", "Identifiant interne"]).unwrap();
        for (street, blanks, id) in &rows {
            let phone = format!("+33639980001{}", blanks.replace(|it: char| it.is_alphanumeric(), ""));
            let row = ["Exemple", "Zoé", "25/05/1998", street, "77000", "Melun", &phone, id];
            csv.write_record(row).unwrap();
        }
        let csv = csv.into_inner().unwrap();
        let back = annotated(&csv, workbook, "À vérifier.");
        for (row, again) in read(&csv).iter().zip(read(&back)) {
            prop_assert_eq!(row.number, again.number);
            if let Ok(told) = &row.outcome {
                prop_assert!(again.outcome.as_ref() == Ok(told), "row {}", row.number);
            }
        }
    }
}

#[test]
fn a_workbook_given_back_has_texts_only_and_its_headings_stay_in_sight() {
    let csv = "Nom;Prénom;Né le;Note\nExemple;Zoé;25/05/1998;=1+1\n";
    let back = annotated(csv.as_bytes(), true, "Non.");
    let mut archive = zip::ZipArchive::new(Cursor::new(back.as_slice())).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(
        !sheet.contains("<f>") && sheet.contains("frozen") && sheet.contains("<autoFilter ref=\"A1:E2\""),
        "{sheet}"
    );
    let rows: Vec<Row> = List::open(back.as_slice(), None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[0].cell(3).written(), "'=1+1");
    assert_eq!(rows[0].cell(4).written(), "Non.");
}

#[test]
fn the_same_seed_writes_the_same_list_and_another_seed_another() {
    let csv = |seed| forged(Style::CarnetDeBord, false, 20, seed);
    assert!(csv(1) == csv(1) && csv(1) != csv(2));
}

#[test]
fn a_csv_given_back_opens_in_a_spreadsheet_and_holds_no_formula() {
    let csv = "Nom;Prénom;Date de naissance;Téléphone;Note\n\
               Exemple;Zoé;25/05/1998;+33639980001;=1+1\n\n@Nom;Zoé;25/05/1998;;-3\n";
    let back = String::from_utf8(annotated(csv.as_bytes(), false, "Non.")).unwrap();
    assert_eq!(
        back,
        "\u{feff}Nom;Prénom;Date de naissance;Téléphone;Note;erreur\r\n\
         Exemple;Zoé;25/05/1998;06 39 98 00 01;'=1+1;Non.\r\n\"\"\r\n'@Nom;Zoé;25/05/1998;;'-3;Non.\r\n"
    );
}

#[test]
fn a_list_given_back_keeps_the_numbers_of_its_rows_and_what_is_above_its_headings() {
    let csv = "Liste au 1er mars\n\nNom;Prénom;Né le\nExemple;Zoé;25/05/1998\n\n\nExemple;Ana;31/02/1998\n";
    for workbook in [false, true] {
        let numbers = |bytes: &[u8]| -> Vec<u32> { read(bytes).iter().map(|it| it.number).collect() };
        let back = annotated(csv.as_bytes(), workbook, "Non.");
        assert_eq!(numbers(csv.as_bytes()), [4, 7]);
        assert_eq!(numbers(&back), [4, 7]);
        let list = List::open(back.as_slice(), None).unwrap();
        assert_eq!(list.head().above[0].cell(0).written(), "Liste au 1er mars");
        assert_eq!(list.head().headings, ["Nom", "Prénom", "Né le", "erreur"]);
    }
}
