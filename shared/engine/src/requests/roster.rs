//! The roster of référents and the delegations of signature.

use std::collections::BTreeMap;

use contracts::api::{AbsenceJson, DelegationBody, DelegationJson, ReferentBody, ReferentJson};
use contracts::codes::ParcoursCode;
use contracts::rows::{AbsenceRow, ReferentRow, SideRow};
use domain::delegation::Delegation;
use domain::{AgentId, ReferentId};

use super::RequestError;
use super::writes::{delegation_sk, read_delegation};
use crate::people::Professional;
use crate::ports::{Dossiers, Rows, Table, When};
use crate::world::World;

/// Every référent of the territory, by identifier.
pub async fn referents<W: World>(world: &W, who: &Professional) -> Result<Vec<ReferentJson>, RequestError> {
    let mut rows = world.store().roster(who.territory).await?;
    rows.sort_by(|a, b| a.sk.cmp(&b.sk));
    Ok(rows.iter().map(referent_json).collect())
}

/// One référent, and the `ETag` of the record.
pub async fn referent<W: World>(
    world: &W,
    who: &Professional,
    id: &ReferentId,
) -> Result<(ReferentJson, u64), RequestError> {
    let row = world.store().referent(who.territory, id).await?.ok_or(RequestError::NotFound)?;
    Ok((referent_json(&row), row.revision))
}

/// Creates or changes a référent's record. A change needs the `ETag` that was seen. `true` when it was created.
pub async fn put_referent<W: World>(
    world: &W,
    who: &Professional,
    id: &ReferentId,
    if_match: Option<u64>,
    body: ReferentBody,
) -> Result<(ReferentJson, bool), RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    let known = world.store().referent(who.territory, id).await?;
    let expected = match (&known, if_match) {
        (None, None) => None,
        (None, Some(_)) => return Err(RequestError::NotFound),
        (Some(row), _) if same(row, &body) => return Ok((referent_json(row), false)),
        (Some(_), None) => return Err(RequestError::MissingIfMatch),
        (Some(row), Some(etag)) if row.revision == etag => Some(etag),
        (Some(row), Some(_)) => return Err(RequestError::Stale { etag: row.revision }),
    };
    let row = ReferentRow {
        pk: who.territory.as_str().to_owned(),
        sk: id.to_string(),
        revision: expected.unwrap_or(0) + 1,
        actifs: known.as_ref().map_or(0, |it| it.actifs),
        ..record(body)
    };
    if world.store().put_referent(&row, expected).await? {
        return Ok((referent_json(&row), expected.is_none()));
    }
    let current = world.store().referent(who.territory, id).await?.ok_or(RequestError::NotFound)?;
    Err(RequestError::Stale { etag: current.revision })
}

/// A retry of the same request finds its own work done.
fn same(row: &ReferentRow, body: &ReferentBody) -> bool {
    let asked = record(body.clone());
    *row == ReferentRow {
        pk: row.pk.clone(),
        sk: row.sk.clone(),
        revision: row.revision,
        actifs: row.actifs,
        ..asked
    }
}

fn record(body: ReferentBody) -> ReferentRow {
    ReferentRow {
        pk: String::new(),
        sk: String::new(),
        v: 1,
        revision: 0,
        nom: body.name,
        structure: body.structure,
        telephone: body.phone.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        adresse: body.address.unwrap_or_default(),
        organisme: body.organisme.into(),
        capacite: body.capacity,
        actifs: 0,
        parcours: body.parcours.into_iter().map(Into::into).collect(),
        communes: body.communes.iter().map(ToString::to_string).collect(),
        absences: body.absences.into_iter().map(|(du, au)| AbsenceRow { du, au }).collect(),
    }
}

/// Every delegation of the territory, by agent.
pub async fn delegations<W: World>(
    world: &W,
    who: &Professional,
) -> Result<Vec<DelegationJson>, RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    let rows = world.store().query_all(Table::Cadres, who.territory.as_str(), "delegation#").await?;
    rows.iter().map(|row| Ok(delegation_json(&read_delegation(row)?))).collect()
}

/// Writes an agent's delegation of signature. Writing the same again changes nothing.
pub async fn put_delegation<W: World>(
    world: &W,
    who: &Professional,
    agent: &AgentId,
    body: DelegationBody,
) -> Result<DelegationJson, RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    let mut attributes = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        ("nom".to_owned(), body.name.into()),
        ("qualite".to_owned(), body.quality.into()),
        ("acte".to_owned(), body.act.into()),
        ("du".to_owned(), body.from.to_string().into()),
        ("par".to_owned(), who.agent.as_str().into()),
        ("parcours".to_owned(), body.scope.iter().map(|it| it.code()).collect::<Vec<_>>().into()),
    ]);
    if let Some(until) = body.until {
        attributes.insert("au".to_owned(), until.to_string().into());
    }
    let row = SideRow { pk: who.territory.as_str().to_owned(), sk: delegation_sk(agent), attributes };
    world.store().put(Table::Cadres, row.clone(), When::Always).await?;
    Ok(delegation_json(&read_delegation(&row)?))
}

fn referent_json(row: &ReferentRow) -> ReferentJson {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    ReferentJson {
        id: row.sk.clone(),
        nom: row.nom.clone(),
        structure: row.structure.clone(),
        telephone: said(&row.telephone),
        adresse: said(&row.adresse),
        organisme: row.organisme,
        capacite: row.capacite,
        actifs: row.actifs,
        parcours: row.parcours.clone(),
        communes: row.communes.clone(),
        absences: row.absences.iter().map(|it| AbsenceJson { du: it.du, au: it.au }).collect(),
        revision: row.revision,
    }
}

fn delegation_json(it: &Delegation) -> DelegationJson {
    DelegationJson {
        agent: it.agent.to_string(),
        nom: it.name.clone(),
        qualite: it.quality.clone(),
        acte: it.act.clone(),
        du: it.from,
        au: it.until,
        parcours: it.scope.iter().map(|it| ParcoursCode::from(*it)).collect(),
    }
}
