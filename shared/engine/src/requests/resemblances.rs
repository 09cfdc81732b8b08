//! The dossiers that look like one person's with another, and those that were merged into it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use contracts::api::{RessemblanceJson, RessemblancesJson, ReunionJson};
use contracts::rows::{Corrupt, SideRow};
use domain::DossierId;
use domain::matching::Key;

use super::dossiers::visible_row;
use super::merging::{claims, other_of};
use super::{RequestError, key_of, reference};
use crate::doors::Doors;
use crate::people::Professional;
use crate::ports::{DossierKey, PortError};
use crate::recognition::{self, Known};
use crate::world::World;

/// The dossiers that look like one person's with this one, and those that were merged into it.
pub async fn resemblances<W: World>(
    world: &W,
    who: &Professional,
    id: DossierId,
) -> Result<RessemblancesJson, RequestError> {
    if !who.role.orients() {
        return Err(RequestError::Forbidden);
    }
    visible_row(world, who, id).await?;
    let key = key_of(who, id);
    let known = recognition::known(world, key).await?.ok_or(RequestError::Gone)?;
    let seekers = [Doors::listed(&known.person.row).of_values()];
    let (found, others) = recognition::look_for(world, key.territory, &seekers).await?;
    let mut elements = Vec::new();
    for (other, keys) in found.into_iter().flatten().filter(|(other, _)| *other != id) {
        let Some(it) = others.get(&other).filter(|it| it.dossier.merged_into().is_none()) else { continue };
        // Of another number of the social security: certainly somebody else.
        let nirs = (&known.person.numeros.nir, &it.person.numeros.nir);
        if !matches!(nirs, (Some(one), Some(other)) if one != other) {
            elements.push(resemblance(world, it, &keys).await?);
        }
    }
    let mut reunions = Vec::new();
    for claim in claims(world, key).await? {
        reunions.push(reunion(world, key, &claim).await?);
    }
    Ok(RessemblancesJson { elements, reunions })
}

async fn resemblance<W: World>(
    world: &W,
    known: &Known,
    keys: &BTreeSet<Key>,
) -> Result<RessemblanceJson, PortError> {
    Ok(RessemblanceJson {
        dossier: known.dossier.id.0,
        reference: reference(world, known.key).await?,
        etat: (&known.dossier.state).into(),
        prenom: known.person.identite.prenom.clone(),
        nom: known.person.identite.nom.clone(),
        par: keys.iter().map(|it| it.label().to_owned()).collect(),
    })
}

async fn reunion<W: World>(
    world: &W,
    kept: DossierKey,
    claim: &SideRow,
) -> Result<ReunionJson, RequestError> {
    let dossier = other_of(claim).ok_or(Corrupt("reunion"))?;
    let text = |name: &str| claim.attributes.get(name).and_then(|it| it.as_str()).map(str::to_owned);
    let instant = |name: &str| text(name).and_then(|it| it.parse::<DateTime<Utc>>().ok());
    Ok(ReunionJson {
        dossier: dossier.0,
        reference: reference(world, DossierKey { dossier, ..kept }).await?,
        le: instant("le").ok_or(Corrupt("reunion.le"))?,
        par: text("par").ok_or(Corrupt("reunion.par"))?,
        defaite_le: instant("defaite_le"),
        defaite_par: text("defaite_par"),
    })
}
