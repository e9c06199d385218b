//! From a SealedSecret to its Secret: `controller` watches, `queue` admits, then `read`, `decide`, `apply`, `report`.

pub(crate) mod apply;
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
