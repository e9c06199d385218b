//! `waits`: how long to wait between tries where the controller had too many requests.
//!
//! It lets in two requests a second, for everybody together.

use std::time::Duration;

/// Each longer than the one before; about ten seconds in all.
pub(crate) fn waits() -> impl Iterator<Item = Duration> {
    [500, 1000, 1500, 2500, 4000].into_iter().map(Duration::from_millis)
}
