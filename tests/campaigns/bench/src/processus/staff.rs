//! The professionals of a territory: référents with places, an agent with a delegation.

use anyhow::{Context, bail};
use chrono::NaiveDate;
use domain::Territory;
use local::clock::real_now;

use super::client::{Client, Gesture};
use super::journey::AGENT;
use super::people;

/// Records so many référents, each with so many places, and the agent's delegation; in fair weather.
pub(super) async fn install(
    client: Client<'_>,
    territory: &str,
    referents: usize,
    capacity: u64,
) -> anyhow::Result<()> {
    let mut asked: Vec<_> = (0..referents)
        .map(|index| people::referent(index, capacity))
        .map(|(id, body)| (format!("/v1/referents/{id}"), body))
        .collect();
    asked.push((format!("/v1/delegations/{AGENT}"), people::delegation()));
    for (path, body) in asked {
        let (role, agent, key) = ("administration", "administration-1", path.clone());
        let reply = client.call("PUT", &path, &Gesture { territory, role, agent, key, body }).await?;
        if !(200..300).contains(&reply.status) {
            bail!("{path} : {} {}", reply.status, reply.body);
        }
    }
    Ok(())
}

/// The day that a territory lives in.
pub(super) fn today(territory: &str) -> anyhow::Result<NaiveDate> {
    let territory: Territory = territory.parse().context("le territoire est inconnu")?;
    Ok(territory.local_date(real_now()))
}
