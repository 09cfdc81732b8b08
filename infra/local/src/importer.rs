//! `spie importer`: a file is given to the running process, followed to its end, and taken back annotated.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::cli::{Ending, Importer};
use crate::running::{Running, RunningError, answer};

/// Between two looks at how far the import is.
const PAUSE: Duration = Duration::from_millis(300);

/// Why a file does not open, in French; what the system says of anything else.
fn why(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let known = [
        (ErrorKind::NotFound, "il n'existe pas"),
        (ErrorKind::PermissionDenied, "vous n'en avez pas le droit"),
        (ErrorKind::IsADirectory, "c'est un dossier"),
    ];
    let said = known.iter().find(|it| it.0 == error.kind());
    said.map_or_else(|| error.to_string(), |it| it.1.to_owned())
}

/// Why a file was not imported, as people read it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file.
    #[error("le fichier {0} ne s'ouvre pas : {why}", why = why(.1))]
    File(PathBuf, std::io::Error),
    /// The running process.
    #[error(transparent)]
    Running(#[from] RunningError),
    /// Chance failed.
    #[error("le système ne donne pas de hasard")]
    Chance,
}

/// Imports a file; tells how far it is, then what became of its lines as the last line of the output.
pub fn run(options: &Importer) -> Result<Ending, ImportError> {
    let client = Client::new(options)?;
    let given = client.give(options)?;
    let id = text(&given, "import")?.to_owned();
    let bar = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} parties  reste {eta}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let mut told = u64::MAX;
    let import = loop {
        let import = client.get(&format!("/v1/imports/{id}"))?;
        let (done, all) = (number(&import, "/avancement/fait"), number(&import, "/avancement/total"));
        match &bar {
            Some(bar) => {
                bar.set_length(all);
                bar.set_position(done);
            }
            // For programs: a line each time that ten more parts are done, about a thousand lines.
            None if all > 0 && done / 10 != told => {
                told = done / 10;
                let _ = writeln!(std::io::stderr(), "{}", json!({ "fait": done, "total": all }));
            }
            None => {}
        }
        if !matches!(text(&import, "etat")?, "recu" | "en_cours") {
            break import;
        }
        sleep(PAUSE);
    };
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    end(&client, options, &import)
}

/// Takes the annotated file back and says what became of the lines.
fn end(client: &Client, options: &Importer, import: &Value) -> Result<Ending, ImportError> {
    if text(import, "etat")? != "termine" {
        let why = import.get("motif").and_then(Value::as_str).unwrap_or("le fichier est refusé");
        return Err(refused(why));
    }
    let counts = import.get("bilan").ok_or(RunningError::Shape)?;
    let annotated =
        if import["fichier_annote"] == true { Some(client.take_back(options, import)?) } else { None };
    let mut line = json!({ "fichier_annote": annotated });
    for name in ["lignes", "crees", "mis_a_jour", "inchanges", "refuses"] {
        line[name] = counts[name].clone();
    }
    let _ = writeln!(std::io::stdout(), "{line}");
    Ok(if number(counts, "/refuses") == 0 { Ending::Done } else { Ending::Partial })
}

struct Client(Running);

impl Client {
    fn new(options: &Importer) -> Result<Self, ImportError> {
        Ok(Self(Running::new(&options.url, options.jeton.as_ref(), options.territoire)?))
    }

    fn give(&self, options: &Importer) -> Result<Value, ImportError> {
        let path = &options.fichier;
        let opened = |it| ImportError::File(path.clone(), it);
        let mut file = File::open(path).map_err(opened)?;
        let nature = match options.nature {
            Some(nature) => nature.code(),
            None => guessed(&mut file).map_err(opened)?,
        };
        let file = File::open(path).map_err(opened)?;
        let name = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        let mut request = self
            .0
            .agent
            .post(format!("{}/v1/imports", self.0.address))
            .query("nature", nature)
            .query("nom", &name)
            .query("a_blanc", options.a_blanc.to_string())
            .header("authorization", self.0.authorization())
            .header("idempotency-key", key()?)
            .header("content-type", "application/octet-stream");
        if let Some(source) = &options.source {
            request = request.query("source", source);
        }
        Ok(answer(request.send(file))?)
    }

    fn get(&self, path: &str) -> Result<Value, ImportError> {
        Ok(answer(self.0.get(path).call())?)
    }

    /// Writes the annotated file beside the one that was given; says where.
    fn take_back(&self, options: &Importer, import: &Value) -> Result<PathBuf, ImportError> {
        let path = format!("/v1/imports/{}/fichier", text(import, "import")?);
        let mut response = self.0.get(&path).call().map_err(RunningError::Silent)?;
        if response.status() != 200 {
            return Err(refused("le fichier annoté n'est pas disponible"));
        }
        let mut bytes = Vec::new();
        let mut reader = response.body_mut().as_reader();
        reader.read_to_end(&mut bytes).map_err(|_| RunningError::Shape)?;
        let extension = if bytes.starts_with(b"PK") { "xlsx" } else { "csv" };
        let path = annotated_name(&options.fichier, extension);
        std::fs::write(&path, bytes).map_err(|it| ImportError::File(path.clone(), it))?;
        Ok(path)
    }
}

/// A flow is XML: its first sign that is not a blank is `<`.
fn guessed(file: &mut File) -> std::io::Result<&'static str> {
    let mut start = [0; 64];
    let read = file.read(&mut start)?;
    let bytes = start[..read].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start[..read]);
    Ok(if bytes.trim_ascii_start().starts_with(b"<") { "flux" } else { "liste" })
}

fn annotated_name(file: &Path, extension: &str) -> PathBuf {
    let stem = file.file_stem().map_or_else(|| "fichier".into(), |it| it.to_string_lossy().into_owned());
    file.with_file_name(format!("{stem}-annote.{extension}"))
}

/// Each run is a request of its own; what is said again within it is the same.
fn key() -> Result<String, ImportError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| ImportError::Chance)?;
    Ok(uuid::Uuid::from_bytes(bytes).to_string())
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, ImportError> {
    value.get(name).and_then(Value::as_str).ok_or(RunningError::Shape.into())
}

fn refused(why: &str) -> ImportError {
    RunningError::Refused(why.to_owned()).into()
}

fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}
