//! Imports as professionals see them, and what they may do with one: settle its columns, apply it after a dry run, take
//! the annotated file.

use std::collections::BTreeMap;

use contracts::Rejected;
use contracts::api::{AvancementJson, ImportEtat, ImportJson, Liste};
use uuid::Uuid;

use super::deposit::ask_to_read;
use super::reader::{RETURNED, applied};
use super::store::{Import, load, rows};
use crate::people::Professional;
use crate::requests::RequestError;
use crate::world::World;

/// An import.
pub async fn import<W: World>(world: &W, who: &Professional, id: Uuid) -> Result<ImportJson, RequestError> {
    json(world, &seen(world, who, id).await?).await
}

/// The imports of the territory, the latest first. They are kept for a year.
pub async fn imports<W: World>(world: &W, who: &Professional) -> Result<Liste<ImportJson>, RequestError> {
    allowed(who)?;
    let mut found = Vec::new();
    for row in rows(world, who.territory).await? {
        found.push(Import::of(world, who.territory, &row).await?);
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.row.le));
    let mut elements = Vec::with_capacity(found.len());
    for import in &found {
        elements.push(json(world, import).await?);
    }
    Ok(Liste { elements, suivant: None })
}

/// Settles what the columns of a list are read as: heading → field, or nothing. The file is then read.
pub async fn set_columns<W: World>(
    world: &W,
    who: &Professional,
    id: Uuid,
    columns: &BTreeMap<String, Option<String>>,
) -> Result<ImportJson, RequestError> {
    let mut import = seen(world, who, id).await?;
    if import.row.etat == ImportEtat::APreciser {
        for column in &mut import.row.colonnes {
            if let Some(field) = columns.get(&column.titre) {
                column.champ.clone_from(field);
            }
        }
        import.row.etat = ImportEtat::Recu;
        import.private.motif = None;
        if !import.save(world).await? {
            return Err(RequestError::Stale { etag: 0 });
        }
    }
    if import.row.etat == ImportEtat::Recu {
        ask_to_read(world, &import).await?;
    }
    json(world, &import).await
}

/// Applies an import whose dry run is over: the same file, read again, written this time.
pub async fn apply_now<W: World>(
    world: &W,
    who: &Professional,
    id: Uuid,
) -> Result<ImportJson, RequestError> {
    let dry = seen(world, who, id).await?;
    if !dry.row.a_blanc {
        return json(world, &dry).await;
    }
    if dry.row.etat != ImportEtat::Termine {
        let detail = "Attendez la fin de l’essai à blanc avant d’appliquer le fichier.";
        return Err(RequestError::Invalid(Rejected::one("/import", "essai_en_cours", detail)));
    }
    if dry.row.fichier_supprime {
        let detail = "Le fichier de cet essai a été supprimé : donnez-le de nouveau.";
        return Err(RequestError::Invalid(Rejected::one("/import", "fichier_supprime", detail)));
    }
    let mut row = dry.row.clone();
    row.id = Uuid::new_v5(&dry.row.id, b"appliquer");
    row.a_blanc = false;
    row.etat = ImportEtat::Recu;
    (row.bilan, row.tranches, row.lignes) = (None, 0, 0);
    row.par = format!("agent:{}", who.agent);
    let mut import = Import::new(who.territory, row, dry.private.clone());
    import.row.copie_de = Some(dry.row.id);
    if !import.save(world).await? {
        import = load(world, who.territory, import.row.id).await?.ok_or(RequestError::NotFound)?;
    }
    if import.row.etat == ImportEtat::Recu {
        ask_to_read(world, &import).await?;
    }
    json(world, &import).await
}

/// The annotated file: its name, its media type, its bytes.
pub async fn returned<W: World>(
    world: &W,
    who: &Professional,
    id: Uuid,
) -> Result<(String, &'static str, Vec<u8>), RequestError> {
    let import = seen(world, who, id).await?;
    // Not asked of the documents: where there is none, some stores answer that one may not look.
    if !import.row.annote {
        return Err(RequestError::NotFound);
    }
    let bytes = import.get(world, RETURNED).await?.ok_or(RequestError::NotFound)?;
    // A workbook is a zip; anything else that we give back is a CSV.
    let (extension, kind) = if bytes.starts_with(b"PK") {
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    } else {
        ("csv", "text/csv; charset=utf-8; header=present")
    };
    let stem = import.private.nom.rsplit_once('.').map_or(import.private.nom.as_str(), |it| it.0);
    Ok((format!("{stem}-annote.{extension}"), kind, bytes))
}

async fn seen<W: World>(world: &W, who: &Professional, id: Uuid) -> Result<Import, RequestError> {
    allowed(who)?;
    load(world, who.territory, id).await?.ok_or(RequestError::NotFound)
}

/// Files name people: whoever handles them handles orientations.
fn allowed(who: &Professional) -> Result<(), RequestError> {
    if who.role.orients() { Ok(()) } else { Err(RequestError::Forbidden) }
}

/// An import as it is shown.
pub(super) async fn json<W: World>(world: &W, import: &Import) -> Result<ImportJson, RequestError> {
    let row = &import.row;
    let fait = match row.etat {
        ImportEtat::EnCours => applied(world, import).await?.0,
        ImportEtat::Recu | ImportEtat::APreciser | ImportEtat::Refuse | ImportEtat::Termine => row.tranches,
    };
    Ok(ImportJson {
        import: row.id,
        etat: row.etat,
        nature: row.nature,
        source: row.source.clone(),
        nom: import.private.nom.clone(),
        empreinte: row.empreinte.clone(),
        par: row.par.clone(),
        le: row.le,
        recu_le: row.recu_le,
        a_blanc: row.a_blanc,
        avancement: AvancementJson { fait, total: row.tranches },
        bilan: row.bilan,
        motif: motive(import),
        colonnes: row.colonnes.clone(),
        fichier_annote: row.etat == ImportEtat::Termine && row.annote,
    })
}

/// Why the whole of it is refused.
fn motive(import: &Import) -> Option<String> {
    let deleted = import.row.etat == ImportEtat::Refuse && import.row.fichier_supprime;
    let unread = || "Le fichier a été supprimé avant d’être lu : donnez-le de nouveau.".to_owned();
    import.private.motif.clone().or_else(|| deleted.then(unread))
}
