//! What must be true at the end: everybody has a référent, the counters are true, nothing waits, nothing is dead.

use std::collections::BTreeMap;

use domain::State;
use engine::ports::Dossiers;

use super::journey::Journey;
use crate::walk;

/// Everything that is wrong, one line each.
pub(super) async fn errors(journey: &Journey, dossiers: u32) -> anyhow::Result<Vec<String>> {
    let (world, territory) = (&journey.world, journey.agent.territory);
    let mut errors = Vec::new();
    let mut held: BTreeMap<String, u32> = BTreeMap::new();
    for state in State::CODES {
        let mut found = 0;
        walk::each(world, (territory, state), |row| {
            found += 1;
            if let Some(place) = row.dossier()?.state.place() {
                *held.entry(place.referent.to_string()).or_default() += 1;
            }
            if !row.registre.sortie.is_empty() {
                errors.push(format!("dossier={} un message attend encore son départ", row.pk));
            }
            Ok(())
        })
        .await?;
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
