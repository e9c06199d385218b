//! [`LeaseRecord`]: the holder of the Lease, and its durations; read from the object and written into it. Pure.

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use std::time::Duration;

/// A Lease's record. Another replica's record is only compared with itself: whether it changed since it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeaseRecord {
    /// None if it was released, or never held.
    pub(crate) holder: Option<String>,
    /// How long others wait without a change before they take it.
    pub(crate) duration: Duration,
    /// When this holder took it, by the holder's clock.
    pub(crate) acquired: Option<Timestamp>,
    /// When its holder last renewed it, by the holder's clock.
    pub(crate) renewed: Option<Timestamp>,
    /// How often the holder has changed.
    pub(crate) transitions: i32,
}

impl LeaseRecord {
    /// Reads the record. Missing fields are as in a Lease that was never held.
    pub(crate) fn of(lease: &Lease) -> Self {
        let spec = lease.spec.clone().unwrap_or_default();
        let seconds = spec.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
        Self {
            holder: spec.holder_identity.filter(|holder| !holder.is_empty()),
            duration: Duration::from_secs(seconds.unwrap_or_default()),
            acquired: spec.acquire_time.map(|time| time.0),
            renewed: spec.renew_time.map(|time| time.0),
            transitions: spec.lease_transitions.unwrap_or_default(),
        }
    }

    /// The object with this record in it: the one that was read, so that the API server refuses it if it has changed since;
    /// else a new one.
    pub(crate) fn write_into(&self, read: Option<&Lease>, name: &str) -> Lease {
        let fresh = || Lease {
            metadata: ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() },
            spec: None,
        };
        let mut lease = read.cloned().unwrap_or_else(fresh);
        let spec = lease.spec.get_or_insert_with(LeaseSpec::default);
        spec.holder_identity = Some(self.holder.clone().unwrap_or_default());
        spec.lease_duration_seconds = Some(whole_seconds(self.duration));
        spec.acquire_time = self.acquired.map(MicroTime);
        spec.renew_time = self.renewed.map(MicroTime);
        spec.lease_transitions = Some(self.transitions);
        lease
    }

    /// The record after the holder has released it: free at once, even for replicas that wait for the whole duration.
    pub(crate) fn released(&self, now: Timestamp) -> Self {
        Self {
            holder: None,
            duration: Duration::from_secs(1),
            acquired: Some(now),
            renewed: Some(now),
            transitions: self.transitions,
        }
    }
}

/// Rounded up: others wait longer rather than shorter.
fn whole_seconds(duration: Duration) -> i32 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    i32::try_from(seconds).unwrap_or(i32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_reads_back_and_the_rest_of_the_object_stays() {
        let read: Lease = serde_json::from_value(json!({
            "metadata": { "name": "a", "resourceVersion": "7", "labels": { "team": "shop" } },
            "spec": { "preferredHolder": "x", "holderIdentity": "", "leaseTransitions": 4 },
        }))
        .unwrap();
        let before = LeaseRecord::of(&read);
        assert_eq!((before.holder.clone(), before.duration, before.transitions), (None, Duration::ZERO, 4));
        let now = Timestamp::from_second(1_000).unwrap();
        let duration = Duration::from_millis(2_500);
        let record = LeaseRecord {
            holder: Some("me".into()),
            duration,
            acquired: Some(now),
            renewed: Some(now),
            transitions: 5,
        };
        let written = record.write_into(Some(&read), "a");
        assert_eq!(written.metadata, read.metadata);
        assert_eq!(written.spec.as_ref().unwrap().preferred_holder.as_deref(), Some("x"));
        assert_eq!(
            LeaseRecord::of(&written),
            LeaseRecord { duration: Duration::from_secs(3), ..record.clone() }
        );
        let released = record.released(now).write_into(None, "a");
        assert_eq!(LeaseRecord::of(&released).holder, None);
        assert_eq!(released.spec.unwrap().holder_identity.as_deref(), Some(""));
    }
}
