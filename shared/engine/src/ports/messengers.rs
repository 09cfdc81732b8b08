//! Providers of text messages and of e-mails: where what is told to people leaves the suite for good.

use std::future::Future;

use contracts::letters::Letter;
use domain::reminders::{Channel, Undelivered};
use uuid::Uuid;

use super::PortError;

/// A message to hand over. It holds a person's data, as its letter does.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The same for the same fact by the same channel, whoever hands it over: what a provider that knows keys takes once.
    pub key: Uuid,
    /// What it says, and to whom.
    pub letter: &'a Letter,
}

/// What a provider answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It took the message, under this name of its own.
    Taken(String),
    /// It will deliver nothing there, and trying again would change nothing.
    Refused(Undelivered),
    /// The message was on its way to the provider when the answer was lost: it may have taken it.
    Unknown,
}

/// The providers. Handing over twice is not allowed, unless a provider said that it took nothing.
pub trait Messengers: Send + Sync {
    /// Whether this channel has a provider. Without one the document is all there is: somebody else sends it.
    fn serves(&self, by: Channel) -> bool;

    /// Hands a message over, once. An error says that nothing was taken, and that it may be later.
    fn hand_over(
        &self,
        by: Channel,
        message: Outgoing<'_>,
    ) -> impl Future<Output = Result<Handed, PortError>> + Send;
}

/// No provider at all: messages leave as documents.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProvider;

impl Messengers for NoProvider {
    fn serves(&self, _: Channel) -> bool {
        false
    }

    async fn hand_over(&self, _: Channel, _: Outgoing<'_>) -> Result<Handed, PortError> {
        Err(PortError::new("hand a message over", "this channel has no provider"))
    }
}
