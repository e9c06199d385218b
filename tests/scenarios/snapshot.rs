//! [`Snapshot`]: the state of one SealedSecret and its Secret, at one moment.

use std::collections::BTreeSet;

use anyhow::Result;
use api::annotations::UNSEALED_FROM;
use api::{Condition, ConditionStatus, ObservedSealedSecret, SealedSecret, SealedSecretStatus};
use k8s_openapi::api::core::v1::{Event, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use tests::user::person::Person;

/// The state at one moment.
pub(crate) struct Snapshot {
    pub sealed: Option<ObservedSealedSecret>,
    pub secret: Option<Secret>,
    /// `Normal Unsealed` and the like, without their counts: upstream repeats each event at every try.
    pub events: BTreeSet<String>,
    /// Number of events, including those that were counted instead of written anew.
    event_count: i64,
    /// Number of events about a failure.
    pub failures: i64,
}

/// Values that change with any write.
#[derive(Debug, PartialEq)]
pub(crate) struct Traces {
    secret_version: Option<String>,
    status: Option<SealedSecretStatus>,
    event_count: i64,
}

impl Snapshot {
    pub(crate) async fn look(client: &Client, person: &Person, namespace: &str, name: &str) -> Result<Self> {
        let sealed = Api::<ObservedSealedSecret>::namespaced(client.clone(), namespace).get_opt(name).await?;
        let mut secret = Api::<Secret>::namespaced(client.clone(), namespace).get_opt(name).await?;
        // Our controller annotates the Secret with the spec that it was unsealed from, where it must; upstream's does
        // not.
        if let Some(annotations) = secret.as_mut().and_then(|secret| secret.metadata.annotations.as_mut()) {
            annotations.remove(UNSEALED_FROM);
        }
        let events = person.events(namespace, name).await?;
        let count = |event: &Event| i64::from(event.count.unwrap_or(1));
        let event_count = events.iter().map(count).sum();
        let is_failure = |event: &&Event| event.type_.as_deref() == Some("Warning");
        let failures = events.iter().filter(is_failure).map(count).sum();
        let events = events
            .into_iter()
            .map(|event| format!("{} {}", event.type_.unwrap_or_default(), event.reason.unwrap_or_default()))
            .collect();
        Ok(Self { sealed, secret, events, event_count, failures })
    }

    pub(crate) fn traces(&self) -> Traces {
        Traces {
            secret_version: self.secret.as_ref().and_then(kube::ResourceExt::resource_version),
            status: self.sealed.as_ref().and_then(|sealed| sealed.status.clone()),
            event_count: self.event_count,
        }
    }

    /// The status of the condition `Synced`, with its message. A status of an earlier generation counts as none.
    pub(crate) fn synced(&self) -> (&'static str, String) {
        let Some(sealed) = &self.sealed else { return ("gone", String::new()) };
        let status = sealed.status.clone().unwrap_or_default();
        let Some(synced) = status.condition(Condition::SYNCED) else { return ("unseen", String::new()) };
        let message = synced.message.clone().unwrap_or_default();
        if status.observed_generation != sealed.metadata.generation {
            return ("of an earlier generation", message);
        }
        let word = match synced.status {
            ConditionStatus::True => "True",
            ConditionStatus::False => "False",
            ConditionStatus::Unknown => "Unknown",
        };
        (word, message)
    }

    /// The owner of the Secret: `none`, `self` for the present SealedSecret, `ConfigMap/c`; an owner that does not
    /// control it is `beside`.
    pub(crate) fn owner(&self, secret: &Secret) -> String {
        let owners: Vec<String> = secret.owner_references().iter().map(|owner| self.word(owner)).collect();
        if owners.is_empty() { "none".into() } else { owners.join(", ") }
    }

    fn word(&self, owner: &OwnerReference) -> String {
        let uid = self.sealed.as_ref().and_then(|sealed| sealed.metadata.uid.as_deref());
        let is_self = owner.kind == SealedSecret::kind(&())
            && owner.api_version == SealedSecret::api_version(&())
            && Some(owner.uid.as_str()) == uid;
        let name = if is_self { "self".into() } else { format!("{}/{}", owner.kind, owner.name) };
        if owner.controller == Some(true) { name } else { format!("{name} beside") }
    }
}
