//! [`Outcome`]: an end state. What it leaves out has the usual value, not any: no labels, type Opaque, not immutable.
//! [`Glimpse`]: a state that a step waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use serde::Deserialize;

use crate::snapshot::Snapshot;
use crate::stated::Stated;
use crate::synced::Synced;

/// The end state: all of it must be stated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    secret: Stated<Wanted>,
    synced: Stated<Synced>,
    /// All events on the SealedSecret, each by type and reason.
    events: Stated<BTreeSet<String>>,
}

/// A state between two steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Glimpse {
    secret: Option<Wanted>,
    synced: Option<Synced>,
    /// Events that must exist; others may exist too.
    #[serde(default)]
    events: BTreeSet<String>,
}

/// The expected Secret.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "SecretEntry")]
pub(crate) enum Wanted {
    Absent,
    Present(Box<Present>),
}

/// A Secret that exists.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Present {
    data: BTreeMap<String, Stated<String>>,
    /// In the form of [`Snapshot::owner`].
    owner: String,
    #[serde(rename = "type", default = "opaque")]
    type_: String,
    #[serde(default)]
    labels: BTreeMap<String, Stated<String>>,
    #[serde(default)]
    annotations: BTreeMap<String, Stated<String>>,
    #[serde(default)]
    finalizers: Vec<String>,
    #[serde(default)]
    immutable: bool,
}

/// How a Secret is written in the list.
#[derive(Deserialize)]
#[serde(untagged)]
enum SecretEntry {
    Word(Absent),
    Present(Box<Present>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Absent {
    Absent,
}

impl From<SecretEntry> for Wanted {
    fn from(entry: SecretEntry) -> Self {
        match entry {
            SecretEntry::Word(Absent::Absent) => Self::Absent,
            SecretEntry::Present(present) => Self::Present(present),
        }
    }
}

impl Outcome {
    /// Compares it with the cluster's state; the error says what differs.
    pub(crate) fn check(&self, snapshot: &Snapshot) -> Result<()> {
        self.synced.check("Synced", |wanted| wanted.check(snapshot))?;
        self.secret.check("the Secret", |wanted| wanted.check(snapshot))?;
        self.events.check("events", |wanted| same("all of them", wanted, &snapshot.events))
    }
}

impl Glimpse {
    /// Compares it with the cluster's present state.
    pub(crate) fn check(&self, snapshot: &Snapshot) -> Result<()> {
        if let Some(synced) = &self.synced {
            synced.check(snapshot)?;
        }
        if let Some(secret) = &self.secret {
            secret.check(snapshot).context("the Secret")?;
        }
        ensure!(snapshot.events.is_superset(&self.events), "there are events {:?}", snapshot.events);
        Ok(())
    }
}

impl Wanted {
    fn check(&self, snapshot: &Snapshot) -> Result<()> {
        match (self, &snapshot.secret) {
            (Self::Absent, there) => ensure!(there.is_none(), "it is there"),
            (Self::Present(_), None) => anyhow::bail!("it is not there"),
            (Self::Present(wanted), Some(secret)) => wanted.check(secret, &snapshot.owner(secret))?,
        }
        Ok(())
    }
}

impl Present {
    fn check(&self, secret: &Secret, owner: &str) -> Result<()> {
        let data: BTreeMap<String, String> = secret
            .data
            .iter()
            .flatten()
            .map(|(key, value)| (key.clone(), String::from_utf8_lossy(&value.0).into_owned()))
            .collect();
        each("data", &self.data, &data)?;
        same("its owner", self.owner.as_str(), owner)?;
        same("type", &self.type_, &secret.type_.clone().unwrap_or_default())?;
        each("labels", &self.labels, secret.labels())?;
        each("annotations", &self.annotations, secret.annotations())?;
        same("finalizers", &self.finalizers[..], secret.finalizers())?;
        same("immutable", &self.immutable, &(secret.immutable == Some(true)))
    }
}

fn opaque() -> String {
    "Opaque".into()
}

/// Checks that the keys are equal, and that the stated values are.
fn each(
    what: &str,
    wanted: &BTreeMap<String, Stated<String>>,
    there: &BTreeMap<String, String>,
) -> Result<()> {
    ensure!(wanted.keys().eq(there.keys()), "{what}: there is {there:?}");
    for ((key, wanted), there) in wanted.iter().zip(there.values()) {
        wanted.check(what, |wanted| same(key, wanted, there))?;
    }
    Ok(())
}

fn same<T: PartialEq + Debug + ?Sized>(what: &str, wanted: &T, there: &T) -> Result<()> {
    ensure!(wanted == there, "{what}: there is {there:?}");
    Ok(())
}
