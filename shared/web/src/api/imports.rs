//! Files of other administrations: given, followed, settled, applied, taken back annotated.

use axum::body::Body;
use axum::extract::{Path, Request, State as Use};
use axum::response::{IntoResponse, Response};
use contracts::api::{ColonnesBody, DepotBody, ImportJson};
use engine::imports::{self, Deposit};
use engine::ports::PortError;
use engine::{Professional, World};
use futures::{Stream, StreamExt};
use http::{HeaderValue, StatusCode, Uri, header};
use serde_json::Value;

use super::gestes::today;
use super::{Answer, escaped, json, located, named};
use crate::extract::{Caller, Json, Key, Query};
use crate::problem::Problem;
use crate::router::State;

pub(crate) async fn receive<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Key(key): Key,
    uri: Uri,
    request: Request,
) -> Answer {
    let waits = request.headers().contains_key(header::EXPECT);
    let mut bytes = pieces(request.into_body());
    let received = match asked(&*state.world, &caller, &uri) {
        Ok(body) => keep(&state, &caller, &key, body, &mut bytes).await,
        Err(problem) => Err(problem),
    };
    // Who does not wait to be told to go on sends all of the file before reading why it is refused.
    if received.is_err() && !waits {
        while let Some(Ok(_)) = bytes.next().await {}
    }
    let import = received?;
    located(StatusCode::ACCEPTED, &import, &location(&import))
}

pub(crate) async fn list<W: World>(Use(state): Use<State<W>>, Caller(caller): Caller) -> Answer {
    json(StatusCode::OK, &imports::imports(&*state.world, &caller).await?)
}

pub(crate) async fn one<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    json(StatusCode::OK, &imports::import(&*state.world, &caller, named(&id)?).await?)
}

pub(crate) async fn columns<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    _key: Key,
    Json { value, .. }: Json,
) -> Answer {
    let import = settle(&state, &caller, &id, |_| value).await?;
    located(StatusCode::ACCEPTED, &import, &location(&import))
}

/// Another import, of the same file: it is the one that is answered.
pub(crate) async fn apply<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    _key: Key,
) -> Answer {
    let import = imports::apply_now(&*state.world, &caller, named(&id)?).await?;
    located(StatusCode::ACCEPTED, &import, &location(&import))
}

pub(crate) async fn annotated<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    returned(&state, &caller, &id).await
}

fn location(import: &ImportJson) -> String {
    format!("/v1/imports/{}", import.import)
}

/// What the address says of the file. Every parameter that is wrong is told at once.
fn asked<W: World>(world: &W, caller: &Professional, uri: &Uri) -> Result<DepotBody, Problem> {
    let (query, mut errors) = Query::gather(uri, DepotBody::FIELDS)?;
    match DepotBody::parse(&query.json(), today(world, caller)) {
        Ok(body) if errors.is_empty() => Ok(body),
        Ok(_) => Err(Problem::invalid(errors)),
        Err(rejected) => {
            errors.extend(rejected.errors);
            Err(Problem::invalid(errors))
        }
    }
}

/// A body as it comes: nothing of it is gathered here.
fn pieces(body: Body) -> impl Stream<Item = Result<Vec<u8>, PortError>> + Send + Unpin {
    body.into_data_stream()
        .map(|piece| piece.map(|it| it.to_vec()).map_err(|it| PortError::new("receive a file", it)))
}

/// Has a file kept, as it comes.
pub(crate) async fn keep<W, S>(
    state: &State<W>,
    caller: &Professional,
    key: &str,
    body: DepotBody,
    bytes: S,
) -> Result<ImportJson, Problem>
where
    W: World,
    S: Stream<Item = Result<Vec<u8>, PortError>> + Send + Unpin,
{
    let DepotBody { nature, source, name, dry, received_on } = body;
    let deposit = Deposit { nature, source, name, dry, received_on };
    Ok(imports::deposit(&*state.world, caller, key, deposit, bytes).await?)
}

/// Settles the columns of a list. `said` makes the body of the API, from the import as it is.
pub(crate) async fn settle<W: World>(
    state: &State<W>,
    caller: &Professional,
    id: &str,
    said: impl FnOnce(&ImportJson) -> Value,
) -> Result<ImportJson, Problem> {
    let import = imports::import(&*state.world, caller, named(id)?).await?;
    let ColonnesBody(columns) = ColonnesBody::parse(&said(&import), &import.colonnes)?;
    let import = imports::set_columns(&*state.world, caller, import.import, &columns).await?;
    // Settled before, and otherwise: what is asked now is not done.
    let done = import.colonnes.iter().all(|it| columns.get(&it.titre).is_none_or(|field| *field == it.champ));
    if done { Ok(import) } else { Err(Problem::new(StatusCode::CONFLICT, "colonnes_deja_precisees")) }
}

/// The annotated file, to be kept by whoever asks.
pub(crate) async fn returned<W: World>(state: &State<W>, caller: &Professional, id: &str) -> Answer {
    let (name, kind, bytes) = imports::returned(&*state.world, caller, named(id)?).await?;
    let disposition = format!("attachment; filename*=UTF-8''{}", escaped(&name));
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| Problem::internal())?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    Ok::<Response, Problem>((headers, bytes).into_response())
}
