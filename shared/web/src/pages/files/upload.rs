//! A file dropped from a browser: the fields of the form, then the file, kept as it comes.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use contracts::FieldError;
use contracts::api::{DepotBody, ImportJson};
use contracts::border::code;
use engine::ports::PortError;
use engine::{Professional, World};
use futures::StreamExt;
use http::StatusCode;
use serde_json::{Map, Value};

use super::Attempt;
use crate::api::gestes::today;
use crate::api::imports::keep;
use crate::extract::is_key;
use crate::pages::Fields;
use crate::pages::origin::{self, Silent};
use crate::problem::Problem;
use crate::router::State;

/// No field but the file is longer, in bytes.
const LONGEST: usize = 1024;
/// No form has more fields.
const MOST: usize = 20;

/// Receives the file of the form.
pub(super) async fn receive<W: World>(
    state: &State<W>,
    caller: &Professional,
    request: Request,
) -> Result<ImportJson, Attempt> {
    let refused = |problem| Attempt { fields: Fields::default(), problem };
    origin::check(request.headers(), Silent::Refused).map_err(refused)?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| refused(unreadable()))?;
    let mut fields = Vec::new();
    let file = loop {
        match form.next_field().await.map_err(|_| refused(unreadable()))? {
            Some(field) if field.name() == Some("fichier") => break Some(field),
            Some(field) if fields.len() < MOST => fields.push(text(field).await.map_err(refused)?),
            Some(_) => return Err(refused(unreadable())),
            None => break None,
        }
    };
    let fields = Fields(fields);
    match send(state, caller, &fields, file).await {
        Ok(import) => Ok(import),
        Err(problem) => Err(Attempt { fields, problem }),
    }
}

async fn send<W: World>(
    state: &State<W>,
    caller: &Professional,
    fields: &Fields,
    file: Option<Field<'_>>,
) -> Result<ImportJson, Problem> {
    let Some(mut file) = file else { return Err(Problem::invalid(vec![no_file()])) };
    let key = fields.get("cle");
    if !is_key(key) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "cle_idempotence_absente"));
    }
    let received = match body(&*state.world, caller, fields, file.file_name()) {
        Ok(body) => {
            let bytes = file
                .by_ref()
                .map(|piece| piece.map(|it| it.to_vec()).map_err(|it| PortError::new("receive a file", it)));
            keep(state, caller, key, body, bytes).await
        }
        Err(problem) => Err(problem),
    };
    if received.is_err() {
        // A browser shows no answer before it has sent all of the file.
        while let Some(Ok(_)) = file.next().await {}
    }
    received
}

/// What the form says of the file, read as the API reads it.
fn body<W: World>(
    world: &W,
    caller: &Professional,
    fields: &Fields,
    name: Option<&str>,
) -> Result<DepotBody, Problem> {
    // Some browsers give the folder too.
    let name = name.and_then(|it| it.rsplit(['/', '\\']).next()).filter(|it| !it.is_empty());
    let dry = if fields.get("a_blanc") == "oui" { "true" } else { "false" };
    let mut said = Map::from_iter([("a_blanc".to_owned(), Value::from(dry))]);
    said.insert("nom".to_owned(), name.unwrap_or("-").into());
    for field in ["nature", "source", "recu_le"] {
        if !fields.get(field).is_empty() {
            said.insert(field.to_owned(), fields.get(field).into());
        }
    }
    let read = DepotBody::parse(&Value::Object(said), today(world, caller));
    match (read, name) {
        (Ok(body), Some(_)) => Ok(body),
        (Ok(_), None) => Err(Problem::invalid(vec![no_file()])),
        (Err(rejected), name) => {
            let missing = name.is_none().then(no_file);
            let errors = rejected.errors.into_iter().map(in_a_form).chain(missing);
            Err(Problem::invalid(errors.collect()))
        }
    }
}

/// The nature is chosen, not typed: its codes mean nothing to people.
fn in_a_form(mut error: FieldError) -> FieldError {
    if error.pointer == "/nature" {
        "Choisissez la nature du fichier.".clone_into(&mut error.detail);
    }
    error
}

fn no_file() -> FieldError {
    let detail = "Choisissez le fichier à déposer.".to_owned();
    FieldError { pointer: "/fichier".to_owned(), code: code::MISSING, detail }
}

async fn text(mut field: Field<'_>) -> Result<(String, String), Problem> {
    let name = field.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST {
            return Err(unreadable());
        }
    }
    Ok((name, String::from_utf8(bytes).map_err(|_| unreadable())?))
}

fn unreadable() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "formulaire_illisible")
}
