//! Bad lists, kept as they came, each beside what is told of it in French.

use std::fmt::Write;
use std::path::PathBuf;

use super::*;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "corpus", "list"].iter().collect()
}

fn files() -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path());
    let mut files: Vec<PathBuf> = all.filter(|it| it.extension().is_some_and(|it| it != "attendu")).collect();
    files.sort();
    files
}

/// Everything that is told of a list.
fn report(bytes: &[u8]) -> String {
    let mut report = String::new();
    let list = match List::open(bytes, None) {
        Ok(list) => list,
        Err(error) => return format!("refusé : {}\n", error.sentence()),
    };
    match list.format() {
        Format::Csv { encoding, separator } => {
            writeln!(report, "CSV, {encoding}, « {} »", separator.escape_default())
        }
        Format::Xlsx => writeln!(report, "classeur"),
    }
    .unwrap();
    let mapping = Mapping::guess(&list.head().headings);
    for column in mapping.unknown() {
        writeln!(report, "inconnu : {}", mapping.named(column)).unwrap();
    }
    let reader = match RowReader::new(list.head(), mapping, territory(), today()) {
        Ok(reader) => reader,
        Err(problems) => {
            for it in &problems {
                writeln!(report, "{} : {}", it.code, it.detail).unwrap();
            }
            return report;
        }
    };
    for row in list.read(&reader) {
        match row {
            Ok(row) if row.remarks().is_empty() => writeln!(report, "{} : juste", row.number),
            Ok(row) => writeln!(
                report,
                "{} : {} : {}",
                row.number,
                if row.outcome.is_ok() { "lu" } else { "faux" },
                row.remarks()
            ),
            Err(error) => writeln!(report, "arrêt : {}", error.sentence()),
        }
        .unwrap();
    }
    report
}

#[test]
fn what_is_told_of_each_bad_list_is_what_was_agreed() {
    let files = files();
    assert!(files.len() >= 12);
    for file in files {
        let expected = std::fs::read_to_string(file.with_added_extension("attendu")).unwrap_or_default();
        assert_eq!(report(&std::fs::read(&file).unwrap()), expected, "{}", file.display());
    }
}

#[test]
#[ignore = "writes what the other test compares with: to be read before it is kept"]
fn write_what_is_told() {
    for file in files() {
        std::fs::write(file.with_added_extension("attendu"), report(&std::fs::read(&file).unwrap())).unwrap();
    }
}
