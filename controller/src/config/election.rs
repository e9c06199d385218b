//! [`LeaderElection`]: which of several replicas leads.

use crate::cli::election_flags::ElectionFlags;
use crate::config::error::ConfigError;
use crate::config::watch::{Namespaces, Watch};
use jiff::SignedDuration;
use std::time::Duration;

/// Whether a leader is elected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeaderElection {
    Off,
    /// An election where RBAC permits Leases; otherwise none.
    WherePermitted(LeaseTerms),
    /// Always an election: a replica that may not read Leases never leads.
    Always(LeaseTerms),
}

/// The Lease, and how long it lasts: `duration` > `deadline` > `retry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeaseTerms {
    pub name: String,
    /// Time without a renewal after which another replica takes the Lease.
    pub duration: Duration,
    /// Time after its last renewal for which the leader writes.
    pub deadline: Duration,
    /// Time between two renewals by the leader.
    pub retry: Duration,
}

/// Name of the Lease of a controller with default flags.
const NAME: &str = "sealed-secrets-controller";

impl LeaderElection {
    pub(crate) fn from_flags(flags: ElectionFlags, prefix: &str, watch: &Watch) -> Result<Self, ConfigError> {
        let terms = LeaseTerms {
            name: name(flags.leader_elect_resource_name, prefix, watch)?,
            duration: positive("leader-elect-lease-duration", flags.leader_elect_lease_duration)?,
            deadline: positive("leader-elect-renew-deadline", flags.leader_elect_renew_deadline)?,
            retry: positive("leader-elect-retry-period", flags.leader_elect_retry_period)?,
        };
        // A Lease counts whole seconds. Beyond a day nothing is an election any more.
        let sensible = terms.duration >= Duration::from_secs(1) && terms.duration <= Duration::from_hours(24);
        if !sensible || terms.duration <= terms.deadline || terms.deadline <= terms.retry {
            return Err(ConfigError::LeaseTerms);
        }
        Ok(match flags.leader_elect {
            None => Self::WherePermitted(terms),
            Some(true) => Self::Always(terms),
            Some(false) => Self::Off,
        })
    }
}

fn positive(flag: &'static str, duration: SignedDuration) -> Result<Duration, ConfigError> {
    let positive = Duration::try_from(duration).ok().filter(|duration| !duration.is_zero());
    positive.ok_or(ConfigError::NotPositive(flag))
}

/// Two controllers with different keys or different objects to unseal, as upstream allows them beside each other, are no replicas of
/// each other: with one Lease, one of them would never work.
fn name(given: String, prefix: &str, watch: &Watch) -> Result<String, ConfigError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if !given.is_empty() {
        let ends_well = !given.starts_with(['-', '.']) && !given.ends_with(['-', '.']);
        let well_formed = ends_well && given.chars().all(allowed) && given.len() <= 253;
        return if well_formed { Ok(given) } else { Err(ConfigError::LeaseName) };
    }
    let plain = prefix == api::sealing_key::DEFAULT_PREFIX
        && watch.label_selector.is_none()
        && watch.namespaces == Namespaces::All;
    if plain {
        return Ok(NAME.into());
    }
    let special = format!("{prefix}\n{:?}\n{:?}", watch.label_selector, watch.namespaces);
    Ok(format!("{NAME}-{:08x}", fnv1a(special.as_bytes())))
}

/// FNV-1a, folded: the same in every build, which the standard library's hash is not. Against accidents only.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
