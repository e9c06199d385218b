//! [`Http`]: what is served, where, and how much of it.

use crate::cli::http_flags::HttpFlags;
use crate::config::error::ConfigError;
use crate::config::listen_address::ListenAddress;
use jiff::SignedDuration;
use sealing::Accepted;
use std::num::NonZeroU32;
use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct Http {
    /// Where the certificate is served.
    pub listen: ListenAddress,
    /// Where metrics are served.
    pub metrics_listen: ListenAddress,
    pub metrics_name_objects: bool,
    pub private_key: PrivateKeyEndpoints,
    pub timeouts: ClientTimeouts,
    /// Minimum time for which requests are answered after SIGTERM.
    pub shutdown_delay: Duration,
}

/// Which of the endpoints that use a private key are served.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PrivateKeyEndpoints {
    pub verify: bool,
    pub rotate: bool,
    pub rate: RateLimit,
    /// Which deprecated forms of SealedSecrets are opened.
    pub accepted: Accepted,
}

/// How many requests an endpoint accepts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateLimit {
    /// Average number of requests per second.
    pub per_second: NonZeroU32,
    /// Maximum number of requests at once.
    pub burst: NonZeroU32,
}

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientTimeouts {
    /// Maximum time for a request to arrive, counted from the end of the answer before it.
    pub read: Duration,
    /// Maximum time for the client to read an answer.
    pub write: Duration,
}

/// Means "no limit": longer than any request takes.
const ENDLESS: Duration = Duration::from_hours(24);

impl Http {
    pub(crate) fn from_flags(flags: &HttpFlags, accepted: Accepted) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: ListenAddress::parse("listen-addr", &flags.listen_addr)?,
            metrics_listen: ListenAddress::parse("listen-metrics-addr", &flags.listen_metrics_addr)?,
            metrics_name_objects: !flags.metrics_omit_secret_labels,
            private_key: PrivateKeyEndpoints {
                verify: flags.serve_verify,
                rotate: flags.serve_rotate,
                rate: rate_limit(flags.rate_limit, flags.rate_limit_burst)?,
                accepted,
            },
            timeouts: ClientTimeouts {
                read: or_endless(flags.read_timeout),
                write: or_endless(flags.write_timeout),
            },
            shutdown_delay: Duration::try_from(flags.shutdown_delay_duration)
                .map_err(|_| ConfigError::Negative("shutdown-delay-duration"))?,
        })
    }
}

/// Accepts as many requests at once as upstream's limiter: the value of `--rate-limit-burst`, and one more.
fn rate_limit(per_second: i64, burst: i64) -> Result<RateLimit, ConfigError> {
    let positive = |number: i64| {
        let number = number.max(0).unsigned_abs();
        NonZeroU32::new(u32::try_from(number).unwrap_or(u32::MAX))
    };
    let burst = if burst < 0 { None } else { positive(burst.saturating_add(1)) };
    Ok(RateLimit {
        per_second: positive(per_second).ok_or(ConfigError::RateLimit)?,
        burst: burst.ok_or(ConfigError::RateLimitBurst)?,
    })
}

/// Zero and negative durations mean "no limit" in Go.
fn or_endless(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).ok().filter(|duration| !duration.is_zero()).unwrap_or(ENDLESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_the_burst_may_come_at_once() {
        let read = |per_second, burst| {
            rate_limit(per_second, burst).map(|limit| (limit.per_second.get(), limit.burst.get()))
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
        assert_eq!(or_endless(SignedDuration::from_secs(5)), Duration::from_secs(5));
        assert_eq!(or_endless(SignedDuration::ZERO), ENDLESS);
        assert_eq!(or_endless(SignedDuration::from_secs(-1)), ENDLESS);
    }
}
