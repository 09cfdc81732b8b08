//! After the storm, what an agent reads is whole: pages that the store cuts and keys that it leaves aside hide nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::ensure;

use super::client::{Client, Gesture};
use super::world::TERRITORIES;
use crate::faults::{Calm, Rates, Storm};
use crate::items;

/// How often the store answers in part while the lists are read, per mille.
const RATES: Rates = Rates {
    kill_before: 0,
    kill_after: 0,
    lose_answer: 0,
    errors: 0,
    silence: 0,
    conflict: 0,
    partly_sent: 0,
    left_aside: 700,
    cut_page: 700,
    stale_index: 0,
    copied: 0,
};

/// Reads the file active of each territory, page after page. Returns who is missing from it, or there without being.
pub(super) async fn judge(client: Client<'_>, seed: u64) -> anyhow::Result<Vec<String>> {
    client.world.cloud().set_plan(Arc::new(Storm::new(seed, RATES)));
    let mut violations = Vec::new();
    for territory in TERRITORIES {
        let (shown, there) = (shown(client, territory).await?, there(client, territory)?);
        let missing = there.difference(&shown).count();
        let too_many = shown.difference(&there).count();
        if missing + too_many > 0 {
            violations.push(format!("I1 la liste de {territory} : {missing} manquent, {too_many} de trop"));
        }
    }
    client.world.cloud().set_plan(Arc::new(Calm));
    Ok(violations)
}

async fn shown(client: Client<'_>, territory: &'static str) -> anyhow::Result<BTreeSet<String>> {
    let gesture = Gesture::reading(territory);
    let mut shown = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = client.call("GET", &format!("/v1/dossiers?limite=20{after}"), &gesture).await?;
        ensure!(page.status == 200, "I1 la liste de {territory} est refusée : {}", page.status);
        let elements = page.body["elements"].as_array().into_iter().flatten();
        shown.extend(elements.filter_map(|it| it["dossier"].as_str()).map(str::to_owned));
        match page.body["suivant"].as_str() {
            Some(cursor) => after = format!("&apres={cursor}"),
            None => return Ok(shown),
        }
    }
}

/// Those who are in the table, neither erased nor over.
fn there(client: Client<'_>, territory: &str) -> anyhow::Result<BTreeSet<String>> {
    let rows = items::plain(client.world.cloud().database(), "dossiers")?;
    let open = rows.iter().filter(|it| it["etat"]["code"].as_str().is_some_and(|code| code != "clos"));
    let named = open.filter_map(|it| it["pk"].as_str()?.strip_prefix(territory)?.strip_prefix('#'));
    Ok(named.map(str::to_owned).collect())
}
