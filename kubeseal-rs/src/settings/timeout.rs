//! [`Timeout`]: how long to wait for a response, as kubectl's `--request-timeout` writes it.

use jiff::SignedDuration;
use std::str::FromStr;
use std::time::Duration;

/// How a duration is written.
pub(crate) const DURATION_RULE: &str = "a duration is written as in 30s, 2m or 1h30m; 0 is for ever";

/// A duration, or for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timeout(pub Option<Duration>);

impl FromStr for Timeout {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // As in kubectl: a number without a unit is seconds.
        let length = match text.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) if text.is_empty() => Duration::ZERO,
            Err(_) => {
                let signed: SignedDuration = text.parse().map_err(|_| DURATION_RULE)?;
                Duration::try_from(signed).map_err(|_| DURATION_RULE)?
            }
        };
        Ok(Self((!length.is_zero()).then_some(length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kubectl_reads() {
        for (text, millis) in [("0", 0), ("0s", 0), ("", 0), ("5", 5000), ("1m30s", 90_000), ("300ms", 300)] {
            let length = (millis > 0).then(|| Duration::from_millis(millis));
            assert_eq!(text.parse(), Ok(Timeout(length)), "{text}");
        }
        for text in ["-1s", "soon", "-5", "5x"] {
            assert!(text.parse::<Timeout>().is_err(), "{text}");
        }
    }
}
