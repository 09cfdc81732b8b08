//! A world in memory, and the hands that drive it: people, agents, queues, time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contracts::Envelope;
use contracts::api::{
    Admission, Demande, DossierJson, EffacementBody, EffacementJson, ReferentBody, SignatureBody,
};
use contracts::data::{Reference, Service};
use domain::erasure::Motive;
use domain::{DossierId, Territory};
use engine::keys::KeyCache;
use engine::ports::{Clock, NoProvider, PortError, QueueName, Queues};
use engine::requests::{self, Asked, Receipt, RequestError, Shown};
use engine::{App, Professional, Role, World, schedules, steps};
use memory::{MemoryDocuments, MemoryQueues, MemoryStore, MemoryWrapper, MovableClock, SeededChance};
use serde_json::{Value, json};

/// Queues that can be cut off, as when a process dies between its write and its send.
#[derive(Default)]
pub(crate) struct CuttableQueues {
    inner: MemoryQueues,
    cut: AtomicBool,
    sends: AtomicUsize,
}

impl CuttableQueues {
    pub(crate) fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }

    /// How many times something was sent, however many messages there were.
    pub(crate) fn sends(&self) -> usize {
        self.sends.load(Ordering::SeqCst)
    }

    /// The same queues, as somebody sees them who is never cut off.
    pub(crate) fn uncut(&self) -> MemoryQueues {
        self.inner.clone()
    }

    pub(crate) fn take(&self, queue: QueueName) -> Vec<Envelope> {
        self.inner.take(queue)
    }
}

impl Queues for CuttableQueues {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), PortError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(PortError::new("send", "the queue is cut off"));
        }
        self.sends.fetch_add(1, Ordering::SeqCst);
        self.inner.send(queue, messages).await
    }
}

pub(crate) type MemoryWorld =
    App<MemoryStore, CuttableQueues, MemoryWrapper, MemoryDocuments, MovableClock, SeededChance>;

/// The world, and what drives it.
pub(crate) struct Stage {
    pub(crate) world: Arc<MemoryWorld>,
    pub(crate) agent: Professional,
    pub(crate) head: Professional,
    /// The `ETag` that somebody remembers.
    pub(crate) seen: std::cell::Cell<u64>,
    requests: std::cell::Cell<u32>,
}

/// A number of nobody, with the right key.
pub(crate) const NIR: &str = "190057728800132";

pub(crate) fn territory() -> Territory {
    "77".parse().unwrap()
}

impl Stage {
    /// An empty territory on Monday 2 March 2026, with one agent who may sign.
    pub(crate) async fn new() -> Self {
        let service = Service {
            nom: "Service insertion".into(),
            telephone: "01 99 00 10 10".into(),
            horaires: "du lundi au vendredi".into(),
            adresse: "Melun".into(),
        };
        let world = App {
            store: MemoryStore::default(),
            queues: CuttableQueues::default(),
            wrapper: MemoryWrapper,
            documents: MemoryDocuments::default(),
            messengers: NoProvider,
            clock: MovableClock::new("2026-03-02T09:00:00Z".parse().unwrap()),
            chance: SeededChance::new(7),
            reference: Reference::embedded(vec![territory()], service).unwrap(),
            key_cache: KeyCache::default(),
        };
        let who =
            |agent: &str, role| Professional { agent: agent.parse().unwrap(), territory: territory(), role };
        let stage = Self {
            world: Arc::new(world),
            agent: who("agent-1", Role::Orientation),
            head: who("chef-1", Role::Head),
            seen: std::cell::Cell::new(0),
            requests: std::cell::Cell::new(0),
        };
        let body = json!({"nom": "Alix Exemple", "qualite": "responsable de l’orientation", "acte": "2026-01", "du": "2026-01-01"});
        let body = contracts::api::DelegationBody::parse(&body).unwrap();
        requests::put_delegation(&*stage.world, &stage.head, &stage.agent.agent, body).await.unwrap();
        stage
    }

    pub(crate) async fn referent(&self, id: &str, capacity: u32) {
        let body = json!({"nom": "Dominique Fictif", "structure": "MDS de Melun", "telephone": "01 99 00 12 34",
            "adresse": "1 rue des Exemples, 77000 Melun", "organisme": "departement", "capacite": capacity,
            "parcours": ["social", "socio_professionnel", "emploi"], "communes": []});
        let body = ReferentBody::parse(&body, territory()).unwrap();
        requests::put_referent(&*self.world, &self.head, &id.parse().unwrap(), None, body).await.unwrap();
    }

    /// A fictional person applies at a counter, with a confirmed right.
    pub(crate) async fn apply(&self, key: &str, dsp: Value) -> DossierId {
        let today = self.today();
        let droit = json!({"statut": "confirme", "date_ouverture": today, "date_reception": today});
        DossierId(self.submit(key, "guichet", Some(droit), dsp).await.recu.dossier)
    }

    pub(crate) async fn submit(&self, key: &str, canal: &str, droit: Option<Value>, dsp: Value) -> Receipt {
        let mut body = application(canal, droit, &dsp);
        somebody(&mut body, key);
        let admission = Admission { served: &[territory()], trusted: canal != "web", today: self.today() };
        let demande = Demande::parse(&body, &admission).unwrap();
        let asked = Asked { key: key.into(), body: body.to_string().into_bytes(), if_match: None };
        requests::submit(&*self.world, demande, &asked, "personne").await.unwrap()
    }

    pub(crate) fn asked(&self, if_match: Option<u64>) -> Asked {
        let number = self.requests.get() + 1;
        self.requests.set(number);
        Asked { key: format!("requete-{number}"), body: vec![], if_match }
    }

    pub(crate) async fn sign(&self, id: DossierId, body: Value) -> Result<Shown, RequestError> {
        let body = SignatureBody::parse(&body, self.today()).unwrap();
        let seen = requests::dossier(&*self.world, &self.agent, id).await.unwrap().etag;
        requests::sign(&*self.world, &self.agent, id, &self.asked(Some(seen)), body).await
    }

    pub(crate) async fn show(&self, id: DossierId) -> DossierJson {
        requests::dossier(&*self.world, &self.agent, id).await.unwrap().json
    }

    /// Somebody applies with the number that everybody here has, at a counter.
    pub(crate) async fn apply_with_nir(&self, key: &str) -> DossierId {
        let mut body = application("guichet", None, &json!({"natlog": "0904"}));
        somebody(&mut body, key);
        body["personne"]["nir"] = json!(NIR);
        DossierId(self.try_submit(key, &body).await.unwrap().recu.dossier)
    }

    /// Sends an application as it is, by a professional.
    pub(crate) async fn try_submit(&self, key: &str, body: &Value) -> Result<Receipt, RequestError> {
        self.submit_by(&*self.world, key, body).await
    }

    /// The same, received by another process.
    pub(crate) async fn submit_by<W: World>(
        &self,
        world: &W,
        key: &str,
        body: &Value,
    ) -> Result<Receipt, RequestError> {
        let admission = Admission { served: &[territory()], trusted: true, today: self.today() };
        let demande = Demande::parse(body, &admission).unwrap();
        let asked = Asked { key: key.into(), body: body.to_string().into_bytes(), if_match: None };
        requests::submit(world, demande, &asked, "agent:agent-1").await
    }

    pub(crate) async fn etag(&self, id: DossierId) -> u64 {
        requests::dossier(&*self.world, &self.agent, id).await.unwrap().etag
    }

    /// The head of the territory erases a dossier that they have just read.
    pub(crate) async fn erase(&self, id: DossierId) -> Result<EffacementJson, RequestError> {
        let asked = self.asked(Some(self.etag(id).await));
        self.erase_as(id, &asked).await
    }

    pub(crate) async fn erase_as(
        &self,
        id: DossierId,
        asked: &Asked,
    ) -> Result<EffacementJson, RequestError> {
        let body = EffacementBody { motive: Motive::PersonAsked };
        requests::erase(&*self.world, &self.head, id, asked, body).await
    }

    /// Delivers every message, and those that they cause, until all queues are empty. Returns how many there were.
    pub(crate) async fn drain(&self) -> usize {
        let mut delivered = 0;
        loop {
            let mut batch = Vec::new();
            for queue in QueueName::ALL {
                batch.extend(self.world.queues.take(queue).into_iter().map(|it| (queue, it)));
            }
            if batch.is_empty() {
                return delivered;
            }
            for (queue, envelope) in batch {
                delivered += 1;
                let body = serde_json::to_string(&envelope).unwrap();
                steps::handle(&*self.world, queue, &body).await.unwrap();
            }
        }
    }

    /// Lets days pass, one at a time: each has its check, its sweep and its relay.
    pub(crate) async fn days(&self, days: i64) {
        for _ in 0..days {
            self.world.clock.set(self.now() + TimeDelta::days(1));
            self.tick().await;
        }
    }

    pub(crate) async fn tick(&self) {
        schedules::relay::run_all(&*self.world).await.unwrap();
        schedules::check::run_all(&*self.world).await.unwrap();
        self.drain().await;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    pub(crate) fn today(&self) -> NaiveDate {
        territory().local_date(self.now())
    }
}

/// The body of an application of a fictional person of Melun.
/// Makes an application that of another person for each key; `cle-1` is the one of [`application`].
pub(crate) fn somebody(body: &mut Value, key: &str) {
    if key != "cle-1" {
        let letters: String = key.bytes().map(|it| char::from(b'a' + it % 26)).collect();
        body["personne"]["nom"] = json!(format!("Exemple {letters}"));
        let day = 1 + key.bytes().map(u32::from).sum::<u32>() % 28;
        body["personne"]["date_naissance"] = json!(format!("1991-03-{day:02}"));
    }
}

pub(crate) fn application(canal: &str, droit: Option<Value>, dsp: &Value) -> Value {
    let mut body = json!({
        "territoire": "77", "canal": canal,
        "personne": {"prenom": "Camille", "nom": "Exemple", "date_naissance": "1990-05-17",
            "telephone": "06 39 98 12 34", "courriel": "camille@exemple.test",
            "adresse": {"voie": "1 rue des Essais", "code_postal": "77000", "commune": "77288"}},
        "foyer": {"conjoint": false, "enfants": 0, "majore": false, "role": "demandeur"},
        "dsp": dsp,
        "souhaits": {}
    });
    if let Some(droit) = droit {
        body["droit"] = droit;
    }
    body
}
