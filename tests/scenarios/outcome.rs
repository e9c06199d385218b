//! [`Outcome`]: a state, as expected in the list or as seen in the cluster. What the list does not name is not compared.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use api::Condition;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use serde::Deserialize;
use tests::person::Person;

/// What is there at the end.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Outcome {
    /// The Secret.
    pub secret: Option<Wanted>,
    /// Status of the condition `Synced` for the newest generation; "" where there is none.
    pub synced: Option<String>,
    /// Reasons of events that must be there.
    #[serde(default)]
    pub events: BTreeSet<String>,
}

/// The Secret at the end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", untagged)]
pub(crate) enum Wanted {
    /// `absent`
    Word(Absent),
    /// It is there, like this.
    Present(Box<Present>),
}

/// The one word that can stand for a Secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Absent {
    /// It is not there.
    Absent,
}

/// A Secret that is there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Present {
    data: Option<BTreeMap<String, String>>,
    #[serde(rename = "type")]
    type_: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    finalizers: Option<Vec<String>>,
    immutable: Option<bool>,
    /// Whether the SealedSecret controls it.
    owned: Option<bool>,
}

impl Outcome {
    /// Whether this is what is there now; the error says what differs.
    pub(crate) async fn holds(&self, person: &Person, namespace: &str, name: &str) -> Result<()> {
        let sealed = person.get_sealed(namespace, name).await;
        if let Some(wanted) = &self.synced {
            let sealed = sealed.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
            let status = sealed.status.clone().unwrap_or_default();
            let synced = status.condition(Condition::SYNCED);
            let word = synced.map(|synced| format!("{:?}", synced.status)).unwrap_or_default();
            ensure!(word == *wanted, "Synced is {word:?}: {:?}", synced.and_then(|it| it.message.clone()));
            ensure!(
                wanted.is_empty() || status.observed_generation == sealed.metadata.generation,
                "not seen yet"
            );
        }
        match &self.secret {
            None => {}
            Some(Wanted::Word(Absent::Absent)) => {
                ensure!(person.get_secret(namespace, name).await.is_err(), "the Secret is there");
            }
            Some(Wanted::Present(wanted)) => {
                let uid = sealed.ok().and_then(|sealed| sealed.metadata.uid);
                wanted.compare(&person.get_secret(namespace, name).await?, uid.as_deref())?;
            }
        }
        let events = person.events(namespace, name).await?;
        let reasons: BTreeSet<String> = events.into_iter().filter_map(|event| event.reason).collect();
        ensure!(reasons.is_superset(&self.events), "there are events {reasons:?}");
        Ok(())
    }
}

impl Present {
    fn compare(&self, secret: &Secret, sealed_uid: Option<&str>) -> Result<()> {
        let data: BTreeMap<String, String> = secret
            .data
            .iter()
            .flatten()
            .map(|(key, value)| (key.clone(), String::from_utf8_lossy(&value.0).into_owned()))
            .collect();
        let owned = secret
            .owner_references()
            .iter()
            .any(|owner| owner.controller == Some(true) && Some(owner.uid.as_str()) == sealed_uid);
        same("data", self.data.as_ref(), &data)?;
        same("type", self.type_.as_ref(), &secret.type_.clone().unwrap_or_default())?;
        same("labels", self.labels.as_ref(), secret.labels())?;
        same("annotations", self.annotations.as_ref(), secret.annotations())?;
        same("finalizers", self.finalizers.as_ref(), &secret.finalizers().to_vec())?;
        same("immutable", self.immutable.as_ref(), &(secret.immutable == Some(true)))?;
        same("owned", self.owned.as_ref(), &owned)
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, wanted: Option<&T>, there: &T) -> Result<()> {
    ensure!(wanted.is_none_or(|wanted| wanted == there), "{what} is {there:?}");
    Ok(())
}
