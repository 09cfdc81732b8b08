//! `POST /v1/demandes`: an application comes in, from anybody or keyed in by a professional.

use axum::extract::State as Use;
use contracts::api::{Admission, Demande};
use engine::ports::Clock;
use engine::requests::{self, Asked};
use engine::{Professional, World};
use http::StatusCode;
use serde_json::Value;

use super::{Answer, located};
use crate::extract::{Json, Key, MaybeCaller};
use crate::problem::Problem;
use crate::router::State;

/// The person applies for themselves: no professional is behind it.
pub(crate) const PERSON: &str = "personne";

pub(crate) async fn submit<W: World>(
    Use(state): Use<State<W>>,
    MaybeCaller(caller): MaybeCaller,
    key: Key,
    json: Json,
) -> Answer {
    let demande = read(&*state.world, caller.as_ref(), &json.value)?;
    let asked: Asked = json.asked(key, None);
    let by = caller.map_or_else(|| PERSON.to_owned(), |it| format!("agent:{}", it.agent));
    let receipt = requests::submit(&*state.world, demande, &asked, &by).await?;
    // A replay answers as the first time did, to the byte.
    located(StatusCode::CREATED, &receipt.recu, &format!("/v1/dossiers/{}", receipt.recu.dossier))
}

/// Reads an application. A professional's is trusted, and stays in their territory.
pub(crate) fn read<W: World>(
    world: &W,
    caller: Option<&Professional>,
    value: &Value,
) -> Result<Demande, Problem> {
    if caller.is_some_and(|it| !it.role.orients()) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "role_insuffisant"));
    }
    let own = caller.map(|it| [it.territory]);
    let served = own.as_ref().map_or(&*world.reference().served, |own| &own[..]);
    let now = world.clock().now();
    let Some(first) = served.first() else { return Err(Problem::internal()) };
    let admission = Admission { served, trusted: caller.is_some(), today: first.local_date(now) };
    Ok(Demande::parse(value, &admission)?)
}
