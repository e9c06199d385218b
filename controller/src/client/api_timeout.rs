//! [`API_TIMEOUT`]: how long one request to the API server may take.

use std::time::Duration;

/// The API server answers in milliseconds. A request that takes longer than this has failed.
pub(crate) const API_TIMEOUT: Duration = Duration::from_secs(30);
