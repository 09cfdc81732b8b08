//! What must be true at the end: everybody has a référent, the counters are true, nothing waits, nothing is dead.

use std::collections::BTreeMap;

use domain::State;
use engine::ports::{Dossiers, FilePage, PageAsk};

use super::journey::Journey;

/// Everything that is wrong, one line each.
pub(super) async fn errors(journey: &Journey, dossiers: u32) -> anyhow::Result<Vec<String>> {
    let (world, territory) = (&journey.world, journey.agent.territory);
    let mut errors = Vec::new();
    let mut held: BTreeMap<String, u32> = BTreeMap::new();
    for state in State::CODES {
        let mut page = PageAsk::default();
        let mut found = 0;
        loop {
            let keys = world.store.file(FilePage { territory, state, due_by: None, page }).await?;
            for row in world.store.read_many(&keys.items).await? {
                found += 1;
                if let Some(place) = row.dossier()?.state.place() {
                    *held.entry(place.referent.to_string()).or_default() += 1;
                }
                if !row.registre.sortie.is_empty() {
                    errors.push(format!("dossier={} un message attend encore son départ", row.pk));
                }
            }
            match keys.next {
                Some(cursor) => page = PageAsk { after: Some(cursor), limit: 0 },
                None => break,
            }
        }
        let expected = if state == "affecte" { dossiers } else { 0 };
        if found != expected {
            errors.push(format!("etat={state} dossiers={found} attendus={expected}"));
        }
    }
    for referent in world.store.roster(territory).await? {
        let held = held.remove(&referent.sk).unwrap_or(0);
        if referent.actifs != held {
            errors.push(format!("referent={} compteur={} dossiers={held}", referent.sk, referent.actifs));
        }
    }
    errors.extend(held.keys().map(|it| format!("referent={it} inconnu")));
    for (queue, stats) in world.queues.stats().await? {
        if !stats.is_quiet() || stats.dead > 0 {
            errors.push(format!("file={} {stats:?}", queue.name()));
        }
    }
    Ok(errors)
}
