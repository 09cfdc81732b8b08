//! How dossiers look: built from the row, the frame and the roster, always the same from the same facts.

use contracts::api::{DossierResume, HorlogeJson, Liste};
use contracts::rows::{DossierRow, NoDossier};
use contracts::sealed::IdentiteV1;
use domain::{ReferentId, clock, clocks};
use futures::future::try_join_all;

use super::dossiers::page;
use super::{Filter, RequestError, Shown};
use crate::people::Professional;
use crate::ports::{Clock, DossierKey, Dossiers, PageAsk, Table};
use crate::requests::json;
use crate::requests::reference;
use crate::vault::Vault;
use crate::world::World;

/// How many sealed identities are opened at once.
const AT_ONCE: usize = 16;

/// One dossier as it is shown.
pub(super) async fn shown<W: World>(world: &W, row: &DossierRow) -> Result<Shown, RequestError> {
    let dossier = row.dossier()?;
    let key = DossierKey { territory: dossier.territory, dossier: dossier.id };
    let referent = match dossier.state.place() {
        Some(place) => world.store().referent(dossier.territory, &place.referent).await?,
        None => None,
    };
    let today = dossier.territory.local_date(world.clock().now());
    let clocks = clocks::of(&dossier, &world.reference().frame_of(&dossier));
    let clocks = clocks.iter().map(|it| HorlogeJson::of(it, today)).collect();
    let reference = reference(world, key).await?;
    let name = referent.as_ref().map(|it| it.nom.as_str());
    Ok(Shown { json: json::dossier(&dossier, reference, name, clocks, row.etag), etag: row.etag })
}

/// A page of the index, over several states one after the other.
pub(super) async fn file<W: World>(
    world: &W,
    who: &Professional,
    states: &[&'static str],
    filter: &Filter,
) -> Result<Liste<DossierResume>, RequestError> {
    let (mut state, mut after) =
        resume(states, filter.apres.as_deref()).ok_or_else(RequestError::wrong_cursor)?;
    let limit = filter.limite.clamp(1, 100);
    let mut found: Vec<DossierResume> = Vec::new();
    loop {
        let Some(code) = states.get(state) else { return Ok(Liste { elements: found, suivant: None }) };
        let room = limit - u32::try_from(found.len()).unwrap_or(limit);
        if room == 0 {
            return Ok(Liste { elements: found, suivant: Some(cursor(code, after.as_deref())) });
        }
        let keys = world.store().file(page(who, code, after, room)).await?;
        found.extend(summaries(world, &keys.items, filter, Some(code)).await?);
        after = keys.next;
        if after.is_none() {
            state += 1;
        }
    }
}

/// A référent's list.
pub(super) async fn caseload<W: World>(
    world: &W,
    who: &Professional,
    referent: &ReferentId,
    states: &[&'static str],
    filter: &Filter,
) -> Result<Liste<DossierResume>, RequestError> {
    let ask = PageAsk { after: filter.apres.clone(), limit: filter.limite.clamp(1, 100) };
    let keys = world.store().caseload(who.territory, referent, ask).await?;
    let mut elements = summaries(world, &keys.items, filter, None).await?;
    elements.retain(|it| states.contains(&it.etat.code()));
    Ok(Liste { elements, suivant: keys.next })
}

/// The dossiers behind a page of keys, in its order. The index may lag: each is shown only under the state it has.
async fn summaries<W: World>(
    world: &W,
    keys: &[DossierKey],
    filter: &Filter,
    state: Option<&str>,
) -> Result<Vec<DossierResume>, RequestError> {
    let rows = world.store().read_many(keys).await?;
    let mut found = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let mut reads = Vec::new();
        for key in some {
            let pk = key.pk();
            if let Some(row) = rows.iter().find(|row| row.pk == pk) {
                reads.push(summary(world, *key, row, filter, state));
            }
        }
        found.extend(try_join_all(reads).await?.into_iter().flatten());
    }
    Ok(found)
}

async fn summary<W: World>(
    world: &W,
    key: DossierKey,
    row: &DossierRow,
    filter: &Filter,
    state: Option<&str>,
) -> Result<Option<DossierResume>, RequestError> {
    let dossier = match row.dossier() {
        // Erased since the index was read.
        Err(NoDossier::Erased) => return Ok(None),
        read => read?,
    };
    let elsewhere = state.is_some_and(|code| code != dossier.state.code());
    // The index may still name the référent of before: what is no longer theirs is not shown to them.
    let held = |asked: &ReferentId| dossier.state.place().is_some_and(|place| place.referent == *asked);
    if filter.referent.as_ref().is_some_and(|asked| !held(asked)) {
        return Ok(None);
    }
    if elsewhere || filter.commune.is_some_and(|commune| commune != dossier.commune) {
        return Ok(None);
    }
    let identity: Option<IdentiteV1> = match Vault::of(world, key).await? {
        Some(vault) => vault.read(world, Table::Personnes, "-", "identite").await?,
        None => None,
    };
    let frame = world.reference().frame_of(&dossier);
    let due = clock::next_due(&dossier, &frame);
    let delays = dossier.running_right().map(|it| frame.counted(it));
    let reference = reference(world, key).await?;
    Ok(Some(json::summary(&dossier, reference, identity, delays, due)))
}

/// A cursor names the state and the place in it: `a_orienter.<cursor>`.
fn cursor(state: &str, after: Option<&str>) -> String {
    format!("{state}.{}", after.unwrap_or_default())
}

fn resume(states: &[&'static str], cursor: Option<&str>) -> Option<(usize, Option<String>)> {
    let Some(cursor) = cursor else { return Some((0, None)) };
    let (state, after) = cursor.split_once('.')?;
    let index = states.iter().position(|code| *code == state)?;
    Some((index, (!after.is_empty()).then(|| after.to_owned())))
}
