//! `spie importer`: a file is given to the running process, followed to its end, and taken back annotated.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use ureq::Agent;

use crate::cli::{Ending, Importer};

/// Between two looks at how far the import is.
const PAUSE: Duration = Duration::from_millis(300);
/// The longest wait for one answer: a file of hundreds of megabytes takes its time.
const LONGEST: Duration = Duration::from_mins(30);

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
    /// No answer.
    #[error("rien ne répond à cette adresse ; infra/local/up démarre le parcours")]
    Silent(#[source] ureq::Error),
    /// A refusal.
    #[error("{0}")]
    Refused(String),
    /// An answer of another shape.
    #[error("la réponse n'a pas la forme attendue")]
    Shape,
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
        return Err(ImportError::Refused(why.to_owned()));
    }
    let counts = import.get("bilan").ok_or(ImportError::Shape)?;
    let annotated =
        if import["fichier_annote"] == true { Some(client.take_back(options, import)?) } else { None };
    let mut line = json!({ "fichier_annote": annotated });
    for name in ["lignes", "crees", "mis_a_jour", "inchanges", "refuses"] {
        line[name] = counts[name].clone();
    }
    let _ = writeln!(std::io::stdout(), "{line}");
    Ok(if number(counts, "/refuses") == 0 { Ending::Done } else { Ending::Partial })
}

struct Client {
    agent: Agent,
    address: String,
    token: String,
}

impl Client {
    fn new(options: &Importer) -> Result<Self, ImportError> {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(LONGEST)).build();
        let agent: Agent = config.into();
        let address = options.url.trim_end_matches('/').to_owned();
        let token = match &options.jeton {
            Some(token) => token.clone(),
            None => local_token(&agent, &address, options.territoire.as_str())?,
        };
        Ok(Self { agent, address, token })
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
            .agent
            .post(format!("{}/v1/imports", self.address))
            .query("nature", nature)
            .query("nom", &name)
            .query("a_blanc", options.a_blanc.to_string())
            .header("authorization", format!("Bearer {}", self.token))
            .header("idempotency-key", key()?)
            .header("content-type", "application/octet-stream");
        if let Some(source) = &options.source {
            request = request.query("source", source);
        }
        answer(request.send(file))
    }

    fn get(&self, path: &str) -> Result<Value, ImportError> {
        let request = self.agent.get(format!("{}{path}", self.address));
        answer(request.header("authorization", format!("Bearer {}", self.token)).call())
    }

    /// Writes the annotated file beside the one that was given; says where.
    fn take_back(&self, options: &Importer, import: &Value) -> Result<PathBuf, ImportError> {
        let url = format!("{}/v1/imports/{}/fichier", self.address, text(import, "import")?);
        let request = self.agent.get(url).header("authorization", format!("Bearer {}", self.token));
        let mut response = request.call().map_err(ImportError::Silent)?;
        if response.status() != 200 {
            return Err(ImportError::Refused("le fichier annoté n'est pas disponible".to_owned()));
        }
        let mut bytes = Vec::new();
        let mut reader = response.body_mut().as_reader();
        reader.read_to_end(&mut bytes).map_err(|_| ImportError::Shape)?;
        let extension = if bytes.starts_with(b"PK") { "xlsx" } else { "csv" };
        let path = annotated_name(&options.fichier, extension);
        std::fs::write(&path, bytes).map_err(|it| ImportError::File(path.clone(), it))?;
        Ok(path)
    }
}

/// A token of the local mode, for whoever heads the territory.
fn local_token(agent: &Agent, address: &str, territory: &str) -> Result<String, ImportError> {
    let body = json!({ "role": "responsable", "territoire": territory }).to_string();
    let request = agent.post(format!("{address}/dev/jetons")).header("content-type", "application/json");
    let token = answer(request.send(body));
    if let Err(ImportError::Refused(_)) = token {
        let why = "ce parcours demande un jeton : donnez-le par SPIE_JETON";
        return Err(ImportError::Refused(why.to_owned()));
    }
    text(&token?, "jeton").map(str::to_owned)
}

/// Reads an answer; a refusal says everything that is wrong.
fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, ImportError> {
    let mut response = response.map_err(ImportError::Silent)?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(ImportError::Silent)?;
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    let mut why: Vec<&str> = errors.filter_map(|it| it["detail"].as_str()).collect();
    if why.is_empty() {
        why.extend(body["detail"].as_str().or(body["title"].as_str()));
    }
    Err(ImportError::Refused(format!("refusé ({status}) : {}", why.join(" "))))
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
    value.get(name).and_then(Value::as_str).ok_or(ImportError::Shape)
}

fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}
