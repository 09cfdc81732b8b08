//! A process that dies, or is held back, at a chosen call to the outside world.
//!
//! It works on the same store, queues and documents as the stage that it comes from, so that the others can look at
//! what it left, or act while it is held back.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contracts::Envelope;
use contracts::rows::{DossierRow, ReferentRow, SideRow};
use domain::{ReferentId, Territory};
use engine::App;
use engine::keys::KeyCache;
use engine::ports::{
    Clear, Commit, CommitError, Documents, DossierKey, Dossiers, FilePage, Messengers, NoProvider, Opening,
    Page, PageAsk, PortError, QueueName, Queues, Rows, Table, When,
};
use memory::{MemoryDocuments, MemoryQueues, MemoryStore, MemoryWrapper, MovableClock, SeededChance};
use tokio::sync::watch;

use crate::world::Stage;

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// The process dies; the call is not made.
    DiesBefore,
    /// The process dies; the call is made, and nobody hears its answer.
    DiesAfter,
    /// The process is held back until it is let go.
    IsHeld,
}

/// How far the process has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Going,
    Held,
    LetGo,
    Over,
}

/// The calls of one process, counted.
pub(crate) struct Thread {
    mishap: Mishap,
    at: usize,
    calls: AtomicUsize,
    progress: watch::Sender<Progress>,
}

impl Thread {
    /// Whether the process came to the chosen call.
    pub(crate) fn met(&self) -> bool {
        self.calls() > self.at
    }

    /// How many calls it has made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Waits until the process is held back; `false` when it ended without.
    pub(crate) async fn held(&self) -> bool {
        let mut progress = self.progress.subscribe();
        *progress.wait_for(|it| *it != Progress::Going).await.unwrap() == Progress::Held
    }

    /// Waits until it has ended.
    pub(crate) async fn over(&self) {
        self.progress.subscribe().wait_for(|it| *it == Progress::Over).await.unwrap();
    }

    /// Lets it go on.
    pub(crate) fn let_go(&self) {
        self.progress.send_replace(Progress::LetGo);
    }

    /// Tells that the process has ended.
    pub(crate) fn end(&self) {
        self.progress.send_replace(Progress::Over);
    }

    async fn call<T, E: From<PortError>>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let dead = || Err(PortError::new("work", "the process is dead").into());
        match self.mishap {
            Mishap::IsHeld if number == self.at => {
                self.progress.send_replace(Progress::Held);
                self.progress.subscribe().wait_for(|it| *it == Progress::LetGo).await.unwrap();
                call.await
            }
            Mishap::DiesAfter if number == self.at => {
                let _ = call.await;
                dead()
            }
            Mishap::DiesBefore | Mishap::DiesAfter if number >= self.at => dead(),
            Mishap::IsHeld | Mishap::DiesBefore | Mishap::DiesAfter => call.await,
        }
    }
}

/// A port whose calls are counted.
pub(crate) struct Counted<P> {
    port: P,
    thread: Arc<Thread>,
}

pub(crate) type Process<M = NoProvider> = App<
    Counted<MemoryStore>,
    Counted<MemoryQueues>,
    MemoryWrapper,
    Counted<MemoryDocuments>,
    MovableClock,
    SeededChance,
    M,
>;

/// A process on the stage's world, to which this happens at that call, counted from zero.
pub(crate) fn process(stage: &Stage, mishap: Mishap, at: usize) -> (Process, Arc<Thread>) {
    process_with(stage, NoProvider, mishap, at)
}

/// The same, with these providers.
pub(crate) fn process_with<M: Messengers>(
    stage: &Stage,
    messengers: M,
    mishap: Mishap,
    at: usize,
) -> (Process<M>, Arc<Thread>) {
    let world = &stage.world;
    let progress = watch::Sender::new(Progress::Going);
    let thread = Arc::new(Thread { mishap, at, calls: AtomicUsize::new(0), progress });
    let process = App {
        store: Counted { port: world.store.clone(), thread: Arc::clone(&thread) },
        queues: Counted { port: world.queues.uncut(), thread: Arc::clone(&thread) },
        wrapper: MemoryWrapper,
        documents: Counted { port: world.documents.clone(), thread: Arc::clone(&thread) },
        messengers,
        clock: world.clock.clone(),
        chance: world.chance.clone(),
        reference: world.reference.clone(),
        key_cache: KeyCache::default(),
    };
    (process, thread)
}

impl Dossiers for Counted<MemoryStore> {
    async fn read(&self, key: DossierKey) -> Result<Option<DossierRow>, PortError> {
        self.thread.call(self.port.read(key)).await
    }

    async fn read_many(&self, keys: &[DossierKey]) -> Result<Vec<DossierRow>, PortError> {
        self.thread.call(self.port.read_many(keys)).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.thread.call(self.port.commit(commit)).await
    }

    async fn open(&self, openings: &[Opening]) -> Result<bool, PortError> {
        self.thread.call(self.port.open(openings)).await
    }

    async fn clear(&self, clear: Clear) -> Result<bool, PortError> {
        self.thread.call(self.port.clear(clear)).await
    }

    async fn file(&self, ask: FilePage) -> Result<Page<DossierKey>, PortError> {
        self.thread.call(self.port.file(ask)).await
    }

    async fn caseload(
        &self,
        territory: Territory,
        referent: &ReferentId,
        page: PageAsk,
    ) -> Result<Page<DossierKey>, PortError> {
        self.thread.call(self.port.caseload(territory, referent, page)).await
    }

    async fn roster(&self, territory: Territory) -> Result<Vec<ReferentRow>, PortError> {
        self.thread.call(self.port.roster(territory)).await
    }

    async fn referent(
        &self,
        territory: Territory,
        id: &ReferentId,
    ) -> Result<Option<ReferentRow>, PortError> {
        self.thread.call(self.port.referent(territory, id)).await
    }

    async fn put_referent(&self, row: &ReferentRow, expected: Option<u64>) -> Result<bool, PortError> {
        self.thread.call(self.port.put_referent(row, expected)).await
    }
}

impl Rows for Counted<MemoryStore> {
    async fn get(&self, table: Table, pk: &str, sk: &str) -> Result<Option<SideRow>, PortError> {
        self.thread.call(self.port.get(table, pk, sk)).await
    }

    async fn get_many(&self, table: Table, keys: &[(String, String)]) -> Result<Vec<SideRow>, PortError> {
        self.thread.call(self.port.get_many(table, keys)).await
    }

    async fn put(&self, table: Table, row: SideRow, when: When) -> Result<bool, PortError> {
        self.thread.call(self.port.put(table, row, when)).await
    }

    async fn query(
        &self,
        table: Table,
        pk: &str,
        prefix: &str,
        page: PageAsk,
    ) -> Result<Page<SideRow>, PortError> {
        self.thread.call(self.port.query(table, pk, prefix, page)).await
    }

    async fn delete_when(&self, table: Table, pk: &str, sk: &str, when: When) -> Result<bool, PortError> {
        self.thread.call(self.port.delete_when(table, pk, sk, when)).await
    }
}

impl Queues for Counted<MemoryQueues> {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), PortError> {
        self.thread.call(self.port.send(queue, messages)).await
    }
}

impl Documents for Counted<MemoryDocuments> {
    async fn put_once(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<bool, PortError> {
        self.thread.call(self.port.put_once(name, content_type, bytes)).await
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        self.thread.call(self.port.get(name)).await
    }

    async fn delete(&self, name: &str) -> Result<(), PortError> {
        self.thread.call(self.port.delete(name)).await
    }
}
