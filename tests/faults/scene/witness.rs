//! [`Witness`]: watches the statuses of all SealedSecrets in one namespace during the whole test, and checks each of
//! them against the status contract.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret};
use futures::StreamExt as _;
use kube::api::Api;
use kube::runtime::watcher::Event;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Client, ResourceExt as _};
use tokio::task::JoinSet;

#[derive(Debug, Default)]
struct Seen {
    broken: Vec<String>,
    /// Statuses that report an error in the object.
    refused: Vec<String>,
    /// How often the status was seen to change, by name.
    changes: BTreeMap<String, (String, usize)>,
}

pub(crate) struct Witness {
    seen: Arc<Mutex<Seen>>,
    _watching: JoinSet<()>,
}

impl Witness {
    pub(crate) async fn of(client: Client, namespace: &str) -> Result<Self> {
        let objects: Api<ObservedSealedSecret> = Api::namespaced(client, namespace);
        let seen = Arc::<Mutex<Seen>>::default();
        let mut watching = JoinSet::new();
        let (listed, ready) = tokio::sync::oneshot::channel();
        let recorded = Arc::clone(&seen);
        watching.spawn(async move {
            let mut events = watcher(objects, watcher::Config::default()).default_backoff().boxed();
            let mut listed = Some(listed);
            while let Some(event) = events.next().await {
                match event {
                    Ok(Event::Apply(object) | Event::InitApply(object)) => {
                        recorded.lock().unwrap_or_else(PoisonError::into_inner).note(&object);
                    }
                    Ok(Event::InitDone) => drop(listed.take().map(|listed| listed.send(()))),
                    Ok(Event::Init | Event::Delete(_)) | Err(_) => {}
                }
            }
        });
        ready.await?;
        Ok(Self { seen, _watching: watching })
    }

    /// Fails if any status broke the contract.
    pub(crate) fn testify(&self) -> Result<()> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(seen.broken.is_empty(), "statuses that broke the contract:\n{}", seen.broken.join("\n"));
        Ok(())
    }

    /// Fails if any status reported an error in its object. Every object of these tests can be opened, whatever happens
    /// to the cluster.
    pub(crate) fn saw_no_refusal(&self) -> Result<()> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(seen.refused.is_empty(), "refused for no fault of theirs:\n{}", seen.refused.join("\n"));
        Ok(())
    }

    /// The highest number of status changes of one object.
    pub(crate) fn most_changes(&self) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.changes.values().map(|(_, changes)| *changes).max().unwrap_or_default()
    }
}

impl Seen {
    fn note(&mut self, object: &ObservedSealedSecret) {
        let status = serde_json::to_string(&object.status).unwrap_or_default();
        if let Err(error) = keeps_contract(object) {
            self.broken.push(format!("{}: {error}: {status}", object.name_any()));
        }
        let synced = object.status.as_ref().and_then(|status| status.condition(Condition::SYNCED));
        if synced.is_some_and(|synced| synced.status == ConditionStatus::False) {
            self.refused.push(format!("{}: {status}", object.name_any()));
        }
        let (last, changes) = self.changes.entry(object.name_any()).or_default();
        if *last != status {
            (*last, *changes) = (status, *changes + 1);
        }
    }
}

/// The status contract, for a status that was written.
pub(crate) fn keeps_contract(object: &ObservedSealedSecret) -> Result<()> {
    let Some(status) = object.status.as_ref().filter(|status| !status.conditions.is_empty()) else {
        return Ok(());
    };
    let holds = |type_| status.condition(type_).map(|condition| condition.status);
    ensure!(status.conditions[0].type_ == Condition::SYNCED, "Synced is not the first condition");
    for (namespace, condition) in status.conditions.iter().enumerate() {
        let again = status.conditions[namespace + 1..].iter().any(|other| other.type_ == condition.type_);
        ensure!(!again, "{} is there twice", condition.type_);
    }
    let said = (
        status.conditions[0].status,
        holds(Condition::READY),
        holds(Condition::STALLED),
        holds(Condition::RECONCILING),
    );
    let (yes, no) = (Some(ConditionStatus::True), Some(ConditionStatus::False));
    let contract = [
        (ConditionStatus::True, yes, None, None),
        (ConditionStatus::False, no, yes, None),
        (ConditionStatus::Unknown, no, None, yes),
        // Refused by a policy, a webhook or a quota.
        (ConditionStatus::False, no, None, yes),
    ];
    ensure!(contract.contains(&said), "Synced, Ready, Stalled, Reconciling are {said:?}");
    ensure!(
        status.observed_generation.is_some() && status.observed_generation <= object.metadata.generation,
        "of a generation that is not there yet"
    );
    Ok(())
}
