//! [`SecretWrites`]: the versions of Secrets that this process wrote or found right, until the watch of Secrets shows them.
//!
//! The watch of SealedSecrets may be faster than that of Secrets: it shows the status that names a version which the other watch does not
//! show yet. Without this, the Secret would be read each time that happens.

use api::ObservedMetadata;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::runtime::reflector::ObjectRef;
use kube::runtime::watcher::Event;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long the watch may take. It takes milliseconds; where it is refused, or silent, the Secret is read as if nothing was remembered.
const BELIEVED: Duration = Duration::from_secs(30);

/// The writes that the watch has not shown.
#[derive(Debug, Default)]
pub(crate) struct SecretWrites(Mutex<Writes>);

#[derive(Debug, Default)]
struct Writes {
    by_name: HashMap<ObjectRef<Secret>, (u64, Instant)>,
    /// The latest version that the watch has shown since its last list, of any Secret.
    shown: u64,
    phase: WatchPhase,
}

/// How many lists the watch has begun and ended. A list shows a Secret, or that it is gone, without an event of its own; so what was
/// written in one phase says nothing in the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct WatchPhase(u64);

impl SecretWrites {
    /// Follows the watch. To be called after its reflector, so that a write is remembered until the store has it.
    pub(crate) fn follow(&self, event: &Event<ObservedMetadata<Secret>>) {
        let writes = &mut *self.0.lock();
        if let Event::Init | Event::InitDone = event {
            writes.by_name.clear();
            writes.phase.0 += 1;
        }
        match event {
            // Where etcd was restored from a backup, versions begin again from an earlier one.
            Event::Init => writes.shown = 0,
            Event::InitDone => {}
            Event::InitApply(secret) | Event::Apply(secret) | Event::Delete(secret) => {
                let version = secret.resource_version().and_then(|version| number(&version));
                writes.shown = writes.shown.max(version.unwrap_or_default());
                if !writes.by_name.is_empty() {
                    let this = name_of(&secret.namespace().unwrap_or_default(), &secret.name_any());
                    if writes.by_name.get(&this).is_some_and(|(ours, _)| *ours <= writes.shown) {
                        writes.by_name.remove(&this);
                    }
                }
            }
        }
    }

    /// The version that is not shown yet, if any; and the phase of the watch.
    pub(crate) fn unseen(&self, namespace: &str, name: &str, now: Instant) -> (Option<String>, WatchPhase) {
        let writes = self.0.lock();
        // Nearly always: without a name of its own for each look.
        if writes.by_name.is_empty() {
            return (None, writes.phase);
        }
        let unseen = writes.by_name.get(&name_of(namespace, name));
        let unseen = unseen.filter(|(_, since)| now.saturating_duration_since(*since) < BELIEVED);
        (unseen.map(|(version, _)| version.to_string()), writes.phase)
    }

    /// Records a version that this process wrote or found right by reading it, in a reconciliation that began in `phase`. Never what only the
    /// status says: that Secret may be gone, and no event would show that.
    pub(crate) fn wrote(&self, namespace: &str, name: &str, version: &str, phase: WatchPhase, now: Instant) {
        let writes = &mut *self.0.lock();
        let Some(version) = number(version) else { return };
        // Where the watch has shown this version of any Secret or a later one, it has shown this one as well, and maybe that it is gone.
        if writes.phase == phase && version > writes.shown {
            writes.by_name.insert(name_of(namespace, name), (version, now));
        }
    }
}

/// As in `api::resource_version`: etcd's versions are numbers. Of others, none is remembered.
fn number(version: &str) -> Option<u64> {
    version.parse().ok()
}

fn name_of(namespace: &str, name: &str) -> ObjectRef<Secret> {
    ObjectRef::new(name).within(namespace)
}

#[cfg(test)]
mod tests;
