//! A territory in memory, its agent, its people and their files: enough of a journey to call each function once.

use std::iter;

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};
use contracts::Envelope;
use contracts::api::{Admission, DelegationBody, Demande, ImportNature, ReferentBody, SignatureBody};
use contracts::data::{Reference, Service};
use domain::{DossierId, Territory};
use engine::imports::{Deposit, deposit};
use engine::keys::KeyCache;
use engine::ports::{NoProvider, QueueName};
use engine::requests::{self, Asked};
use engine::{App, Professional, Role, steps};
use futures::stream;
use memory::{FrozenClock, MemoryDocuments, MemoryQueues, MemoryStore, MemoryWrapper, SeededChance};
use serde_json::{Value, json};

/// The world in memory, at one instant.
pub(crate) type MemoryWorld =
    App<MemoryStore, MemoryQueues, MemoryWrapper, MemoryDocuments, FrozenClock, SeededChance>;

/// What the agent signs for everybody: what the rules propose to people in a shelter.
pub(crate) const SIGNATURE: &str = r#"{"parcours": "social", "organisme": "departement"}"#;

/// The département of every scene.
pub(crate) fn territory() -> Result<Territory> {
    "77".parse().map_err(|_| anyhow!("77 is no département"))
}

/// A dossier that an agent has in front of them.
pub(crate) struct Seen {
    /// Which.
    pub(crate) id: DossierId,
    /// The copy that was read.
    pub(crate) etag: u64,
}

/// A territory with an agent who may sign and a référent who has room.
pub(crate) struct Stage {
    /// The world.
    pub(crate) world: MemoryWorld,
    agent: Professional,
}

impl Stage {
    /// Opens the territory at this instant.
    pub(crate) async fn open(now: DateTime<Utc>) -> Result<Self> {
        let territory = territory()?;
        let world = App {
            store: MemoryStore::default(),
            queues: MemoryQueues::default(),
            wrapper: MemoryWrapper,
            documents: MemoryDocuments::default(),
            messengers: NoProvider,
            clock: FrozenClock(now),
            chance: SeededChance::new(7),
            reference: Reference::embedded(vec![territory], Service::for_testing())?,
            key_cache: KeyCache::default(),
        };
        let who = |role| -> Result<Professional> {
            Ok(Professional { agent: "agent-1".parse()?, territory, role })
        };
        let (agent, head) = (who(Role::Orientation)?, who(Role::Head)?);
        let delegation = json!({"nom": "Alix Exemple", "qualite": "responsable de l’orientation",
            "acte": "2026-01", "du": "2020-01-01"});
        let delegation = DelegationBody::parse(&delegation).map_err(wrong)?;
        requests::put_delegation(&world, &head, &agent.agent, delegation).await?;
        for number in 1..=5 {
            let body = json!({"nom": "Dominique Fictif", "structure": "MDS de Melun",
                "telephone": "01 99 00 12 34", "adresse": "1 rue des Exemples, 77000 Melun",
                "organisme": "departement", "capacite": 60, "parcours": ["social"], "communes": []});
            let body = ReferentBody::parse(&body, territory).map_err(wrong)?;
            requests::put_referent(&world, &head, &format!("ref-{number}").parse()?, None, body).await?;
        }
        Ok(Self { world, agent })
    }

    /// A fictional person applies at a counter, with a right confirmed on the day.
    pub(crate) async fn apply(&self, key: &str, at: DateTime<Utc>) -> Result<()> {
        let territory = self.agent.territory;
        let today = territory.local_date(at);
        let mut body = application(Some(json!({"statut": "confirme", "date_ouverture": today,
            "date_reception": today})));
        // Each key is another person's, by the name.
        body["personne"]["nom"] = json!(format!("Exemple {}", name(key)));
        let admission = Admission { served: &[territory], trusted: true, today };
        let demande = Demande::parse(&body, &admission).map_err(wrong)?;
        let asked = Asked { key: key.to_owned(), body: body.to_string().into_bytes(), if_match: None };
        requests::submit(&self.world, demande, &asked, "agent:agent-1").await?;
        Ok(())
    }

    /// The agent gives a list of as many fictional people, which is read to its end.
    pub(crate) async fn list(&self, people: usize) -> Result<()> {
        let row = |person: usize| {
            let name = name(&person.to_string());
            format!("Exemple {name};Camille;17/05/1990;1 rue des Essais;77000;Melun;06 39 98 {person:02} 34")
        };
        let heading = "Nom;Prénom;Date de naissance;Adresse;Code postal;Ville;Téléphone".to_owned();
        let text = iter::once(heading).chain((0..people).map(row)).collect::<Vec<_>>().join("\n");
        let list = Deposit {
            nature: ImportNature::Liste,
            source: None,
            name: "liste.csv".to_owned(),
            dry: false,
            received_on: None,
        };
        deposit(&self.world, &self.agent, "cle-liste", list, stream::iter([Ok(text.into_bytes())])).await?;
        for message in self.take(QueueName::Imports) {
            imports::handle(&self.world, &serde_json::to_string(&message)?).await?;
        }
        Ok(())
    }

    /// The agent signs what they have in front of them.
    pub(crate) async fn sign(&self, seen: &Seen) -> Result<()> {
        let today = self.agent.territory.local_date(self.world.clock.0);
        let body = SignatureBody::parse(&SIGNATURE.parse()?, today).map_err(wrong)?;
        let asked = Asked { key: format!("signe-{}", seen.id), body: vec![], if_match: Some(seen.etag) };
        requests::sign(&self.world, &self.agent, seen.id, &asked, body).await?;
        Ok(())
    }

    /// Every dossier, as the agent sees it.
    pub(crate) fn dossiers(&self) -> Vec<Seen> {
        let seen = |row: contracts::rows::DossierRow| {
            Some(Seen { id: engine::DossierKey::parse(&row.pk)?.dossier, etag: row.etag })
        };
        self.world.store.dossiers().into_iter().filter_map(seen).collect()
    }

    /// What waits in a queue.
    pub(crate) fn take(&self, queue: QueueName) -> Vec<Envelope> {
        self.world.queues.take(queue)
    }

    /// Has messages handled.
    pub(crate) async fn deliver(&self, queue: QueueName, messages: &[Envelope]) -> Result<()> {
        for message in messages {
            steps::handle(&self.world, queue, &serde_json::to_string(message)?).await?;
        }
        Ok(())
    }
}

/// A name for what is told apart by its key.
fn name(key: &str) -> String {
    key.bytes().map(|it| char::from(b'a' + it % 26)).collect()
}

/// The body of an application of a fictional person of Melun, by the web unless a right comes with it.
pub(crate) fn application(right: Option<Value>) -> Value {
    let mut body = json!({
        "territoire": "77", "canal": if right.is_some() { "guichet" } else { "web" },
        "personne": {"prenom": "Camille", "nom": "Exemple", "date_naissance": "1990-05-17",
            "courriel": "camille@exemple.test",
            "adresse": {"voie": "1 rue des Essais", "code_postal": "77000", "commune": "77288"}},
        "foyer": {"conjoint": false, "enfants": 0, "majore": false, "role": "demandeur"},
        "dsp": {"natlog": "0904", "hispro": "1903"}, "souhaits": {}
    });
    if let Some(right) = right {
        body["droit"] = right;
    }
    body
}

/// A body that its own reader refuses.
fn wrong(errors: impl std::fmt::Debug) -> anyhow::Error {
    anyhow!("a body of the scenes is refused: {errors:?}")
}
