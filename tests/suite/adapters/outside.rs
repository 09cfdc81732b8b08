//! The rules of queues, wrapped keys and documents.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use aws::Clients;
use chrono::{DateTime, Utc};
use contracts::rows::OutboxRow;
use contracts::{Body, Envelope};
use domain::Message;
use domain::decision::{Ladder, Notice, Rung};
use engine::ports::{Documents, KeyWrapper, QueueName, Queues};
use local::documents::DiskDocuments;
use local::keys::KeyFile;
use local::queues::LocalQueues;
use memory::{FrozenClock, MemoryDocuments, MemoryQueues, MemoryWrapper};

use super::fixtures::key;
use super::{REGION, emulator};

/// Runs every rule on every adapter of a port.
macro_rules! on_every_adapter {
    ($($port:ident { $($rule:ident)+ } on { $($place:ident: $adapter:expr,)+ })+) => {$(
        mod $port {
            on_every_adapter!(@places [$($rule)+] $($place: $adapter,)+);
        }
    )+};
    (@places $rules:tt $($place:ident: $adapter:expr,)+) => {$(
        on_every_adapter!(@rules $place $adapter, $rules);
    )+};
    (@rules $place:ident $adapter:expr, [$($rule:ident)+]) => {
        mod $place {
            use super::super::*;
            $(#[tokio::test] async fn $rule() {
                let adapter: Option<_> = ($adapter)(stringify!($rule)).await;
                if let Some(adapter) = adapter {
                    super::super::$rule(adapter).await;
                }
            })+
        }
    };
}

on_every_adapter! {
    queues {
        every_message_sent_arrives_as_it_was_sent
        sending_nothing_sends_nothing
    } on {
        in_memory: async |_| Some(MemoryQueues::default()),
        on_one_machine: async |rule| Some(LocalQueues::open(&folder(rule).join("files.sqlite"), NOON).unwrap()),
        on_the_emulated_cloud: emulated_queues,
    }
    wrapped_keys {
        a_wrapped_key_opens_for_its_own_context_only
        a_wrapped_key_that_was_changed_does_not_open
    } on {
        in_memory: async |_| Some(MemoryWrapper),
        on_one_machine: async |rule| Some(KeyFile::open(&folder(rule).join("cle")).unwrap()),
        on_the_emulated_cloud: emulated_wrapper,
    }
    documents {
        a_document_reads_back_as_it_was_written
        a_name_keeps_its_first_document
        twenty_writers_of_a_name_have_one_winner
        a_deleted_document_is_gone_and_deleting_again_is_no_error
    } on {
        in_memory: async |_| Some(MemoryDocuments::default()),
        on_one_machine: async |rule| Some(DiskDocuments::open(&folder(rule)).unwrap()),
        on_the_emulated_cloud: emulated_documents,
    }
}

/// A queue that a test can also read.
trait Inbox: Queues {
    async fn arrived(&self, queue: QueueName) -> Vec<Envelope>;
}

async fn every_message_sent_arrives_as_it_was_sent(queues: impl Inbox) {
    // More than one batch of SQS, and another queue beside.
    let sent: Vec<Envelope> = (0..23).map(message).collect();
    let beside = [message(99)];
    queues.send(QueueName::Triage, &sent).await.unwrap();
    queues.send(QueueName::Sweep, &beside).await.unwrap();
    assert_eq!(by_id(queues.arrived(QueueName::Triage).await), by_id(sent));
    assert_eq!(by_id(queues.arrived(QueueName::Sweep).await), by_id(beside.to_vec()));
}

async fn sending_nothing_sends_nothing(queues: impl Inbox) {
    queues.send(QueueName::Triage, &[]).await.unwrap();
    assert!(queues.arrived(QueueName::Triage).await.is_empty());
}

fn message(number: u32) -> Envelope {
    let message = match number % 3 {
        0 => Message::Submitted,
        1 => Message::Notify(Notice::Received),
        _ => Message::Reminder(Rung { ladder: Ladder::Orientation, index: 2 }),
    };
    let entry = OutboxRow { le: NOON.0, par: "étape:essai".into(), message: Body::from(&message) };
    let key = key(number);
    Envelope::rebuild(key.territory, key.dossier, (message.stream(), 1), &entry)
}

/// No queue promises an order.
fn by_id(messages: Vec<Envelope>) -> BTreeMap<uuid::Uuid, Envelope> {
    messages.into_iter().map(|it| (it.id, it)).collect()
}

const KEY: [u8; 32] = [7; 32];
const CONTEXT: &str = "77";

async fn a_wrapped_key_opens_for_its_own_context_only(keys: impl KeyWrapper) {
    let wrapped = keys.wrap(CONTEXT, &KEY).await.unwrap();
    assert_eq!(keys.unwrap(CONTEXT, &wrapped).await.unwrap(), KEY);
    for other in ["78", "7", "77 "] {
        assert!(keys.unwrap(other, &wrapped).await.is_err(), "{other}");
    }
}

async fn a_wrapped_key_that_was_changed_does_not_open(keys: impl KeyWrapper) {
    let wrapped = keys.wrap(CONTEXT, &KEY).await.unwrap();
    assert!(keys.unwrap(CONTEXT, &wrapped[..wrapped.len() - 1]).await.is_err());
    assert!(keys.unwrap(CONTEXT, b"").await.is_err());
}

const NAME: &str = "courriers/2026-11/lettre.html";
const HTML: &str = "text/html; charset=utf-8";

async fn a_document_reads_back_as_it_was_written(documents: impl Documents) {
    assert_eq!(documents.get(NAME).await.unwrap(), None);
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    assert!(documents.put_once(NAME, "application/octet-stream", &bytes).await.unwrap());
    assert_eq!(documents.get(NAME).await.unwrap(), Some(bytes));
    assert_eq!(documents.get("courriers/2026-11/autre.html").await.unwrap(), None);
}

async fn a_name_keeps_its_first_document(documents: impl Documents) {
    assert!(documents.put_once(NAME, HTML, b"la premi\xc3\xa8re").await.unwrap());
    assert!(!documents.put_once(NAME, HTML, b"la seconde").await.unwrap());
    assert_eq!(documents.get(NAME).await.unwrap(), Some(b"la premi\xc3\xa8re".to_vec()));
}

async fn twenty_writers_of_a_name_have_one_winner(documents: impl Documents + 'static) {
    let documents = Arc::new(documents);
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let documents = Arc::clone(&documents);
        writers.spawn(async move {
            let words = format!("version {number}").into_bytes();
            (documents.put_once(NAME, HTML, &words).await.unwrap(), words)
        });
    }
    let mut winners = Vec::new();
    while let Some(writer) = writers.join_next().await {
        if let (true, words) = writer.unwrap() {
            winners.push(words);
        }
    }
    let [winner] = winners.as_slice() else { panic!("{} winners", winners.len()) };
    assert_eq!(documents.get(NAME).await.unwrap().as_ref(), Some(winner));
}

async fn a_deleted_document_is_gone_and_deleting_again_is_no_error(documents: impl Documents) {
    let beside = "courriers/2026-11/autre.html";
    for name in [NAME, beside] {
        assert!(documents.put_once(name, HTML, b"un").await.unwrap());
    }
    for _ in 0..2 {
        documents.delete(NAME).await.unwrap();
        assert_eq!(documents.get(NAME).await.unwrap(), None);
    }
    assert_eq!(documents.get(beside).await.unwrap(), Some(b"un".to_vec()));
    assert!(documents.put_once(NAME, HTML, b"deux").await.unwrap(), "the name is free again");
}

impl Inbox for MemoryQueues {
    async fn arrived(&self, queue: QueueName) -> Vec<Envelope> {
        self.take(queue)
    }
}

impl Inbox for LocalQueues<FrozenClock> {
    async fn arrived(&self, queue: QueueName) -> Vec<Envelope> {
        let received = self.receive(queue, 100).await.unwrap();
        received.iter().map(|it| Envelope::parse(&it.body).unwrap()).collect()
    }
}

/// The queues of the cloud, with the client that reads them.
struct EmulatedQueues {
    queues: aws::SqsQueues,
    urls: BTreeMap<QueueName, String>,
    clients: Clients,
}

impl Queues for EmulatedQueues {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), engine::ports::PortError> {
        self.queues.send(queue, messages).await
    }
}

impl Inbox for EmulatedQueues {
    async fn arrived(&self, queue: QueueName) -> Vec<Envelope> {
        let sqs = self.clients.sqs();
        let mut arrived = Vec::new();
        loop {
            let ask = sqs.receive_message().queue_url(&self.urls[&queue]).max_number_of_messages(10);
            let batch = ask.send().await.unwrap().messages.unwrap_or_default();
            if batch.is_empty() {
                return arrived;
            }
            arrived.extend(batch.iter().map(|it| Envelope::parse(it.body().unwrap()).unwrap()));
        }
    }
}

async fn emulated_queues(rule: &str) -> Option<EmulatedQueues> {
    let clients = emulator(REGION)?;
    let mut urls = BTreeMap::new();
    for queue in [QueueName::Triage, QueueName::Sweep] {
        // A queue's name is shorter than a rule's can be.
        let name = format!("essai-{}-{}-{}", std::process::id(), rule.len(), queue.name());
        let made = clients.sqs().create_queue().queue_name(name).send().await.unwrap();
        urls.insert(queue, made.queue_url.unwrap());
    }
    Some(EmulatedQueues { queues: clients.queues(urls.clone()), urls, clients })
}

async fn emulated_wrapper(_: &str) -> Option<aws::KmsWrapper> {
    let clients = emulator(REGION)?;
    let made = clients.kms().create_key().send().await.unwrap();
    Some(clients.wrapper(&made.key_metadata.unwrap().key_id))
}

async fn emulated_documents(rule: &str) -> Option<aws::S3Documents> {
    // The one region where a bucket is created without saying where.
    let clients = emulator("us-east-1")?;
    // A bucket's name has no underscore and at most 63 characters.
    let bucket = format!("essai-{}-{}", std::process::id(), rule.len());
    let s3 = clients.s3();
    s3.create_bucket().bucket(&bucket).send().await.unwrap();
    Some(clients.documents(&bucket))
}

const NOON: FrozenClock = FrozenClock(match DateTime::<Utc>::from_timestamp(1_795_000_000, 0) {
    Some(instant) => instant,
    None => DateTime::<Utc>::UNIX_EPOCH,
});

/// An empty folder for one rule.
fn folder(rule: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("adapters").join(rule);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
