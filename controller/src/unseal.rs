//! From a SealedSecret to its Secret.
//!
//! `controller` watches, and `queue` admits a bounded number of SealedSecrets at a time; for each of them `reconcile` runs the steps
//!
//! 1. `read`: gathers all facts, and reads the existing Secret if the watches do not show enough;
//! 2. `decide`: turns the facts into one `Plan`; pure;
//! 3. `apply`: carries the plan out with at most one write, and returns an `Outcome`;
//! 4. `report`: writes the outcome to the status, then as an event, a metric and a log line;
//! 5. `requeue`: decides when the SealedSecret is reconciled again.
//!
//! `cause` has every reason why a SealedSecret is not unsealed, and `state` what this process remembers of each SealedSecret. The modules
//! import one another in one direction: cause and outcome, state and queue, context, read, decide, apply, report, requeue, reconcile, controller.

pub(crate) mod apply;
pub(crate) mod cause;
pub(crate) mod context;
pub(crate) mod controller;
pub(crate) mod decide;
pub(crate) mod gc;
pub(crate) mod outcome;
pub(crate) mod queue;
pub(crate) mod read;
pub(crate) mod reconcile;
pub(crate) mod report;
pub(crate) mod requeue;
pub(crate) mod state;
