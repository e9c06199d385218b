//! [`Action`]: what follows a reconciliation.

use std::time::Duration;

/// When an object is reconciled again, if nothing triggers that before.
///
/// Decided: instead of kube's type of the same name, which does not say what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Action {
    /// None: when something triggers it.
    pub requeue_after: Option<Duration>,
}

impl Action {
    pub(crate) const fn await_change() -> Self {
        Self { requeue_after: None }
    }

    pub(crate) const fn requeue(delay: Duration) -> Self {
        Self { requeue_after: Some(delay) }
    }
}
