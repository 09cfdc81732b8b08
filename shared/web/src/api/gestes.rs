//! What a professional does to a dossier: confirm the right, close an emergency, sign, change the référent, erase.

use axum::extract::{Path, State as Use};
use chrono::NaiveDate;
use contracts::api::{ChangeReferent, DroitBody, EffacementBody, NouvelleDroit, SignatureBody, UrgenceBody};
use engine::ports::Clock;
use engine::requests::{self, Shown};
use engine::{Professional, World};
use http::StatusCode;

use super::{Answer, json, named, tagged};
use crate::extract::{Caller, Json, Key, Revision};
use crate::router::State;

pub(crate) async fn confirm_right<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    read: Revision,
    json: Json,
) -> Answer {
    let id = named(&id)?;
    let DroitBody(right) = DroitBody::parse(&json.value, today(&*state.world, &caller))?;
    let asked = json.asked(key, Some(read));
    show(&requests::confirm_right(&*state.world, &caller, id, &asked, right).await?)
}

pub(crate) async fn tell_right<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    read: Revision,
    json: Json,
) -> Answer {
    let id = named(&id)?;
    let news = NouvelleDroit::parse(&json.value, today(&*state.world, &caller))?;
    let asked = json.asked(key, Some(read));
    show(&requests::tell_right(&*state.world, &caller, id, &asked, news).await?)
}

pub(crate) async fn close_emergency<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    read: Revision,
    json: Json,
) -> Answer {
    let id = named(&id)?;
    UrgenceBody::parse(&json.value)?;
    let asked = json.asked(key, Some(read));
    show(&requests::close_emergency(&*state.world, &caller, id, &asked).await?)
}

pub(crate) async fn sign<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    read: Revision,
    json: Json,
) -> Answer {
    let id = named(&id)?;
    let signature = SignatureBody::parse(&json.value, today(&*state.world, &caller))?;
    let asked = json.asked(key, Some(read));
    show(&requests::sign(&*state.world, &caller, id, &asked, signature).await?)
}

pub(crate) async fn change_referent<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    read: Revision,
    json: Json,
) -> Answer {
    let id = named(&id)?;
    let change = ChangeReferent::parse(&json.value)?;
    let asked = json.asked(key, Some(read));
    show(&requests::change_referent(&*state.world, &caller, id, &asked, change).await?)
}

pub(crate) async fn erase<W: World>(
    Use(state): Use<State<W>>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    key: Key,
    read: Revision,
    body: Json,
) -> Answer {
    let id = named(&id)?;
    let motive = EffacementBody::parse(&body.value)?;
    let asked = body.asked(key, Some(read));
    json(StatusCode::OK, &requests::erase(&*state.world, &caller, id, &asked, motive).await?)
}

/// The day it is where the professional works.
pub(crate) fn today<W: World>(world: &W, who: &Professional) -> NaiveDate {
    who.territory.local_date(world.clock().now())
}

fn show(shown: &Shown) -> Answer {
    tagged(StatusCode::OK, &shown.json, shown.etag)
}
