//! The outside world, chosen once at start-up.

use contracts::data::Reference;

use crate::keys::KeyCache;
use crate::ports::{Chance, Clock, Documents, Dossiers, KeyWrapper, Messengers, NoProvider, Queues, Rows};

/// Everything a step may touch, behind types. One implementation: [`App`].
pub trait World: Send + Sync + 'static {
    /// Dossiers, places and side tables.
    type Store: Dossiers + Rows;
    /// Queues.
    type Queues: Queues;
    /// The wrapper of keys.
    type Keys: KeyWrapper;
    /// Documents.
    type Documents: Documents;
    /// The providers of messages.
    type Messengers: Messengers;
    /// The clock.
    type Clock: Clock;
    /// Chance.
    type Chance: Chance;

    /// The store.
    fn store(&self) -> &Self::Store;
    /// The queues.
    fn queues(&self) -> &Self::Queues;
    /// The wrapper of keys.
    fn wrapper(&self) -> &Self::Keys;
    /// The documents.
    fn documents(&self) -> &Self::Documents;
    /// The providers of messages.
    fn messengers(&self) -> &Self::Messengers;
    /// The clock.
    fn clock(&self) -> &Self::Clock;
    /// Chance.
    fn chance(&self) -> &Self::Chance;
    /// Law, rules and territories.
    fn reference(&self) -> &Reference;
    /// The keys unwrapped lately.
    fn key_cache(&self) -> &KeyCache;
}

/// The world put together from its parts.
pub struct App<S, Q, K, D, C, R, M = NoProvider> {
    /// Dossiers, places and side tables.
    pub store: S,
    /// Queues.
    pub queues: Q,
    /// The wrapper of keys.
    pub wrapper: K,
    /// Documents.
    pub documents: D,
    /// The providers of messages.
    pub messengers: M,
    /// The clock.
    pub clock: C,
    /// Chance.
    pub chance: R,
    /// Law, rules and territories.
    pub reference: Reference,
    /// The keys unwrapped lately.
    pub key_cache: KeyCache,
}

impl<S, Q, K, D, C, R, M> World for App<S, Q, K, D, C, R, M>
where
    S: Dossiers + Rows + 'static,
    Q: Queues + 'static,
    K: KeyWrapper + 'static,
    D: Documents + 'static,
    C: Clock + 'static,
    R: Chance + 'static,
    M: Messengers + 'static,
{
    type Store = S;
    type Queues = Q;
    type Keys = K;
    type Documents = D;
    type Messengers = M;
    type Clock = C;
    type Chance = R;

    fn store(&self) -> &S {
        &self.store
    }

    fn queues(&self) -> &Q {
        &self.queues
    }

    fn wrapper(&self) -> &K {
        &self.wrapper
    }

    fn documents(&self) -> &D {
        &self.documents
    }

    fn messengers(&self) -> &M {
        &self.messengers
    }

    fn clock(&self) -> &C {
        &self.clock
    }

    fn chance(&self) -> &R {
        &self.chance
    }

    fn reference(&self) -> &Reference {
        &self.reference
    }

    fn key_cache(&self) -> &KeyCache {
        &self.key_cache
    }
}
