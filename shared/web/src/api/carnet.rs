//! The carnet de bord: read it, add to it.

use axum::extract::{Path, State as Use};
use contracts::api::{Liste, NewEntry};
use engine::{World, requests};
use http::StatusCode;

use super::{Answer, json, located, named};
use crate::extract::{Caller, Json, Key};
use crate::router::State;

pub(crate) async fn list<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Answer {
    let entries = requests::carnet(&*state.world, &caller, named(&id)?).await?;
    json(StatusCode::OK, &Liste { elements: entries, suivant: None })
}

pub(crate) async fn add<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    json: Json,
) -> Answer {
    let dossier = named(&id)?;
    let entry = NewEntry::parse(&json.value)?;
    // An entry is added beside the others: it overwrites nothing, so it needs no revision.
    let asked = json.asked(key, None);
    let entry = requests::add_entry(&*state.world, &caller, dossier, &asked, entry).await?;
    located(StatusCode::CREATED, &entry, &format!("/v1/dossiers/{dossier}/carnet"))
}
