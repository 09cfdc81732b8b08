//! Carnet: writes the automatic entry that a message asks for, once.

use std::collections::BTreeMap;

use contracts::messages::Received;
use domain::carnet::{self, Author, Content, Entry};

use crate::ports::{DossierKey, Dossiers, Rows, Table, When};
use crate::step::StepError;
use crate::vault::{self, Vault};
use crate::world::World;

/// Writes the entry under a key derived from the message: written twice, it is there once.
pub(super) async fn write<W: World>(
    world: &W,
    key: DossierKey,
    received: &Received,
) -> Result<(), StepError> {
    let Ok(entry) = carnet::decide(received.dossier, &received.message, received.id, received.time) else {
        return Ok(());
    };
    // A message may come late, long after the last pass of an erasure: nothing is kept of whom nothing may be kept.
    let row = world.store().read(key).await?.ok_or(StepError::UnknownDossier)?;
    if row.tombstone().is_some() {
        return Err(StepError::Erased);
    }
    put(world, key, &entry, None).await?;
    Ok(())
}

/// Writes an entry if it is not there. `false` when it was.
pub(crate) async fn put<W: World>(
    world: &W,
    key: DossierKey,
    entry: &Entry,
    body: Option<&str>,
) -> Result<bool, StepError> {
    let sk = entry_sk(entry.id);
    let mut attributes = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        // The sort key is the identity; the instant gives the order in which entries are read.
        ("le".to_owned(), entry.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true).into()),
    ]);
    let mut set = |name: &str, value: &str| attributes.insert(name.to_owned(), value.into());
    match &entry.author {
        Author::Journey => set("auteur", "parcours"),
        Author::Agent(agent) => set("auteur", &format!("agent:{agent}")),
    };
    if let Some(body) = body {
        set("corps", body);
    }
    match &entry.content {
        Content::Orientation(target) => {
            set("nature", "orientation");
            set("parcours", target.parcours.code());
            set("organisme", target.organisme.code());
        }
        Content::Referent(placement) => {
            set("nature", "referent");
            set("referent", placement.referent.as_str());
        }
        Content::Words { heading, text } => {
            let vault = Vault::of(world, key).await?.ok_or(StepError::Erased)?;
            let sealed = vault.seal(world, Table::Carnets, &sk, "texte", text)?;
            attributes.insert("texte".to_owned(), sealed);
            attributes.insert("nature".to_owned(), "texte".into());
            attributes.insert("rubrique".to_owned(), heading.code().into());
        }
    }
    Ok(world.store().put(Table::Carnets, vault::row(key, &sk, attributes), When::Absent).await?)
}

/// Where an entry lies.
pub(crate) fn entry_sk(id: uuid::Uuid) -> String {
    format!("entree#{id}")
}
