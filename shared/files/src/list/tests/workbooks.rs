//! Workbooks as people make them: titles, merged headings, formulas, hidden sheets.

use rust_xlsxwriter::{Format as Style, Formula, Workbook, Worksheet};

use super::*;

fn book(make: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    make(&mut book);
    book.save_to_buffer().unwrap()
}

fn write(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (number, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(number, column, *cell).unwrap();
        }
    }
}

const PEOPLE: &[&[&str]] = &[&["Nom", "Prénom", "Date de naissance"], &["Exemple", "Zoé", "25/05/1998"]];

#[test]
fn the_first_sheet_that_a_person_sees_is_read_or_that_which_is_named() {
    let bytes = book(|book| {
        book.add_worksheet().set_name("Cachée").unwrap().set_hidden(true);
        book.worksheet_from_name("Cachée").unwrap().write_string(0, 0, "Rien").unwrap();
        write(book.add_worksheet().set_name("Bénéficiaires 2026").unwrap().set_active(true), PEOPLE);
    });
    assert_eq!(read(&bytes).len(), 1);
    assert!(List::open(bytes.as_slice(), Some("beneficiaires 2026")).is_ok());
    let error = List::open(bytes.as_slice(), Some("Autre")).err().unwrap();
    assert!(error.sentence().ends_with("Il a : Cachée, Bénéficiaires 2026."), "{}", error.sentence());
}

#[test]
fn headings_merged_over_two_rows_are_read_below_their_titles() {
    let bytes = book(|book| {
        let (sheet, plain) = (book.add_worksheet(), Style::new());
        sheet.merge_range(0, 0, 0, 4, "Bénéficiaires du RSA au 1er mars", &plain).unwrap();
        sheet.merge_range(1, 0, 2, 0, "Nom", &plain).unwrap();
        sheet.merge_range(1, 1, 2, 1, "Prénom", &plain).unwrap();
        sheet.merge_range(1, 2, 2, 2, "Né le", &plain).unwrap();
        sheet.merge_range(1, 3, 1, 4, "Adresse", &plain).unwrap();
        sheet.write_string(2, 3, "CP").unwrap();
        sheet.write_string(2, 4, "Ville").unwrap();
        for (column, cell) in (0..).zip(["Exemple", "Zoé", "25/05/1998", "77000", "Melun"]) {
            sheet.write_string(3, column, cell).unwrap();
        }
    });
    let list = List::open(bytes.as_slice(), None).unwrap();
    assert_eq!(list.head().headings, ["Nom", "Prénom", "Né le", "CP", "Ville"]);
    assert_eq!((list.head().number, list.head().above.len()), (3, 2));
    assert!(matches!(&told(&bytes)[0], Told::Adult(adult) if adult.address.is_some()));
}

#[test]
fn a_formula_gives_its_saved_value_with_a_warning_and_is_never_computed() {
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        write(sheet, PEOPLE);
        sheet.write_formula(1, 0, Formula::new("=\"AUTRE\"").set_result("Exemple")).unwrap();
        sheet.write_formula(1, 1, Formula::new("=NA()").set_result("#N/A")).unwrap();
    });
    let read = read(&bytes).remove(0);
    assert_eq!(read.warnings.len(), 1);
    assert_eq!(read.outcome.unwrap_err()[0].to_string().split(" : ").next(), Some("B2 (Prénom)"));
}

#[test]
fn a_workbook_counting_from_1904_gives_the_same_dates() {
    // The writer only counts from 1900: the workbook is told otherwise afterwards.
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        write(sheet, PEOPLE);
        sheet.write_number(1, 2, 28_084).unwrap();
    });
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let text = text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
        std::io::Write::write_all(&mut out, text.as_bytes()).unwrap();
    }
    let bytes = out.finish().unwrap().into_inner();
    let Told::Adult(adult) = told(&bytes).remove(0) else { panic!("a contact") };
    assert_eq!(adult.identity.birth_date.to_string(), "1980-11-21");
}

#[test]
fn a_workbook_without_a_row_below_its_headings_is_empty() {
    for rows in [&PEOPLE[..1], &[]] {
        let bytes = book(|book| write(book.add_worksheet(), rows));
        assert!(matches!(List::open(bytes.as_slice(), None), Err(Unreadable::Empty)));
    }
}
