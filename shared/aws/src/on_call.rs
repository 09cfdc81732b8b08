//! Clients made at their first call: a function does not pay, at each of its starts, for the services it does not call.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A client that is made when it is first used.
#[derive(Clone, Debug)]
pub(crate) struct OnCall<C>(Arc<LazyLock<C, Box<dyn FnOnce() -> C + Send>>>);

impl<C> OnCall<C> {
    /// Keeps how it is made.
    pub(crate) fn new(make: impl FnOnce() -> C + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<C> Deref for OnCall<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}
