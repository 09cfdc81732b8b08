//! The suite's own code on the meter: people apply, agents act, the event sources hand over batches, time passes.

use aws::{Clients, DynamoStore, Settings, SqsQueues, StoreConfig};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::api::{Admission, DelegationBody, Demande, DroitBody, ReferentBody, SignatureBody};
use contracts::data::{Reference, Service};
use domain::{DossierId, Territory};
use dynoxide::Database;
use engine::keys::KeyCache;
use engine::ports::{Clock, NoProvider, QueueName};
use engine::requests::{self, Asked};
use engine::{App, Professional, Role, schedules};
use memory::{MemoryDocuments, MemoryWrapper, MovableClock, SeededChance};
use serde_json::{Value, json};

use super::Bill;
use super::applicant::application;
use super::meter::Meter;

/// Why a measure did not come to its end.
pub(super) type Failed = Box<dyn std::error::Error + Send + Sync>;

type World = App<DynamoStore, SqsQueues, MemoryWrapper, MemoryDocuments, MovableClock, SeededChance>;

/// Monday 2 March 2026, in the morning, to the nanosecond as real clocks tell it: their figures weigh.
const START: &str = "2026-03-02T09:00:00.123456789Z";
/// Référents of the département, each with as many places.
const REFERENTS: usize = 40;
const PLACES: u32 = 400;

/// A département on the embedded store, whose every request is counted.
pub(super) struct Place {
    pub(super) world: World,
    pub(super) territory: Territory,
    meter: Meter,
    agent: Professional,
}

impl Place {
    /// The tables, one agent who may sign, the référents; all of it before the count.
    pub(super) async fn open(database: Database) -> Result<Self, Failed> {
        let meter = Meter::new(database);
        let territory: Territory = "77".parse()?;
        let clients = Clients::new(Settings::for_emulator("http://comptage.invalid"), Some(meter.client()));
        aws::create_tables(&clients.dynamodb(), "").await?;
        let urls =
            QueueName::ALL.map(|it| (it, format!("http://comptage.invalid/000000000000/{}", it.name())));
        let world = App {
            store: clients.store(StoreConfig { prefix: String::new() }),
            queues: clients.queues(urls.into_iter().collect()),
            wrapper: MemoryWrapper,
            documents: MemoryDocuments::default(),
            messengers: NoProvider,
            clock: MovableClock::new(START.parse()?),
            chance: SeededChance::new(7),
            reference: Reference::embedded(vec![territory], Service::for_testing())?,
            key_cache: KeyCache::default(),
        };
        let agent = Professional { agent: "agent-orientation".parse()?, territory, role: Role::Orientation };
        let place = Self { world, territory, meter, agent };
        place.staff().await?;
        Ok(place)
    }

    async fn staff(&self) -> Result<(), Failed> {
        let head = Professional { role: Role::Head, ..self.agent.clone() };
        let delegation = json!({"nom": "Camille Exemple", "qualite": "responsable de l’unité d’orientation",
            "acte": "arrêté fictif n° 2025-001", "du": "2025-01-01"});
        let delegation = DelegationBody::parse(&delegation)?;
        requests::put_delegation(&self.world, &head, &self.agent.agent, delegation).await?;
        for number in 0..REFERENTS {
            let body = json!({"nom": "Dominique Fictif", "structure": "Maison des solidarités de Melun",
                "telephone": "01 99 00 77 00", "adresse": "1 place de l’Exemple, 77000 Melun",
                "organisme": "departement", "capacite": PLACES,
                "parcours": ["social", "socio_professionnel"], "communes": ["77288"]});
            let body = ReferentBody::parse(&body, self.territory)?;
            let id = format!("r-melun-{number:02}").parse()?;
            requests::put_referent(&self.world, &head, &id, None, body).await?;
        }
        Ok(())
    }

    /// The meter.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// What was counted since the last bill.
    pub(super) fn bill(&self) -> Bill {
        self.meter.set_aside();
        self.meter.bill()
    }

    /// Lets time pass. Nothing runs meanwhile.
    pub(super) fn wait(&self, span: TimeDelta) -> DateTime<Utc> {
        self.world.clock.advance(span)
    }

    /// Somebody fills in the form: one invocation of `intake`.
    pub(super) async fn apply(&self, number: usize) -> Result<DossierId, Failed> {
        let served = [self.territory];
        let today = self.territory.local_date(self.world.clock.now());
        let body = application(number);
        let demande = Demande::parse(&body, &Admission { served: &served, trusted: false, today })?;
        let asked =
            Asked { key: format!("demande-{number}"), body: body.to_string().into_bytes(), if_match: None };
        self.meter.invoke("intake");
        let receipt = requests::submit(&self.world, demande, &asked, "personne").await?;
        self.meter.set_aside();
        Ok(DossierId(receipt.recu.dossier))
    }

    /// An agent confirms the right: one invocation of `professionals`.
    pub(super) async fn confirm(&self, id: DossierId) -> Result<(), Failed> {
        let today = self.territory.local_date(self.world.clock.now());
        let body = json!({"statut": "confirme", "date_ouverture": "2026-02-20", "date_reception": today});
        let asked = self.asked(id, "droit", &body).await?;
        let right = DroitBody::parse(&body, today)?.0;
        self.meter.invoke("professionals");
        requests::confirm_right(&self.world, &self.agent, id, &asked, right).await?;
        self.meter.set_aside();
        Ok(())
    }

    /// The agent signs what the rules propose: one invocation of `professionals`.
    pub(super) async fn sign(&self, id: DossierId) -> Result<(), Failed> {
        let today = self.territory.local_date(self.world.clock.now());
        let body = json!({"parcours": "social", "organisme": "departement"});
        let asked = self.asked(id, "orientation", &body).await?;
        let body = SignatureBody::parse(&body, today)?;
        self.meter.invoke("professionals");
        requests::sign(&self.world, &self.agent, id, &asked, body).await?;
        self.meter.set_aside();
        Ok(())
    }

    /// What an agent's page sends with a gesture on the dossier that it shows. Showing it is not counted.
    async fn asked(&self, id: DossierId, gesture: &str, body: &Value) -> Result<Asked, Failed> {
        let seen = requests::dossier(&self.world, &self.agent, id).await?;
        let key = format!("{gesture}-{id}");
        Ok(Asked { key, body: body.to_string().into_bytes(), if_match: Some(seen.etag) })
    }

    /// The code of the state that the agent sees.
    pub(super) async fn state(&self, id: DossierId) -> Result<&'static str, Failed> {
        Ok(requests::dossier(&self.world, &self.agent, id).await?.json.etat.code())
    }

    /// How many entries the agent sees in the carnet.
    pub(super) async fn entries(&self, id: DossierId) -> Result<usize, Failed> {
        Ok(requests::carnet(&self.world, &self.agent, id).await?.len())
    }

    /// The scheduled check: one invocation of `sweep`.
    pub(super) async fn check(&self) -> Result<schedules::Tally, Failed> {
        self.meter.invoke("sweep");
        let tally = schedules::check::run_all(&self.world).await?;
        self.meter.set_aside();
        Ok(tally)
    }

    /// The event sources hand over what waits, by batches, until nothing does: one invocation per batch, one request
    /// to receive it and one to delete it.
    pub(super) async fn drain(&self) -> Result<(), Failed> {
        loop {
            let waiting = self.meter.waiting();
            let Some(queue) = QueueName::ALL.into_iter().find(|it| waiting.contains_key(it.name())) else {
                return Ok(());
            };
            self.meter.invoke(queue.name());
            let bodies = self.meter.receive(queue.name());
            let records: Vec<Value> = bodies
                .iter()
                .enumerate()
                .map(|(index, body)| json!({"messageId": index.to_string(), "body": body}))
                .collect();
            let answer = lambda::handle_batch(&self.world, queue, json!({ "Records": records })).await;
            let failed = answer.get("batchItemFailures").and_then(Value::as_array).map_or(0, Vec::len);
            if failed > 0 {
                return Err(
                    format!("{failed} messages of the queue {} were not treated", queue.name()).into()
                );
            }
            self.meter.delete_batch(queue.name());
            self.meter.set_aside();
        }
    }

    /// Documents written so far, each of them one request to the bucket.
    pub(super) fn documents(&self) -> usize {
        self.world.documents.names().len()
    }
}
