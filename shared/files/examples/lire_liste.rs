//! Reads a list and says how fast, and in how much memory; or writes a fictional one.
//!
//! ```text
//! cargo run --release -p files --example lire_liste -- forger rdv-insertion xlsx 10000 /tmp/liste.xlsx
//! cargo run --release -p files --example lire_liste -- /tmp/liste.xlsx [/tmp/annotee.csv|.xlsx]
//! ```
#![expect(clippy::print_stdout, reason = "a tool of the command line")]

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use chrono::NaiveDate;
use files::forge_list::{self, Style};
use files::list::annotate::{CsvFile, XlsxFile};
use files::list::{List, Mapping, RowReader};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["forger", style, format, rows, path] => forge(style, format, rows.parse()?, Path::new(path)),
        [path] => read(Path::new(path), None),
        [path, annotated] => read(Path::new(path), Some(Path::new(annotated))),
        _ => {
            Err("lire_liste <liste> [<annotée>] | lire_liste forger <style> <csv|xlsx> <lignes> <fichier>"
                .into())
        }
    }
}

fn forge(style: &str, format: &str, rows: u32, path: &Path) -> Result<(), Box<dyn Error>> {
    let style = match style {
        "rdv-insertion" => Style::RdvInsertion,
        "carnet-de-bord" => Style::CarnetDeBord,
        "cnaf" => Style::CnafContact,
        "stock" => Style::Stock,
        _ => return Err("rdv-insertion, carnet-de-bord, cnaf ou stock".into()),
    };
    let out = File::create(path)?;
    match format {
        "xlsx" => forge_list::xlsx(style, rows, 1, out)?,
        _ => forge_list::csv(style, rows, 1, out)?,
    }
    Ok(())
}

enum Back {
    None,
    Csv(Box<CsvFile<File>>),
    Xlsx(Box<XlsxFile>, File),
}

fn read(path: &Path, annotated: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let list = List::open(File::open(path)?, None).map_err(|it| it.sentence())?;
    let mapping = Mapping::guess(&list.head().headings);
    let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default();
    let reader = RowReader::new(list.head(), mapping, "77".parse()?, today)
        .map_err(|it| it.iter().map(|it| it.detail.as_str()).collect::<Vec<_>>().join("\n"))?;
    let mut back = match annotated {
        None => Back::None,
        Some(path) if path.extension().is_some_and(|it| it == "xlsx") => {
            Back::Xlsx(Box::new(XlsxFile::start(list.head())?), File::create(path)?)
        }
        Some(path) => Back::Csv(Box::new(CsvFile::start(File::create(path)?, list.head())?)),
    };
    let (mut right, mut wrong) = (0_u32, 0_u32);
    for row in list {
        let row = row.map_err(|it| it.sentence())?;
        let read = reader.read(&row);
        right += u32::from(read.outcome.is_ok());
        wrong += u32::from(read.outcome.is_err());
        match &mut back {
            Back::None => {}
            Back::Csv(file) => file.write(&row, &read.remarks())?,
            Back::Xlsx(file, _) => file.write(&row, &read.remarks())?,
        }
    }
    match back {
        Back::None => {}
        Back::Csv(file) => drop(file.finish()?),
        Back::Xlsx(file, out) => file.finish(out)?,
    }
    println!(
        "{} lignes dont {wrong} fausses, {:.3} s, {}",
        right + wrong,
        start.elapsed().as_secs_f64(),
        peak()?
    );
    Ok(())
}

/// The most memory that was held at once.
fn peak() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap_or("inconnu");
    Ok(line.trim().to_owned())
}
