//! Raw files: a notice says that one was put in the bucket; it is received as if a professional had sent it, then deleted.
//!
//! Its place says what it is: `depots/<territoire>/flux/<nom>`, `depots/<territoire>/liste/[<source>/]<nom>`. A file that
//! is not received stays where it is. A name may be somebody's: no log has it.

mod notice;

use std::future::Future;
use std::panic::AssertUnwindSafe;

use aws::S3Documents;
use contracts::messages::Unreadable;
use engine::imports::{Deposit, MOST_BYTES, receive, received};
use engine::ports::PortError;
use engine::requests::RequestError;
use engine::{StepError, World, causes};
use futures::{FutureExt, Stream, StreamExt, stream};
use serde_json::Value;

use crate::batch;
use notice::{Notice, Place};

/// How many bytes are read at once.
const PIECE: u64 = 4 << 20;

/// Who gives a file that was put in the bucket.
const BY: &str = "depot:s3";

/// Where raw files are. One that was put under a name bears a tag; put again, it bears another.
pub trait RawFiles: Send + Sync {
    /// Reads `length` bytes from `from` on; `None` when the file is gone, or bears another tag by now.
    fn read_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, PortError>> + Send;

    /// Deletes a file if it still bears this tag; not finding it is no error.
    fn delete_this(&self, name: &str, tag: &str) -> impl Future<Output = Result<(), PortError>> + Send;
}

impl RawFiles for S3Documents {
    async fn read_range(
        &self,
        name: &str,
        tag: &str,
        from: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, PortError> {
        self.read_range(name, tag, from, length).await
    }

    async fn delete_this(&self, name: &str, tag: &str) -> Result<(), PortError> {
        self.delete_this(name, tag).await
    }
}

/// Handles a batch of the queue of imports, as [`crate::handle_batch`] does: our own messages, and the notices of raw files.
pub async fn handle<W>(world: &W, event: Value) -> Value
where
    W: World,
    W::Documents: RawFiles,
{
    let mut results = Vec::new();
    for body in batch::bodies(&event) {
        results.push(match notice::read(body) {
            None => imports::handle_batch(world, &[body]).await.pop().unwrap_or(Ok(())),
            Some(notices) => {
                // Boxed: the future of a whole file is large, and its type deep.
                let taken = AssertUnwindSafe(Box::pin(take_all(world, notices))).catch_unwind().await;
                taken.unwrap_or(Err(StepError::Panicked))
            }
        });
    }
    batch::answer(&event, results)
}

async fn take_all<W>(world: &W, notices: Result<Vec<Notice>, Unreadable>) -> Result<(), StepError>
where
    W: World,
    W::Documents: RawFiles,
{
    for notice in notices? {
        take(world, &notice).await?;
    }
    Ok(())
}

/// Receives a raw file, then deletes it. Safe to call again with the same notice.
async fn take<W>(world: &W, notice: &Notice) -> Result<(), StepError>
where
    W: World,
    W::Documents: RawFiles,
{
    if notice.is_of_a_folder() {
        return Ok(());
    }
    let Some(place) = Place::of(&notice.key) else {
        let (territoire, nature) = notice::said(&notice.key);
        return Err(refused((territoire, nature), "is not where raw files are put"));
    };
    let refused = |why| Err(refused((place.territory.as_str(), place.nature.code()), why));
    if !world.reference().served.contains(&place.territory) {
        return refused("is of a territory that is not served");
    }
    if notice.size == 0 {
        return refused("is empty");
    }
    if notice.size > MOST_BYTES {
        return refused("is longer than any that is read");
    }
    let key = format!("depot:{}:{}:{}", notice.key, notice.tag, notice.size);
    let files = world.documents();
    if !received(world, place.territory, &key).await? {
        let Some(first) = piece(files, notice, 0).await? else {
            tracing::info!("A raw file is gone, or was replaced: what replaced it has a notice of its own.");
            return Ok(());
        };
        let body = Box::pin(pieces(files, notice, first));
        match receive(world, (place.territory, BY), &key, deposit(&place, notice), body).await {
            Ok(_) => {}
            Err(RequestError::Busy(error)) => return Err(error.into()),
            Err(RequestError::Broken(error)) => return Err(error),
            Err(
                error @ (RequestError::Invalid(_)
                | RequestError::KeyReused
                | RequestError::NotFound
                | RequestError::Gone
                | RequestError::Forbidden
                | RequestError::Refused(_)
                | RequestError::Stale { .. }
                | RequestError::MissingIfMatch),
            ) => {
                tracing::error!(error = causes(&error), "A raw file was not received.");
                return refused("cannot be received");
            }
        }
    }
    files.delete_this(&notice.key, &notice.tag).await?;
    let (territoire, nature) = (place.territory.as_str(), place.nature.code());
    tracing::info!(territoire, nature, octets = notice.size, "A raw file was received.");
    Ok(())
}

fn deposit(place: &Place, notice: &Notice) -> Deposit {
    Deposit {
        nature: place.nature,
        source: place.source.clone(),
        name: place.name.clone(),
        dry: false,
        // When it was put, and not when it is read: the legal clocks of those whom it brings in start on that day.
        received_on: Some(place.territory.local_date(notice.at)),
    }
}

/// No retry helps: the file is kept, and a person must look.
fn refused((territoire, nature): (&str, &str), why: &'static str) -> StepError {
    tracing::error!(
        territoire,
        nature,
        "A raw file {why}: it is kept, and its notice is for the dead letters."
    );
    Unreadable::Field("Records").into()
}

/// The file, piece by piece, after the first.
fn pieces<'a, F: RawFiles>(
    files: &'a F,
    notice: &'a Notice,
    first: Vec<u8>,
) -> impl Stream<Item = Result<Vec<u8>, PortError>> + Send + 'a {
    let more = (1..notice.size.div_ceil(PIECE)).map(|it| it * PIECE);
    let more = stream::iter(more).then(move |from| async move {
        let replaced = || PortError::new("read a raw file", "it was replaced while it was read");
        piece(files, notice, from).await?.ok_or_else(replaced)
    });
    stream::once(std::future::ready(Ok(first))).chain(more)
}

async fn piece<F: RawFiles>(files: &F, notice: &Notice, from: u64) -> Result<Option<Vec<u8>>, PortError> {
    files.read_range(&notice.key, &notice.tag, from, PIECE.min(notice.size - from)).await
}

#[cfg(test)]
mod tests;
