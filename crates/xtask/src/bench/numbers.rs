//! [`Numbers`]: what was measured, as the JSON file holds it. Only raw numbers: rates, tables and plots are made from them.

pub(super) mod cpu;
pub(super) mod limit;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::cpu::Cpu;
use self::limit::Limit;
use super::machine::Machine;

/// What was measured of each subject, each at its own time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Numbers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cli: Option<Taken<Vec<Command>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<Taken<Vec<Run>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Taken<Vec<Run>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Taken<Latency>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Taken<Limit>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Taken<Vec<Size>>>,
}

/// Numbers, and where they are from, without which they mean nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Taken<T> {
    /// When it began, in RFC 3339.
    pub date: String,
    pub machine: Machine,
    /// The commit of this repository; with `-changed` where the work tree differs from it.
    pub commit: String,
    /// By program.
    pub versions: BTreeMap<String, String>,
    pub took_seconds: f64,
    pub measured: T,
}

/// Upstream's comes first wherever both are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Upstream,
    Ours,
}

pub(super) const SIDES: [Side; 2] = [Side::Upstream, Side::Ours];

/// The same of both sides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Both<T> {
    pub upstream: T,
    pub ours: T,
}

impl<T> Both<T> {
    pub(super) const fn of(&self, side: Side) -> &T {
        match side {
            Side::Upstream => &self.upstream,
            Side::Ours => &self.ours,
        }
    }

    pub(super) const fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Upstream => &mut self.upstream,
            Side::Ours => &mut self.ours,
        }
    }
}

/// A command of kubeseal, run by both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Command {
    pub name: String,
    /// Number of documents on standard input, where the command seals documents.
    pub documents: Option<usize>,
    pub seconds: Both<Vec<f64>>,
    /// The most memory that it had; none where there is no GNU time.
    pub peak_kib: Both<Option<u64>>,
}

/// What is different from run to run of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Curve {
    /// The number of SealedSecrets.
    Objects,
    /// The number of items in each.
    Items,
    /// The number of sealing keys; all is sealed with the oldest.
    OldestKey,
    /// The number of sealing keys; each SealedSecret is sealed with another.
    AllKeys,
    /// The size of a value.
    Values,
    /// The number of SealedSecrets of 5 items, as `kubectl apply` creates them. Memory is taken on these.
    Memory,
    /// The number of sealing keys, and how many of them sealed SealedSecrets of 5 items.
    OldKeys,
    /// Nothing: one run with upstream's default flags.
    Defaults,
}

/// SealedSecrets that wait for a controller, and the controller that unseals them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Run {
    pub curve: Curve,
    pub side: Side,
    pub objects: usize,
    pub items: usize,
    pub keys: usize,
    /// How many of the keys sealed them; 0 in files that were written before this was noted.
    #[serde(default)]
    pub sealed_with: usize,
    pub value_bytes: usize,
    /// From the start of the controller's process until all are reported as synced.
    pub seconds: f64,
    /// In that time.
    pub cpu_seconds: Cpu,
    /// Requests that the API server got in that time, by verb and resource.
    pub requests: BTreeMap<String, u64>,
    pub memory: Memory,
    /// The same controller started again, with nothing left to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
}

/// Memory of a controller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub peak_kib: Option<u64>,
    /// After it had done everything. Where it is started again, in both cases after the same idle time.
    pub resident_kib: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Restart {
    /// From the start of the process until a SealedSecret that is created at that moment is synced.
    pub seconds: f64,
    /// Until the controller was idle.
    pub cpu_seconds: Cpu,
    pub memory: Memory,
    /// Writes that the API server got for SealedSecrets and Secrets until the controller was idle.
    pub writes: u64,
}

/// One new SealedSecret at a time, on an idle controller. In seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Latency {
    /// From the answer to the creation until a watch shows the Secret.
    pub secret: Both<Vec<f64>>,
    /// Until a watch shows the status.
    pub synced: Both<Vec<f64>>,
    pub floor: Vec<Floor>,
}

/// The work that no controller can leave out, done without one. In seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Floor {
    pub private_key: f64,
    pub secret: f64,
    pub status: f64,
}

impl Floor {
    pub(super) fn total(self) -> f64 {
        self.private_key + self.secret + self.status
    }
}

/// A cluster with many SealedSecrets that are unsealed, and a controller that starts there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Size {
    pub objects: usize,
    pub namespaces: usize,
    /// From the start of the process until a SealedSecret that is created at that moment is synced.
    pub restart_seconds: f64,
    pub restart_cpu_seconds: Cpu,
    pub restart_writes: u64,
    pub memory: Memory,
    pub api_server_kib: Option<u64>,
    pub etcd_kib: Option<u64>,
    pub etcd_file_bytes: u64,
    /// The whole list as JSON.
    pub sealed_secrets_bytes: usize,
    /// The metadata of all Secrets as JSON.
    pub secrets_metadata_bytes: usize,
    /// Time for both lists, page by page.
    pub list_seconds: f64,
    pub events: usize,
}
