//! [`Records`]: the key Secrets of one watch, and the ring they make. No I/O; `watch` feeds it.

use super::store::wipe;
use api::sealing_key::{ACTIVE, LABEL};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::runtime::watcher::Event;
use sealing::{KeyOrder, SealingKey};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A key Secret that was read, in the version that was read.
#[derive(Debug, Clone)]
struct Record {
    resource_version: Option<String>,
    /// None where the Secret is no sealing key: it is left out, and breaks no other.
    key: Option<Arc<SealingKey>>,
}

/// What one watch has shown so far, by Secret name.
#[derive(Debug, Default)]
pub(super) struct Records {
    order: KeyOrder,
    current: BTreeMap<String, Record>,
    /// Filled between Init and `InitDone`, and then put in place whole: no key is missing in between.
    incoming: BTreeMap<String, Record>,
    listed: bool,
}

impl Records {
    /// None yet; keys will be ordered so.
    pub(super) fn ordered(order: KeyOrder) -> Self {
        Self { order, ..Self::default() }
    }

    /// Takes in one event. True if the ring may have changed.
    pub(super) fn take(&mut self, event: Event<Secret>) -> bool {
        match event {
            Event::Init => {
                self.incoming.clear();
                false
            }
            Event::InitApply(secret) => {
                let (name, record) = self.read(secret);
                self.incoming.insert(name, record);
                false
            }
            Event::InitDone => {
                self.current = std::mem::take(&mut self.incoming);
                self.listed = true;
                true
            }
            Event::Apply(secret) => {
                let (name, record) = self.read(secret);
                self.current.insert(name, record);
                true
            }
            Event::Delete(mut secret) => {
                let name = secret.name_any();
                tracing::info!(secret = name, "sealing key taken out");
                wipe(&mut secret);
                self.current.remove(&name);
                true
            }
        }
    }

    /// Whether a complete list has been read.
    pub(super) fn listed(&self) -> bool {
        self.listed
    }

    /// The keys that count.
    pub(super) fn keys(&self) -> impl Iterator<Item = Arc<SealingKey>> {
        self.current.values().filter_map(|record| record.key.clone())
    }

    /// Parses a Secret, unless this version of it was parsed before.
    fn read(&self, mut secret: Secret) -> (String, Record) {
        let name = secret.name_any();
        let resource_version = secret.metadata.resource_version.clone();
        if let Some(known) = self.current.get(&name)
            && known.resource_version == resource_version
        {
            wipe(&mut secret);
            return (name, known.clone());
        }
        let label = secret.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL));
        if label.is_some_and(|label| label != ACTIVE) {
            // Found by its name, as a legacy key is; its label takes it out all the same.
            wipe(&mut secret);
            return (name, Record { resource_version, key: None });
        }
        let key = match SealingKey::from_secret(&secret, self.order) {
            Ok(key) => {
                tracing::info!(secret = name, fingerprint = %key.fingerprint(), "sealing key read");
                Some(Arc::new(key))
            }
            Err(error) => {
                let error = crate::logging::chain(&error);
                tracing::error!(secret = name, error, "this Secret is labelled as a sealing key and is none");
                None
            }
        };
        wipe(&mut secret);
        (name, Record { resource_version, key })
    }
}
