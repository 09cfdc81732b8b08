//! What a professional does to a dossier: confirm the right, close an emergency, sign, change the référent, merge, erase.

use axum::extract::State as Use;
use chrono::NaiveDate;
use contracts::api::{
    ChangeReferent, DroitBody, EffacementBody, NouvelleDroit, ReunionBody, SignatureBody, UrgenceBody,
};
use engine::ports::Clock;
use engine::requests::{self, Shown};
use engine::{Professional, World};
use http::StatusCode;

use super::{Answer, json, tagged};
use crate::extract::Gesture;
use crate::router::State;

pub(crate) async fn confirm_right<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let DroitBody(right) = DroitBody::parse(&body, today(&*state.world, &caller))?;
    show(&requests::confirm_right(&*state.world, &caller, dossier, &asked, right).await?)
}

pub(crate) async fn tell_right<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let NouvelleDroit(said) = NouvelleDroit::parse(&body, today(&*state.world, &caller))?;
    show(&requests::tell_right(&*state.world, &caller, dossier, &asked, said).await?)
}

pub(crate) async fn close_emergency<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    UrgenceBody::parse(&body)?;
    show(&requests::close_emergency(&*state.world, &caller, dossier, &asked).await?)
}

pub(crate) async fn sign<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let signature = SignatureBody::parse(&body, today(&*state.world, &caller))?;
    show(&requests::sign(&*state.world, &caller, dossier, &asked, signature).await?)
}

pub(crate) async fn change_referent<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let change = ChangeReferent::parse(&body)?;
    show(&requests::change_referent(&*state.world, &caller, dossier, &asked, change).await?)
}

pub(crate) async fn merge<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let kept = ReunionBody::parse(&body)?.with;
    show(&requests::merge(&*state.world, &caller, dossier, &asked, kept).await?)
}

pub(crate) async fn part<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let kept = ReunionBody::parse(&body)?.with;
    show(&requests::part(&*state.world, &caller, dossier, &asked, kept).await?)
}

pub(crate) async fn erase<W: World>(Use(state): Use<State<W>>, gesture: Gesture) -> Answer {
    let Gesture { caller, dossier, asked, body } = gesture;
    let motive = EffacementBody::parse(&body)?;
    json(StatusCode::OK, &requests::erase(&*state.world, &caller, dossier, &asked, motive).await?)
}

/// The day it is where the professional works.
pub(crate) fn today<W: World>(world: &W, who: &Professional) -> NaiveDate {
    who.territory.local_date(world.clock().now())
}

fn show(shown: &Shown) -> Answer {
    tagged(StatusCode::OK, &shown.json, shown.etag)
}
