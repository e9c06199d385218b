//! [`Watch`]: which SealedSecrets are unsealed, and the rate of requests to the API server.

use crate::cli::watch_flags::WatchFlags;
use crate::config::lists;
use std::collections::BTreeSet;
use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub namespaces: Namespaces,
    /// The labels; None for any.
    pub label_selector: Option<String>,
    /// The rate of requests to the API server; None for no limit of this program.
    pub client_limit: Option<ClientLimit>,
}

/// The namespaces in which SealedSecrets are unsealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Namespaces {
    All,
    /// The controller's own, and these.
    OwnAnd(BTreeSet<String>),
}

impl Namespaces {
    /// What is watched: None for all namespaces at once, or one watch for each. Kubernetes has no watch on several.
    pub(crate) fn watched(&self, own: &str) -> Vec<Option<String>> {
        match self {
            Self::All => vec![None],
            Self::OwnAnd(others) => {
                let all: BTreeSet<&str> = others.iter().map(String::as_str).chain([own]).collect();
                all.into_iter().map(|namespace| Some(namespace.to_owned())).collect()
            }
        }
    }

    /// As [`watched`](Self::watched), without the controller's own namespace where that is watched by itself.
    pub(crate) fn elsewhere(&self, own: &str) -> impl Iterator<Item = Option<String>> {
        self.watched(own).into_iter().filter(move |namespace| namespace.as_deref() != Some(own))
    }
}

/// The rate of requests to the API server: a number of requests in a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientLimit {
    /// The burst; at least one.
    pub requests: u32,
    /// The time for one burst.
    pub per: Duration,
}

impl Watch {
    pub(crate) fn from_flags(flags: WatchFlags) -> Self {
        let additional: BTreeSet<String> =
            lists::items(&flags.additional_namespaces).map(ToOwned::to_owned).collect();
        let namespaces = if flags.all_namespaces && additional.is_empty() {
            Namespaces::All
        } else {
            Namespaces::OwnAnd(additional)
        };
        Self {
            namespaces,
            label_selector: Some(flags.label_selector).filter(|selector| !selector.is_empty()),
            client_limit: client_limit(flags.kubeclient_qps, flags.kubeclient_burst),
        }
    }
}

/// A given limit is obeyed. Zero is a limit too: client-go's default.
fn client_limit(qps: Option<f64>, burst: i64) -> Option<ClientLimit> {
    let qps = qps.map(|qps| if qps == 0.0 { 5.0 } else { qps }).filter(|qps| *qps > 0.0)?;
    let burst = if burst == 0 { 10 } else { burst.max(1) };
    let requests = u32::try_from(burst).unwrap_or(u32::MAX);
    // A limit of thousands of millions counts as none; one of less than a request a day counts as one a day.
    let seconds = (f64::from(requests) / qps).min(86_400.0);
    let per = Duration::try_from_secs_f64(seconds).ok().filter(|per| !per.is_zero())?;
    Some(ClientLimit { requests, per })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_and_a_negative_one_is_no_limit() {
        let per = |qps, burst| client_limit(qps, burst).map(|limit| (limit.requests, limit.per));
        assert_eq!(per(None, 10), None);
        assert_eq!(per(Some(-1.0), 10), None);
        assert_eq!(per(Some(0.0), 10), Some((10, Duration::from_secs(2))));
        assert_eq!(per(Some(0.0), 0), per(Some(5.0), 10));
        assert_eq!(per(Some(5.0), 10), Some((10, Duration::from_secs(2))));
        assert_eq!(per(Some(f64::INFINITY), 10), None);
        assert_eq!(per(Some(1e300), 10), None);
        assert_eq!(per(Some(1e-300), 10), Some((10, Duration::from_hours(24))));
        assert_eq!(per(Some(0.5), -1), Some((1, Duration::from_secs(2))));
    }
}
