//! A folder of files that are wrong, each with what is told of it beside.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::sample::read;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/flow");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == "xml"))
        .collect();
    found.sort();
    found
}

/// Everything that people are told of a file.
fn told(bytes: &[u8]) -> String {
    let mut text = String::new();
    match read(bytes) {
        Err(error) => writeln!(text, "{}", error.sentence()).unwrap(),
        Ok(all) => {
            for one in all {
                writeln!(text, "Foyer {} ({})", one.place.ordinal, one.place.spot).unwrap();
                match one.outcome {
                    Ok(household) => {
                        for it in household.warnings {
                            writeln!(text, "  à vérifier, {} [{}] : {}", it.path, it.code, it.detail)
                                .unwrap();
                        }
                    }
                    Err(refusals) => {
                        for it in refusals {
                            writeln!(text, "  refusé, {} [{}] : {}", it.path, it.code, it.detail).unwrap();
                        }
                    }
                }
            }
        }
    }
    text
}

#[test]
fn each_wrong_file_is_told_as_its_golden_says() {
    let files = files();
    assert!(files.len() >= 10, "{}", files.len());
    for path in files {
        let found = told(&std::fs::read(&path).unwrap());
        let golden = path.with_extension("txt");
        let expected = std::fs::read_to_string(&golden).unwrap();
        assert_eq!(found, expected, "{}", path.display());
    }
}
