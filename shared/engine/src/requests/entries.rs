//! The carnet, read and added to.

use contracts::api::{AuteurJson, AuteurNature, EntreeJson, EntreeNature, NewEntry, RubriqueCode};
use contracts::codes::{OrganismeCode, ParcoursCode};
use contracts::rows::SideRow;
use domain::DossierId;
use domain::carnet::{Author, Content, Entry};
use uuid::Uuid;

use super::dossiers::visible_row;
use super::{Asked, RequestError, key_of, used_key};
use crate::people::Professional;
use crate::ports::{Clock, DossierKey, PortError, Rows, Table};
use crate::steps::{entry_sk, put_entry};
use crate::vault::Vault;
use crate::world::World;

/// The entries of a carnet, oldest first.
pub async fn carnet<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
) -> Result<Vec<EntreeJson>, RequestError> {
    visible_row(world, who, dossier).await?;
    let key = key_of(who, dossier);
    let vault = Vault::of(world, key).await?.ok_or(RequestError::Gone)?;
    let rows = world.store().query_all(Table::Carnets, &key.pk(), "entree#").await?;
    let mut entries = rows.iter().map(|row| read(&vault, row)).collect::<Result<Vec<EntreeJson>, _>>()?;
    // What one write caused happened at one instant: an orientation comes before the référent that it led to.
    let rank = |it: &EntreeJson| match it.nature {
        EntreeNature::Orientation => 0,
        EntreeNature::Referent => 1,
        EntreeNature::Texte => 2,
    };
    entries.sort_by(|a, b| a.le.cmp(&b.le).then_with(|| rank(a).cmp(&rank(b))).then_with(|| a.id.cmp(&b.id)));
    Ok(entries)
}

/// Adds an entry, once for each idempotency key.
pub async fn add_entry<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    new: NewEntry,
) -> Result<EntreeJson, RequestError> {
    let follows = match visible_row(world, who, dossier).await {
        Ok(_) => true,
        Err(RequestError::NotFound) => false,
        Err(refusal) => return Err(refusal),
    };
    let key = key_of(who, dossier);
    let used = used_key(world, key, "carnet", asked).await?;
    let id = dossier.derive(&format!("carnet/{}", used.cle));
    if !follows {
        // Somebody who wrote, and no longer follows the person, asks again for want of an answer: it is written.
        return written_by(world, who, key, id, &used.corps).await?.ok_or(RequestError::NotFound);
    }
    let entry = Entry {
        id,
        at: world.clock().now(),
        author: Author::Agent(who.agent.clone()),
        content: Content::Words { heading: new.heading, text: new.text },
    };
    let added = put_entry(world, key, &entry, Some(&used.corps)).await?;
    let sk = entry_sk(entry.id);
    let row = world.store().get(Table::Carnets, &key.pk(), &sk).await?.ok_or(RequestError::Gone)?;
    if !added && text(&row, "corps") != Some(&used.corps) {
        return Err(RequestError::KeyReused);
    }
    let vault = Vault::of(world, key).await?.ok_or(RequestError::Gone)?;
    Ok(read(&vault, &row)?)
}

/// The entry of this id, when this professional wrote it by the same request.
async fn written_by<W: World>(
    world: &W,
    who: &Professional,
    key: DossierKey,
    id: Uuid,
    body: &str,
) -> Result<Option<EntreeJson>, RequestError> {
    let row = world.store().get(Table::Carnets, &key.pk(), &entry_sk(id)).await?;
    let author = format!("agent:{}", who.agent);
    let theirs = |it: &SideRow| text(it, "auteur") == Some(&author) && text(it, "corps") == Some(body);
    let (Some(row), Some(vault)) = (row.filter(theirs), Vault::of(world, key).await?) else {
        return Ok(None);
    };
    Ok(Some(read(&vault, &row)?))
}

fn read(vault: &Vault, row: &SideRow) -> Result<EntreeJson, PortError> {
    let broken = || PortError::new("read an entry", "the stored entry cannot be read");
    let agent = text(row, "auteur").ok_or_else(broken)?.strip_prefix("agent:");
    let nature = match text(row, "nature") {
        Some("orientation") => EntreeNature::Orientation,
        Some("referent") => EntreeNature::Referent,
        Some("texte") => EntreeNature::Texte,
        Some(_) | None => return Err(broken()),
    };
    Ok(EntreeJson {
        id: row.sk.strip_prefix("entree#").and_then(|it| it.parse().ok()).ok_or_else(broken)?,
        le: text(row, "le").and_then(|it| it.parse().ok()).ok_or_else(broken)?,
        auteur: AuteurJson {
            nature: if agent.is_some() { AuteurNature::Agent } else { AuteurNature::Parcours },
            agent: agent.map(str::to_owned),
        },
        nature,
        rubrique: text(row, "rubrique").and_then(RubriqueCode::from_code),
        texte: vault.open(Table::Carnets, row, "texte")?,
        parcours: text(row, "parcours").and_then(ParcoursCode::from_code),
        organisme: text(row, "organisme").and_then(OrganismeCode::from_code),
        referent: text(row, "referent").map(str::to_owned),
    })
}

fn text<'a>(row: &'a SideRow, name: &str) -> Option<&'a str> {
    row.attributes.get(name).and_then(|it| it.as_str())
}
