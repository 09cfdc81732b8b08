//! Writes the first inputs of each fuzzed program: files that are right, and those that the tests keep.
//!
//! ```text
//! cargo run --example graines -- <dossier>
//! ```

use std::error::Error;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use files::flow::Kind;
use files::forge::{Charset, Options};
use files::forge_list::Style;
use fouille::workbook::{BETWEEN, PARTS};

type Failed = Box<dyn Error>;

fn main() -> Result<(), Failed> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("graines <dossier>")?);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/files");
    flows(&folder, &kept)?;
    lists(&folder, &kept)
}

fn write(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> Result<(), Failed> {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)?;
    Ok(())
}

fn flows(folder: &Path, kept: &Path) -> Result<(), Failed> {
    let first = Options::first("2026-10-31".parse()?);
    for charset in [Charset::Windows1252, Charset::Latin1, Charset::Latin9, Charset::Utf8] {
        for seed in 0..3 {
            let options = Options { charset, month: u32::try_from(seed)? * 5, ..first };
            let bytes = fouille::flow::forged(2, seed, Kind::Monthly, &options);
            write(folder, "flux", &format!("forge-{charset:?}-{seed}"), &bytes)?;
        }
    }
    // What an organism says of those who apply, which the forge does not write.
    let household = fs::read_to_string(kept.join("src/flow/tests/demande.xml"))?;
    let header =
        "<APPLIEME>FIC</APPLIEME><NUMVERSIONAPPLIEME>0001</NUMVERSIONAPPLIEME><TYPEFLUX>I</TYPEFLUX>";
    let when = "<DTCREAFLUX>2026-11-02</DTCREAFLUX><HEUCREAFLUX>03:00:17.52</HEUCREAFLUX>";
    for nature in ["I", "R"] {
        let flow = format!(
            "<Racine><IdentificationFlux>{header}<NATFLUX>{nature}</NATFLUX>{when}</IdentificationFlux>{household}\
             <TransmissionFlux><NBTOTDOSRSATRANSM>1</NBTOTDOSRSATRANSM></TransmissionFlux></Racine>"
        );
        write(folder, "flux", &format!("demande-{nature}"), flow.as_bytes())?;
    }
    for (name, bytes) in files_of(&kept.join("corpus/flow"), &["xml"])? {
        write(folder, "flux", &name, &bytes)?;
    }
    Ok(())
}

fn lists(folder: &Path, kept: &Path) -> Result<(), Failed> {
    for style in Style::ALL {
        let name = format!("forge-{style:?}");
        write(folder, "liste_csv", &name, &fouille::list::forged(style, false, 6, 1))?;
        let book = fouille::list::forged(style, true, 6, 1);
        write(folder, "liste_xlsx", &name, &book)?;
        write(folder, "liste_xlsx_parties", &name, &parts(&book)?)?;
    }
    for (name, bytes) in files_of(&kept.join("corpus/list"), &["csv", "txt", "xls"])? {
        write(folder, "liste_csv", &name, &bytes)?;
    }
    for (name, bytes) in files_of(&kept.join("corpus/list"), &["xlsx"])? {
        write(folder, "liste_xlsx", &name, &bytes)?;
        if let Ok(parts) = parts(&bytes) {
            write(folder, "liste_xlsx_parties", &name, &parts)?;
        }
    }
    Ok(())
}

/// The parts of a workbook, as the program that folds them takes them.
fn parts(book: &[u8]) -> Result<Vec<u8>, Failed> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book))?;
    let mut all = Vec::new();
    for (index, (name, _)) in PARTS.iter().enumerate() {
        if index > 0 {
            all.push(BETWEEN);
        }
        if let Ok(mut part) = archive.by_name(name) {
            part.read_to_end(&mut all)?;
        }
    }
    Ok(all)
}

fn files_of(folder: &Path, endings: &[&str]) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| endings.iter().any(|ending| it == *ending)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            found.push((name, fs::read(&path)?));
        }
    }
    Ok(found)
}
