//! [`Http`]: what is served, where, and how much of it.

use super::{ConfigError, ListenAddress};
use crate::cli::HttpFlags;
use crate::go_duration;
use crate::http::{Doors, Timeouts};
use sealing::Accepted;
use std::num::NonZeroU32;
use std::time::Duration;

/// What is served, where, and how much of it.
#[derive(Debug, Clone)]
pub struct Http {
    /// Where the certificate is served.
    pub listen: ListenAddress,
    /// Where metrics are served.
    pub metrics_listen: ListenAddress,
    /// What uses a private key.
    pub doors: Doors,
    /// How long clients may take.
    pub timeouts: Timeouts,
}

/// How often a path may be asked.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// On average.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

impl Http {
    pub(super) fn meant_by(flags: &HttpFlags, accepted: Accepted) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: ListenAddress::parse("listen-addr", &flags.listen_addr)?,
            metrics_listen: ListenAddress::parse("listen-metrics-addr", &flags.listen_metrics_addr)?,
            doors: Doors {
                verify: flags.serve_verify,
                rotate: flags.serve_rotate,
                rate: RateLimit { per_second: flags.rate_limit, burst: flags.rate_limit_burst },
                accepted,
            },
            timeouts: Timeouts {
                read: positive("read-timeout", &flags.read_timeout)?,
                write: positive("write-timeout", &flags.write_timeout)?,
            },
        })
    }
}

pub(super) fn positive(flag: &'static str, text: &str) -> Result<Duration, ConfigError> {
    let duration = go_duration::parse(text).map_err(|error| ConfigError::Duration(flag, error))?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or(ConfigError::NotPositive(flag))
}
