//! `convert_keys`: does what `plan` says, until the term ends.

use crate::config::keys::Keys;
use crate::events::about::About;
use crate::events::queue::{EventQueue, NewEvent};
use crate::keys::conversion::plan::{Conversion, Forms, plan};
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::ring::SharedRing;
use crate::keys::store::secret_api::StoreError;
use crate::keys::store::wipe::wipe;
use crate::keys::store::wrapped_secret::Unwrapping;
use crate::keys::store::{new_secret, secret_api};
use crate::keys::unwrapping::providers::Wrapping;
use crate::leader_election::fence::WriteRefused;
use crate::process::backoff::Backoff;
use crate::process::error_chain::chain;
use api::sealing_key::WRAPPED_TYPE;
use envelope::Fingerprint;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use key_wrapping::SlotReport;
use kube::{Api, Client};
use parking_lot::Mutex;
use sealing::SealingKey;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Not longer, because the command that requests it waits two minutes.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// Stores keys in another form, in the controller's namespace.
pub(crate) struct Converter<'a> {
    secrets: Api<Secret>,
    ring: &'a SharedRing,
    wrapping: &'a Wrapping,
    forms: Forms,
    events: EventQueue,
    /// The keys whose copy came back changed from the API server: others would be made without end.
    spoilt: Mutex<BTreeSet<Fingerprint>>,
    /// By the name of the Secret, why it was not converted when it was last tried: an event says it once.
    failures: Mutex<BTreeMap<String, String>>,
}

impl<'a> Converter<'a> {
    pub(crate) fn new(
        (client, namespace): (&Client, &str),
        ring: &'a SharedRing,
        wrapping: &'a Wrapping,
        forms: Forms,
        events: EventQueue,
    ) -> Self {
        let secrets = Api::namespaced(client.clone(), namespace);
        Self { secrets, ring, wrapping, forms, events, spoilt: Mutex::default(), failures: Mutex::default() }
    }

    /// Converts until this future is dropped.
    pub(crate) async fn convert_keys(&self) {
        let mut changes = self.ring.changes();
        self.ring.loaded().await;
        let mut backoff = BACKOFF;
        loop {
            changes.borrow_and_update();
            let mut steps = plan(&self.ring.state(), self.forms);
            let spoilt = self.spoilt.lock().clone();
            steps.retain(
                |step| !matches!(step, Conversion::Escrow(_, key) if spoilt.contains(&key.fingerprint())),
            );
            if steps.is_empty() {
                backoff = BACKOFF;
                if changes.changed().await.is_err() {
                    return;
                }
                continue;
            }
            let mut failed = false;
            for step in steps {
                failed |= self.carry_out(step).await.is_none();
            }
            // Where all steps succeeded, the watch has yet to show it.
            let delay = if failed { backoff.next_delay() } else { BACKOFF.after(0) };
            tokio::time::sleep(delay).await;
        }
    }

    /// None if it failed, which is logged and recorded; or if the term is over.
    async fn carry_out(&self, step: Conversion) -> Option<()> {
        let (old, done) = match step {
            Conversion::Wrap(old, key) => (old.clone(), self.wrap(&old, &key).await),
            Conversion::Unwrap(old, key) => (old.clone(), self.unwrap(&old, &key).await),
            Conversion::Escrow(old, key) => (old.clone(), self.escrow(&old, &key).await),
            Conversion::Delete { old, new } => (old.clone(), self.delete(&old, &new).await),
        };
        match done {
            Ok(()) => {
                self.failures.lock().remove(&old.name);
                Some(())
            }
            Err(error) if WriteRefused::is_term_over(&error) => None,
            Err(error) => {
                let (secret, error) = (&old.name, chain(&error));
                tracing::error!(secret, error, "storing a sealing key in another form failed, will retry");
                let message = format!("the sealing key is not stored in another form yet: {error}");
                let before = self.failures.lock().insert(secret.clone(), message.clone());
                if before.as_ref() != Some(&message) {
                    self.record(old, true, "SealingKeyWarning", message);
                }
                None
            }
        }
    }

    async fn wrap(&self, old: &About, key: &SealingKey) -> Result<(), StoreError> {
        let wrapped = self.wrapping.providers.wrap(key.pair(), key.since()).await?;
        let metadata = self.metadata(old, "wrapped").await?;
        let replaced = old.uid.as_deref().unwrap_or_default();
        let metadata = new_secret::replacing(metadata, (key.pair(), &wrapped), replaced)?;
        let unbound = self.wrapping.unbound().await;
        let secret = new_secret::wrapped(metadata, (key.pair().certificate(), &wrapped), &unbound);
        let created = self.create(secret).await?;
        if let KeyContent::Wrapped { wrapped, .. } = &created.content {
            // What was wrapped was opened by each provider, and is what the API server has.
            let unwrapped = self.wrapping.providers.unwrap(&wrapped.key, wrapped.certificate.clone()).await;
            let unwrapped = unwrapped.map_err(|source| StoreError::Unwrap(Box::new(source)))?;
            let key = SealingKey::new(created.about.name.clone(), unwrapped.pair).dated(wrapped.key.since());
            let unwrapped = Unwrapping::Unwrapped { key: Arc::new(key), slots: SlotReport::default() };
            self.ring.add_unwrapped(&created, wrapped.id, &unwrapped);
        }
        Ok(())
    }

    async fn unwrap(&self, old: &About, key: &SealingKey) -> Result<(), StoreError> {
        let secret = new_secret::plain(self.metadata(old, "plain").await?, key.pair())?;
        self.ring.add(&self.create(secret).await?);
        Ok(())
    }

    async fn escrow(&self, old: &About, key: &SealingKey) -> Result<(), StoreError> {
        let wrapped = self.wrapping.providers.wrap(key.pair(), key.since()).await?;
        let metadata = self.metadata(old, "escrow").await?;
        let secret = new_secret::escrow(metadata, key.pair(), &wrapped)?;
        let created = self.create(secret).await?;
        let fault = match &created.content {
            KeyContent::Escrow(copy) => copy.fault(key, self.ring.state().policy()),
            _ => Some(String::new()),
        };
        // A webhook changed it.
        if fault.is_some() {
            self.spoilt.lock().insert(key.fingerprint());
            secret_api::delete(&self.secrets, &created.about).await?;
            return Err(StoreError::ReadBack(created.about.name));
        }
        self.ring.add(&created);
        let message = format!("stored a copy for the age recipient beside the sealing key {}", old.name);
        self.record(created.about, false, "SealingKeyEscrowed", message);
        Ok(())
    }

    async fn delete(&self, old: &About, new: &About) -> Result<(), StoreError> {
        // The watch may be late, and this Secret the last one with the key.
        let found = secret_api::find(&self.secrets, &new.name, self.ring.settings().order).await?;
        let is_there = found.is_some_and(|found| found.about == *new && !found.is_terminating);
        if !is_there || !secret_api::delete(&self.secrets, old).await? {
            return Ok(());
        }
        let (secret, new) = (&old.name, &new.name);
        if self.forms.unwrap_all {
            tracing::warn!(secret, new, "the sealing key stands in plain now");
            return Ok(());
        }
        tracing::info!(
            secret,
            new,
            "the sealing key is wrapped now, and the Secret with its earlier form deleted"
        );
        let message = format!(
            "the sealing key of the deleted Secret {secret} is kept here now. Backups of the cluster and of etcd from before still have it in \
             its earlier form: renew the key (`kubeseal-rs keys renew`), and reseal"
        );
        let about = About { name: new.clone(), uid: None, resource_version: None, ..old.clone() };
        self.record(about, false, "SealingKeyWrapped", message);
        Ok(())
    }

    /// A Secret that has the name already is noted, so that the next attempt takes another one.
    async fn create(&self, secret: Secret) -> Result<KeySecret, StoreError> {
        let Keys { order, .. } = self.ring.settings();
        let name = secret.metadata.name.clone().unwrap_or_default();
        if let Some(created) = secret_api::create(&self.secrets, secret, *order).await? {
            return Ok(created);
        }
        if let Some(other) = secret_api::find(&self.secrets, &name, *order).await? {
            self.ring.add(&other);
        }
        Err(StoreError::Taken(name))
    }

    /// The labels and annotations of a Secret, for another one that holds the same key, under a free name.
    async fn metadata(&self, old: &About, form: &str) -> Result<ObjectMeta, StoreError> {
        let reading = secret_api::read(&self.secrets, &old.name).await;
        let known = reading.map_err(StoreError::api(&old.name))?;
        let mut known = known.ok_or_else(|| StoreError::Gone(old.name.clone()))?;
        wipe(known.known_mut());
        let state = self.ring.state();
        let name = free_name(&old.name, form, |name| state.records.has_name(name));
        let known = known.known();
        let is_wrapped_anew = form == "wrapped" && known.type_.as_deref() == Some(WRAPPED_TYPE);
        Ok(new_secret::copied_metadata(name, &known.metadata, is_wrapped_anew))
    }

    fn record(&self, about: About, warning: bool, reason: &'static str, message: String) {
        self.events.record(about, NewEvent { warning, reason, message });
    }
}

/// The longest name of a Secret.
const LONGEST_NAME: usize = 253;

/// The name of the Secret of another form: the name of the old one with the form after it, and a number where that is taken.
fn free_name(old: &str, form: &str, is_taken: impl Fn(&str) -> bool) -> String {
    const FORMS: [&str; 3] = ["-wrapped", "-plain", "-escrow"];
    let without_number = old.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('-').unwrap_or(old);
    let stem = [without_number, old]
        .into_iter()
        .find_map(|name| FORMS.iter().find_map(|form| name.strip_suffix(form)));
    let stem = stem.unwrap_or(old);
    let numbered = |number: usize| {
        let end = if number == 1 { format!("-{form}") } else { format!("-{form}-{number}") };
        // The names of Secrets are ASCII.
        let stem = stem.get(..LONGEST_NAME - end.len()).unwrap_or(stem).trim_end_matches(['-', '.']);
        format!("{stem}{end}")
    };
    let mut number = 1;
    loop {
        let name = numbered(number);
        if !is_taken(&name) {
            return name;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::test_server::answering;
    use crate::keys::store::ring::tests::new_key;
    use crate::keys::unwrapping::provider_states::ProviderStates;
    use key_wrapping::{KeyProviders, ProviderEnvironment};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A service that is away for long would fill the Secret's events.
    #[tokio::test]
    async fn an_event_says_once_why_a_key_is_not_converted() {
        let recorded = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&recorded);
        let client = answering(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            (201, serde_json::json!({ "metadata": {}, "involvedObject": {} }).to_string())
        });
        let connect = |spec: &str| {
            key_wrapping::connect(&spec.parse().unwrap(), &ProviderEnvironment::default()).unwrap()
        };
        let services = vec![connect("kmsv2:unix:///nowhere/kms.sock")];
        let providers = KeyProviders::new("prod".parse().unwrap(), services, Vec::new());
        let wrapping = Wrapping { providers, states: ProviderStates::default() };
        let ring = SharedRing::unread();
        let forms = Forms { wraps: true, unwrap_all: false, keeps_escrow_copies: false };
        let (events, sending) = EventQueue::start(client.clone());
        let converter = Converter::new((&client, "kube-system"), &ring, &wrapping, forms, events);
        for (name, expected) in [("one", 1), ("one", 1), ("other", 2), ("one", 2)] {
            let mut secret = Secret::default();
            secret.metadata.name = Some(name.into());
            let step = Conversion::Wrap(About::secret(&secret), new_key());
            assert!(converter.carry_out(step).await.is_none());
            assert_eq!(converter.failures.lock().len(), expected, "{name}");
        }
        drop(converter);
        sending.await.unwrap();
        assert_eq!(recorded.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_name_has_one_form_at_its_end() {
        let taken = ["a-wrapped", "a-wrapped-2", "key-7x2-wrapped"];
        for (old, form, expected) in [
            ("key-7x2", "wrapped", "key-7x2-wrapped-2"),
            ("key-7x2", "plain", "key-7x2-plain"),
            ("key-7", "wrapped", "key-7-wrapped"),
            ("a", "wrapped", "a-wrapped-3"),
            ("a-wrapped", "wrapped", "a-wrapped-3"),
            ("a-wrapped-2", "wrapped", "a-wrapped-3"),
            ("a-wrapped-2", "plain", "a-plain"),
            ("a-plain", "wrapped", "a-wrapped-3"),
        ] {
            assert_eq!(free_name(old, form, |name| taken.contains(&name)), expected, "{old}");
        }
        let long = format!("{}.{}", "a".repeat(244), "b".repeat(8));
        let first = free_name(&long, "wrapped", |_| false);
        assert_eq!(first, format!("{}-wrapped", "a".repeat(244)));
        let second = free_name(&long, "wrapped", |name| name == first);
        assert_eq!(second, format!("{}-wrapped-2", "a".repeat(243)));
    }
}
