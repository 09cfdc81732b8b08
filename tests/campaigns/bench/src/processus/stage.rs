//! A moment of the journey to come back to: the store as it is, and the messages that wait for one function.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use futures::future::try_join_all;
use hyper::body::Bytes;

use super::client::Client;
use super::journey;
use super::people::{Person, Story};
use super::world::{QUEUES, World};
use crate::harness::Feed;
use crate::items::{self, Photograph, StoreError};

/// A moment just before a function treats its messages.
pub(super) struct Stage {
    /// The queue.
    pub(super) queue: &'static str,
    /// The messages that wait in it.
    pub(super) bodies: Vec<String>,
    photograph: Photograph,
    documents: BTreeMap<String, Bytes>,
}

impl Stage {
    /// This moment, and what waits in this queue: these tables are what its function writes.
    pub(super) fn here(
        world: &World,
        queue: &'static str,
        tables: &[&'static str],
    ) -> Result<Self, StoreError> {
        let waiting = world.cloud().queues().clear(queue);
        Ok(Self {
            queue,
            bodies: waiting.into_iter().map(|it| it.body).collect(),
            photograph: items::photograph(world.cloud().database(), tables)?,
            documents: world.cloud().documents().all(),
        })
    }

    /// Comes back to this moment: the store, the documents, this queue's messages and no other.
    pub(super) fn set(&self, world: &World) -> Result<(), StoreError> {
        items::restore(world.cloud().database(), &self.photograph)?;
        world.cloud().documents().restore(self.documents.clone());
        for queue in QUEUES {
            world.cloud().queues().clear(queue);
        }
        for body in &self.bodies {
            world.cloud().queues().send(self.queue, body, 0, 0);
        }
        Ok(())
    }
}

/// Everybody of a territory has applied: their messages wait.
pub(super) async fn everybody_applies(
    client: Client<'_>,
    people: &[Person],
    today: NaiveDate,
) -> anyhow::Result<Vec<String>> {
    let replies = try_join_all(people.iter().map(|person| journey::apply(client, person, today))).await?;
    Ok(replies.iter().map(|it| it.body["dossier"].as_str().unwrap_or_default().to_owned()).collect())
}

/// So many people of the first territory, with this story.
pub(super) fn people(size: usize, story: Story) -> Vec<Person> {
    (0..size).map(|index| Person { index, territory: "77", story }).collect()
}

/// So many people have applied, were proposed a parcours, and an agent has signed: the next messages wait.
pub(super) async fn sign_everybody(
    client: Client<'_>,
    size: usize,
    story: Story,
    today: NaiveDate,
) -> anyhow::Result<()> {
    let people = people(size, story);
    let dossiers = everybody_applies(client, &people, today).await?;
    let feed = Feed { queue: "triage", most: 10, seed: 0, at_once: 2 };
    feed.until_empty(client.world.function("triage")?).await?;
    let signatures =
        people.into_iter().zip(dossiers).map(|(person, dossier)| journey::sign_now(client, person, dossier));
    try_join_all(signatures).await.map(drop)
}
