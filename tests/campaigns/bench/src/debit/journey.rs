//! The journey of the measure: applications come in, the worker treats what follows, the agent signs.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use contracts::api::{Admission, Demande, SignatureBody};
use domain::{DossierId, Territory};
use engine::people::Professional;
use engine::ports::Clock;
use engine::requests::{self, Asked};
use futures::{StreamExt, TryStreamExt, stream};
use local::config::Config;
use local::dynoxide::watched_http_client;
use local::here::{Here, Steps, assemble};
use local::worker::{Worker, until_quiet};
use serde_json::json;

use super::people::{self, Person};
use super::recorder::{Recorder, Shared};

/// Requests at the same time.
const CALLERS: usize = 8;

/// A place where dossiers are treated.
pub(super) struct Journey {
    /// The world of the local mode.
    pub(super) world: Arc<Here>,
    /// The agent who keys people in and signs.
    pub(super) agent: Professional,
}

impl Journey {
    /// Opens a fresh place in this folder, with room for `size` people, and starts its worker.
    pub(super) async fn open(folder: &Path, size: u32, recorder: &Arc<Recorder>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).context("le dossier des données ne se crée pas")?;
        let config = Config::for_testing(folder);
        let territory: Territory = *config.territories.first().context("aucun département")?;
        let engine =
            local::dynoxide::open(&folder.join("dynamo.sqlite")).context("la base ne s’ouvre pas")?;
        let http = watched_http_client(engine, Shared(Arc::clone(recorder)));
        let world = Arc::new(assemble(&config, http).await?);
        people::plant(&*world, territory, size).await?;
        tokio::spawn(Worker::new(world.queues.clone(), Arc::new(Steps(Arc::clone(&world)))).run());
        Ok(Self { world, agent: people::agent(territory)? })
    }

    /// Everybody who comes in.
    pub(super) fn people(&self, size: u32) -> impl Iterator<Item = Person> + use<> {
        people::people(self.agent.territory, size, self.world.clock.now())
    }

    /// Brings people in, lets the triage end, signs for each, lets everything that follows end.
    pub(super) async fn treat(&self, people: Vec<Person>) -> anyhow::Result<()> {
        let entering = people.into_iter().map(|person| {
            let (world, agent) = (Arc::clone(&self.world), self.agent.clone());
            async move { tokio::spawn(async move { enter(&world, &agent, person).await }).await? }
        });
        let dossiers: Vec<DossierId> = stream::iter(entering).buffer_unordered(CALLERS).try_collect().await?;
        until_quiet(&self.world.queues).await?;
        let signing = dossiers.into_iter().map(|dossier| {
            let (world, agent) = (Arc::clone(&self.world), self.agent.clone());
            async move { tokio::spawn(async move { sign(&world, &agent, dossier).await }).await? }
        });
        stream::iter(signing).buffer_unordered(CALLERS).try_collect::<()>().await?;
        Ok(until_quiet(&self.world.queues).await?)
    }
}

/// Keys a person in.
async fn enter(world: &Here, agent: &Professional, (key, application): Person) -> anyhow::Result<DossierId> {
    let today = agent.territory.local_date(world.clock.now());
    let admission = Admission { served: &[agent.territory], trusted: true, today };
    let demande = Demande::parse(&application, &admission)?;
    let asked = Asked { key, body: application.to_string().into_bytes(), if_match: None };
    let receipt = requests::submit(world, demande, &asked, &format!("agent:{}", agent.agent)).await?;
    Ok(DossierId(receipt.recu.dossier))
}

/// Reads the dossier and what is proposed, and signs it where a référent of the département can be named; with a
/// motive where that departs from the proposition.
async fn sign(world: &Here, agent: &Professional, dossier: DossierId) -> anyhow::Result<()> {
    let shown = requests::dossier(world, agent, dossier).await?;
    let proposal = requests::proposal(world, agent, dossier).await?;
    let parcours = proposal.parcours.map_or("socio_professionnel", |it| it.code());
    let mut body = json!({ "parcours": parcours, "organisme": "departement" });
    if proposal.organisme.is_some_and(|it| it.code() != "departement") {
        body["motif_ecart"] = "accompagnement_en_cours".into();
    }
    let today = agent.territory.local_date(world.clock.now());
    let signature = SignatureBody::parse(&body, today)?;
    let asked = Asked {
        key: format!("signature-{dossier}"),
        body: body.to_string().into_bytes(),
        if_match: Some(shown.etag),
    };
    requests::sign(world, agent, dossier, &asked, signature).await?;
    Ok(())
}
