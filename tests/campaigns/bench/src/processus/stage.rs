//! A moment of the journey to come back to: the store as it is, and the messages that wait for one function.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use chrono::NaiveDate;
use futures::future::try_join_all;
use hyper::body::Bytes;
use serde_json::Value;

use super::client::Client;
use super::journey;
use super::people::{Person, Story};
use super::world::{QUEUES, TERRITORIES, World};
use crate::harness::Feed;
use crate::items::{self, Photograph, StoreError, TABLES};

/// Where the people of these moments are.
pub(super) const TERRITORY: &str = TERRITORIES[0];

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

    /// The dossiers that the messages are about, in the messages' order.
    pub(super) fn dossiers(&self) -> Vec<String> {
        self.bodies.iter().map(|it| subject(it)).collect()
    }

    /// The same moment, with one message for each dossier.
    fn with_one_for_each(mut self) -> Self {
        let mut seen = BTreeSet::new();
        self.bodies.retain(|it| seen.insert(subject(it)));
        self
    }
}

fn subject(body: &str) -> String {
    let envelope: Value = serde_json::from_str(body).unwrap_or_default();
    envelope["subject"].as_str().unwrap_or_default().to_owned()
}

/// The moments before each function that takes batches, one message for each of so many people.
pub(super) async fn before_each(
    client: Client<'_>,
    size: usize,
    today: NaiveDate,
) -> anyhow::Result<Vec<Stage>> {
    let world = client.world;
    let people = people(size, Story::Counter);
    let dossiers = everybody_applies(client, &people, today).await?;
    let triage = pass(world, "triage").await?;
    let receipts = Stage::here(world, "reminders", &TABLES)?;
    sign_each(client, people, dossiers).await?;
    let assignment = pass(world, "assignment").await?;
    let letters = Stage::here(world, "reminders", &TABLES)?;
    let carnet = Stage::here(world, "carnet", &TABLES)?.with_one_for_each();
    let stages = vec![triage, receipts, assignment, letters, carnet];
    for stage in &stages {
        ensure!(stage.bodies.len() == size, "{} messages dans {}", stage.bodies.len(), stage.queue);
    }
    Ok(stages)
}

/// The moment before a function treats what waits for it; then it does.
async fn pass(world: &World, queue: &'static str) -> anyhow::Result<Stage> {
    let stage = Stage::here(world, queue, &TABLES)?;
    for body in &stage.bodies {
        world.cloud().queues().send(queue, body, 0, 0);
    }
    treat(world, queue).await?;
    Ok(stage)
}

/// Gives a function what waits for it.
async fn treat(world: &World, queue: &str) -> anyhow::Result<()> {
    let feed = Feed { queue, most: 10, seed: 0, at_once: 2 };
    Ok(feed.until_empty(world.function(queue)?).await?)
}

/// Everybody of a territory has applied: their messages wait.
async fn everybody_applies(
    client: Client<'_>,
    people: &[Person],
    today: NaiveDate,
) -> anyhow::Result<Vec<String>> {
    let replies = try_join_all(people.iter().map(|person| journey::apply(client, person, today))).await?;
    Ok(replies.iter().map(|it| it.body["dossier"].as_str().unwrap_or_default().to_owned()).collect())
}

/// So many people of this territory, with this story.
fn people(size: usize, story: Story) -> Vec<Person> {
    (0..size).map(|index| Person { index, territory: TERRITORY, story }).collect()
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
    treat(client.world, "triage").await?;
    sign_each(client, people, dossiers).await
}

async fn sign_each(client: Client<'_>, people: Vec<Person>, dossiers: Vec<String>) -> anyhow::Result<()> {
    let signatures =
        people.into_iter().zip(dossiers).map(|(person, dossier)| journey::sign_now(client, person, dossier));
    try_join_all(signatures).await.map(drop)
}
