//! The thread behind the queues: it owns the connection, and does everything that waits for it in one transaction.
//!
//! Ending a transaction costs more than what is in it: the busier the queues, the more goes into each. Nobody is
//! answered before it has ended, so what was acknowledged is kept, as if it had been alone.

use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use rusqlite::Connection;
use tokio::sync::oneshot;

/// The most that goes into one transaction.
const MOST: usize = 128;

/// Something to do in a transaction; `Err` undoes the whole of it.
type Task = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Reply> + Send>;
/// Tells whoever asked, once the transaction has ended.
type Reply = Box<dyn FnOnce()>;

/// Gives work to the thread. The thread ends when nobody can give it any more.
pub(super) struct Clerk(mpsc::Sender<Task>);

impl Clerk {
    /// Starts the thread on this connection.
    pub(super) fn start(mut connection: Connection) -> Self {
        let (sender, tasks) = mpsc::channel::<Task>();
        let treating = move || {
            while let Ok(first) = tasks.recv() {
                let waiting = iter::once(first).chain(tasks.try_iter()).take(MOST);
                // A panic undoes the transaction: the connection is as good as before, and nobody was answered.
                let treated = catch_unwind(AssertUnwindSafe(|| treat(&mut connection, waiting)));
                if let Ok(Err(error)) = treated {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "A transaction of the queues was undone."
                    );
                }
            }
        };
        // A thread that does not start drops its end: whoever asks is told that it was undone.
        let _ = std::thread::Builder::new().name("files".to_owned()).spawn(treating);
        Self(sender)
    }

    /// Does the work in a transaction and tells its result once that has ended.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Undone> {
        let (answer, answered) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            let done = work(connection)?;
            Ok(Box::new(move || {
                // Whoever asked may have gone: what was done stays done.
                let _ = answer.send(done);
            }))
        });
        self.0.send(task).map_err(|_| Undone)?;
        answered.await.map_err(|_| Undone)
    }
}

/// All of it, or nothing and no answer: one failure undoes its neighbours, who try again.
fn treat(connection: &mut Connection, tasks: impl Iterator<Item = Task>) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let replies = tasks.map(|task| task(&transaction)).collect::<rusqlite::Result<Vec<Reply>>>()?;
    transaction.commit()?;
    for reply in replies {
        reply();
    }
    Ok(())
}

/// The transaction was undone; the log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the transaction of the queues was undone")]
pub(super) struct Undone;
