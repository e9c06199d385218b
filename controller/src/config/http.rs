//! [`Http`]: what is served, where, and how much of it.

use crate::cli::http_flags::HttpFlags;
use crate::config::ConfigError;
use crate::config::listen_address::ListenAddress;
use crate::http::router::Doors;
use crate::http::server::pace::Timeouts;
use jiff::SignedDuration;
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
    /// Whether metrics name SealedSecrets.
    pub metrics_name_objects: bool,
    /// What uses a private key.
    pub doors: Doors,
    /// How long clients may take.
    pub timeouts: Timeouts,
    /// How long requests are answered after SIGTERM at the least.
    pub shutdown_delay: Duration,
}

/// How often a path may be asked.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// On average.
    pub per_second: NonZeroU32,
    /// So many may come at once.
    pub at_once: NonZeroU32,
}

/// Longer than any request takes.
const ENDLESS: Duration = Duration::from_hours(24);

impl Http {
    pub(crate) fn meant_by(flags: &HttpFlags, accepted: Accepted) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: ListenAddress::parse("listen-addr", &flags.listen_addr)?,
            metrics_listen: ListenAddress::parse("listen-metrics-addr", &flags.listen_metrics_addr)?,
            metrics_name_objects: !flags.metrics_omit_secret_labels,
            doors: Doors {
                verify: flags.serve_verify,
                rotate: flags.serve_rotate,
                rate: rate_limit(flags.rate_limit, flags.rate_limit_burst)?,
                accepted,
            },
            timeouts: Timeouts { read: patience(flags.read_timeout), write: patience(flags.write_timeout) },
            shutdown_delay: Duration::try_from(flags.shutdown_delay_duration)
                .map_err(|_| ConfigError::Negative("shutdown-delay-duration"))?,
        })
    }
}

/// As many at once as upstream's limiter lets in: the burst, and one.
fn rate_limit(per_second: i64, burst: i64) -> Result<RateLimit, ConfigError> {
    let positive = |number: i64| {
        let number = number.max(0).unsigned_abs();
        NonZeroU32::new(u32::try_from(number).unwrap_or(u32::MAX))
    };
    let at_once = if burst < 0 { None } else { positive(burst.saturating_add(1)) };
    Ok(RateLimit {
        per_second: positive(per_second).ok_or(ConfigError::RateLimit)?,
        at_once: at_once.ok_or(ConfigError::RateLimitBurst)?,
    })
}

/// Nothing, and less, is Go's "no limit".
fn patience(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).ok().filter(|duration| !duration.is_zero()).unwrap_or(ENDLESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_the_burst_may_come_at_once() {
        let read = |per_second, burst| {
            rate_limit(per_second, burst).map(|limit| (limit.per_second.get(), limit.at_once.get()))
        };
        assert_eq!(read(2, 2), Ok((2, 3)));
        assert_eq!(read(1, 0), Ok((1, 1)));
        assert_eq!(read(i64::MAX, i64::MAX), Ok((u32::MAX, u32::MAX)));
        assert_eq!(read(0, 2), Err(ConfigError::RateLimit));
        assert_eq!(read(-1, 2), Err(ConfigError::RateLimit));
        assert_eq!(read(2, -1), Err(ConfigError::RateLimitBurst));
    }

    #[test]
    fn no_time_is_no_limit() {
        assert_eq!(patience(SignedDuration::from_secs(5)), Duration::from_secs(5));
        assert_eq!(patience(SignedDuration::ZERO), ENDLESS);
        assert_eq!(patience(SignedDuration::from_secs(-1)), ENDLESS);
    }
}
