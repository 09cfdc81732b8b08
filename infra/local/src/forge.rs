//! `spie generer-flux`: fictional files of any size, to try and to measure.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate, Utc};
use files::flow::Kind;
use files::forge::{self, Options};
use files::forge_list::{self, Style};
use serde_json::json;

use crate::cli::{Ending, Forge, ForgeKind};

/// Why a file was not written, as people read it.
#[derive(Debug, thiserror::Error)]
#[error("le fichier {0} ne s'écrit pas")]
pub struct ForgeError(PathBuf, #[source] std::io::Error);

/// Writes a fictional file and says what it holds, a line of JSON.
pub fn run(options: &Forge) -> Result<Ending, ForgeError> {
    let path = options.sortie.clone().unwrap_or_else(|| PathBuf::from(options.nature.default_name()));
    let held = write(options, &path).map_err(|it| ForgeError(path.clone(), it))?;
    let mut line = json!({ "fichier": path, "graine": options.graine });
    if let (Some(line), Some(held)) = (line.as_object_mut(), held.as_object()) {
        line.extend(held.clone());
    }
    let _ = writeln!(std::io::stdout(), "{line}");
    Ok(Ending::Done)
}

fn write(options: &Forge, path: &Path) -> std::io::Result<serde_json::Value> {
    let mut out = BufWriter::new(File::create(path)?);
    let style = match options.nature {
        ForgeKind::Mensuel | ForgeKind::Quotidien | ForgeKind::Reprise => {
            let kind = match options.nature {
                ForgeKind::Quotidien => Kind::Daily,
                ForgeKind::Reprise => Kind::TakeOver,
                ForgeKind::Mensuel | ForgeKind::Liste | ForgeKind::Contacts | ForgeKind::Stock => {
                    Kind::Monthly
                }
            };
            let made = Options { month: options.mois, ..Options::first(first_day()) };
            let held =
                forge::flow(options.territoire, options.foyers, options.graine, kind, &mut out, &made)?;
            out.flush()?;
            return Ok(
                json!({ "foyers": held.households, "adultes": held.adults, "enfants": held.children }),
            );
        }
        ForgeKind::Liste => Style::RdvInsertion,
        ForgeKind::Contacts => Style::CnafContact,
        ForgeKind::Stock => Style::Stock,
    };
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx")) {
        forge_list::xlsx(style, options.foyers, options.graine, file).map_err(std::io::Error::other)?;
    } else {
        forge_list::csv(style, options.foyers, options.graine, file)?;
    }
    Ok(json!({ "lignes": options.foyers }))
}

/// The first flow describes the first day of this month.
#[expect(clippy::disallowed_methods, reason = "a tool of the command line: the real day")]
fn first_day() -> NaiveDate {
    let today = Utc::now().date_naive();
    today.with_day(1).unwrap_or(today)
}
