//! The monthly sweep, asked for by hand and looked at.

use std::collections::BTreeMap;

use contracts::Rejected;
use contracts::api::{BalayageBody, BalayageEtat, BalayageJson};
use contracts::rows::SideRow;
use domain::calendar::Month;

use super::{Asked, RequestError, digests, put_or_same};
use crate::people::Professional;
use crate::ports::{Clock, PortError, Rows, Table};
use crate::schedules::sweep;
use crate::world::World;

/// Asks for a sweep. The same month answers with the same run; the run itself follows.
pub async fn start_sweep<W: World>(
    world: &W,
    who: &Professional,
    asked: &Asked,
    body: BalayageBody,
) -> Result<BalayageJson, RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    let now = world.clock().now();
    let name = sweep::name(body.month, body.simulation);
    let known = world.store().get(Table::Balayages, who.territory.as_str(), &name).await?;
    let current = Month::of(who.territory.local_date(now));
    // A month's sweep is that month's photograph: asked for early or late, it would be another month's.
    if known.is_none() && !body.simulation && body.month != current {
        let say =
            "Le balayage d’un mois se fait pendant ce mois. Pour un autre mois, demandez une simulation.";
        return Err(RequestError::Invalid(Rejected::one("/mois", "mois_non_courant", say)));
    }
    remember(world, who, asked).await?;
    let by = format!("agent:{}", who.agent);
    let row = sweep::register(world, who.territory, body.month, body.simulation, &by).await?;
    if sweep::state(&row) != "termine" {
        sweep::ask(world, who.territory, body.month, body.simulation, &by, now).await?;
    }
    json(who, &row)
}

/// Remembers the request's key: the same key with another body is refused.
async fn remember<W: World>(world: &W, who: &Professional, asked: &Asked) -> Result<(), RequestError> {
    let territory = who.territory.as_str();
    let used = digests(world, who.territory, territory, "balayages", asked).await?;
    let attributes =
        BTreeMap::from([("v".to_owned(), 1.into()), ("corps".to_owned(), used.corps.clone().into())]);
    let row = SideRow { pk: territory.to_owned(), sk: format!("cle#{}", used.cle), attributes };
    let same = put_or_same(world, Table::Balayages, row, &used).await?;
    if same { Ok(()) } else { Err(RequestError::KeyReused) }
}

/// A run, by its name: `2026-12`, or `simulation-2026-12`.
pub async fn sweep_run<W: World>(
    world: &W,
    who: &Professional,
    id: &str,
) -> Result<BalayageJson, RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    let month = id.strip_prefix("simulation-").unwrap_or(id);
    if month.parse::<Month>().is_err() {
        return Err(RequestError::NotFound);
    }
    let row = world.store().get(Table::Balayages, who.territory.as_str(), id).await?;
    json(who, &row.ok_or(RequestError::NotFound)?)
}

fn json(who: &Professional, row: &contracts::rows::SideRow) -> Result<BalayageJson, RequestError> {
    let broken = || PortError::new("read the sweep", "the stored run cannot be read");
    let text = |name: &str| row.attributes.get(name).and_then(|it| it.as_str());
    let month = row.sk.strip_prefix("simulation-");
    let report = row.attributes.get("rapport").map(|it| serde_json::from_value(it.clone()));
    Ok(BalayageJson {
        id: row.sk.clone(),
        territoire: who.territory.as_str().to_owned(),
        mois: month.unwrap_or(&row.sk).to_owned(),
        simulation: month.is_some(),
        etat: match sweep::state(row) {
            "termine" => BalayageEtat::Termine,
            "en_cours" => BalayageEtat::EnCours,
            _ => BalayageEtat::EnAttente,
        },
        demande_le: text("demande_le").and_then(|it| it.parse().ok()).ok_or_else(broken)?,
        demande_par: text("demande_par").ok_or_else(broken)?.to_owned(),
        termine_le: text("termine_le").and_then(|it| it.parse().ok()),
        rapport: report.transpose().map_err(|_| broken())?,
    })
}
