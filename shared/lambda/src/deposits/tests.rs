//! Raw files, from the notice to the import, in memory.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::api::{ImportEtat, ImportJson};
use contracts::data::{Reference, Service};
use engine::keys::KeyCache;
use engine::ports::{Documents, NoProvider, QueueName};
use engine::{App, Professional, Role};
use files::flow::Kind;
use files::forge::{self, Options};
use memory::{FrozenClock, MemoryDocuments, MemoryQueues, MemoryStore, MemoryWrapper, SeededChance};
use serde_json::json;

use super::*;

type MemoryWorld = App<MemoryStore, MemoryQueues, MemoryWrapper, MemoryDocuments, FrozenClock, SeededChance>;

const KEY: &str = "depots/77/flux/flux-d-octobre.xml";

#[tokio::test]
async fn a_raw_file_is_received_once_and_deleted() {
    let world = world();
    let flow = flow(20);
    put(&world, KEY, &flow).await;
    assert!(give(&world, &notice(KEY, &flow)).await);
    assert_eq!(world.documents.get(KEY).await.unwrap(), None, "it is kept sealed, and nowhere else");
    let import = only_import(&world).await;
    assert_eq!((import.etat, import.nom.as_str()), (ImportEtat::Termine, "flux-d-octobre.xml"));
    assert_eq!((import.par.as_str(), import.recu_le), (BY, NaiveDate::from_ymd_opt(2026, 10, 31).unwrap()));
    let dossiers = world.store.dossiers();
    assert_eq!(u64::try_from(dossiers.len()).unwrap(), import.bilan.unwrap().crees);
    // The notice comes twice, then the same file is put again.
    assert!(give(&world, &notice(KEY, &flow)).await);
    put(&world, KEY, &flow).await;
    assert!(give(&world, &notice(KEY, &flow)).await);
    assert_eq!(world.documents.get(KEY).await.unwrap(), None);
    assert!(world.store.dossiers() == dossiers, "nothing was written");
    only_import(&world).await;
}

#[tokio::test]
async fn a_raw_file_is_read_piece_by_piece() {
    let world = world();
    let long = vec![b'x'; usize::try_from(2 * PIECE + 7).unwrap()];
    put(&world, KEY, &long).await;
    assert!(give(&world, &notice(KEY, &long)).await);
    let import = only_import(&world).await;
    assert_eq!(import.etat, ImportEtat::Refuse, "it is no flow");
    assert_eq!(import.empreinte.len(), 64);
    assert!(import.motif.is_some() && world.store.dossiers().is_empty());
}

#[tokio::test]
async fn a_file_that_was_replaced_is_left_to_its_own_notice() {
    let world = world();
    put(&world, KEY, b"autre").await;
    assert!(give(&world, &notice(KEY, b"le premier")).await);
    assert!(world.documents.get(KEY).await.unwrap().is_some());
    assert!(imports_of(&world).await.is_empty());
}

#[tokio::test]
async fn a_file_that_cannot_be_received_is_kept_and_its_notice_fails() {
    let world = world();
    for key in ["depots/93/flux/a.xml", "depots/77/autre/a.xml", "depots/77/a.xml"] {
        put(&world, key, b"fichier").await;
        assert!(!give(&world, &notice(key, b"fichier")).await, "{key}");
        assert!(world.documents.get(key).await.unwrap().is_some(), "{key}");
    }
    assert!(!give(&world, &notice(KEY, b"")).await, "it is empty");
    assert!(imports_of(&world).await.is_empty());
}

#[tokio::test]
async fn a_trial_of_the_queue_and_a_folder_are_no_files() {
    let world = world();
    assert!(give(&world, &json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})).await);
    assert!(give(&world, &notice("depots/77/flux/", b"")).await);
    assert!(!give(&world, &json!({"poison": 1})).await);
}

#[tokio::test]
async fn a_refusal_tells_the_territory_and_the_nature_and_no_name() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    let world = world();
    for key in
        ["depots/93/flux/MARTIN-Jeanne.xml", "depots/93/flux/MARTIN-Jeanne/a.xml", "depots/MARTIN-Jeanne"]
    {
        assert!(!give(&world, &notice(key, b"fichier")).await);
    }
    drop(listening);
    let told = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(told.contains("territoire=\"93\"") && told.contains("nature=\"flux\""), "{told}");
    assert!(!told.contains("MARTIN"), "{told}");
}

/// What was logged.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// In memory a file's tag is its length.
impl RawFiles for MemoryDocuments {
    async fn read_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, PortError> {
        let found = self.get(name).await?.filter(|it| it.len().to_string() == tag);
        let (from, length) = (usize::try_from(from).unwrap(), usize::try_from(length).unwrap());
        Ok(found.map(|it| it[from..from + length].to_vec()))
    }

    async fn delete_this(&self, name: &str, tag: &str) -> Result<(), PortError> {
        let same = self.get(name).await?.is_some_and(|it| it.len().to_string() == tag);
        if same { self.delete(name).await } else { Ok(()) }
    }
}

fn world() -> MemoryWorld {
    App {
        store: MemoryStore::default(),
        queues: MemoryQueues::default(),
        wrapper: MemoryWrapper,
        documents: MemoryDocuments::default(),
        messengers: NoProvider,
        clock: FrozenClock("2026-11-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap()),
        chance: SeededChance::new(7),
        reference: Reference::embedded(vec!["77".parse().unwrap()], Service::for_testing()).unwrap(),
        key_cache: KeyCache::default(),
    }
}

fn flow(households: u32) -> Vec<u8> {
    let options = Options::first(NaiveDate::from_ymd_opt(2026, 10, 1).unwrap());
    let mut bytes = Vec::new();
    forge::flow("77".parse().unwrap(), households, 7, Kind::Monthly, &mut bytes, &options).unwrap();
    bytes
}

async fn put(world: &MemoryWorld, key: &str, bytes: &[u8]) {
    assert!(world.documents.put_once(key, "application/octet-stream", bytes).await.unwrap());
}

/// The notice of a file that was put on the last day of October, an hour before midnight.
fn notice(key: &str, bytes: &[u8]) -> Value {
    let object = json!({"key": key, "size": bytes.len(), "eTag": bytes.len().to_string()});
    json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "eventTime": "2026-10-31T22:00:00.000Z", "s3": {"bucket": {"name": "essai"}, "object": object}}]})
}

/// Gives a message, then those of ours that it causes; says whether it was acknowledged.
async fn give(world: &MemoryWorld, message: &Value) -> bool {
    let event = |body: String| json!({"Records": [{"messageId": "1", "body": body}]});
    let answer = handle(world, event(message.to_string())).await;
    loop {
        let ours = world.queues.take(QueueName::Imports);
        if ours.is_empty() {
            return answer["batchItemFailures"].as_array().unwrap().is_empty();
        }
        for envelope in ours {
            let answer = handle(world, event(serde_json::to_string(&envelope).unwrap())).await;
            assert_eq!(answer["batchItemFailures"], json!([]));
        }
    }
}

async fn imports_of(world: &MemoryWorld) -> Vec<ImportJson> {
    let who = Professional {
        agent: "agent-1".parse().unwrap(),
        territory: "77".parse().unwrap(),
        role: Role::Orientation,
    };
    engine::imports::imports(world, &who).await.unwrap().elements
}

async fn only_import(world: &MemoryWorld) -> ImportJson {
    let mut imports = imports_of(world).await;
    assert_eq!(imports.len(), 1);
    imports.remove(0)
}
