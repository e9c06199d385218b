//! [`EarlierLeaders`]: what the election asks about the past: whether a replica has ever led here.

use futures::future::BoxFuture;
use std::fmt;

/// Knows whether a replica has ever led. The sealing keys know it: the first act of a leader is to make one.
pub(crate) trait EarlierLeaders: fmt::Debug + Send + Sync {
    /// Waits until it is known.
    fn read(&self) -> BoxFuture<'_, ()>;

    /// Whether it is known.
    fn are_read(&self) -> bool;

    /// Whether it is certain that no replica has ever led.
    fn none_ever(&self) -> bool;
}
