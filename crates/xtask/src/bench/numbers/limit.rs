//! The numbers of the subject `limit`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cpu::Cpu;
use crate::bench::statistics::{as_f64, median};

/// What a SealedSecret must cost, and what it costs, in rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Limit {
    pub cores: usize,
    pub rounds: Vec<Round>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Round {
    /// Each measured alone.
    pub parts: Parts,
    /// All parts for each of as many SealedSecrets, without a controller.
    pub together: Backlog,
    /// Our controller.
    pub backlog: Backlog,
}

/// What a SealedSecret must cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Parts {
    /// CPU seconds of a private-key operation, while all cores do them.
    pub private_key: f64,
    pub secret: Cost,
    pub status: Cost,
    pub event: Cost,
}

/// CPU seconds of a request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Cost {
    pub api_server: f64,
    pub etcd: f64,
    pub client: f64,
}

/// Waiting SealedSecrets of one item, which were unsealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Backlog {
    pub objects: usize,
    pub seconds: f64,
    pub cpu_seconds: Cpu,
    /// Requests that the API server got meanwhile, by verb and resource.
    pub requests: BTreeMap<String, u64>,
}

impl Limit {
    /// The median of the rounds: the host of a virtual machine may disturb one.
    pub(in crate::bench) fn median(&self, number: impl Fn(&Round) -> f64) -> f64 {
        median(&self.rounds.iter().map(number).collect::<Vec<_>>()).unwrap_or(f64::NAN)
    }

    /// The median of each.
    pub(in crate::bench) fn parts(&self) -> Parts {
        let cost = |request: fn(&Parts) -> Cost| Cost {
            api_server: self.median(|round| request(&round.parts).api_server),
            etcd: self.median(|round| request(&round.parts).etcd),
            client: self.median(|round| request(&round.parts).client),
        };
        Parts {
            private_key: self.median(|round| round.parts.private_key),
            secret: cost(|parts| parts.secret),
            status: cost(|parts| parts.status),
            event: cost(|parts| parts.event),
        }
    }

    /// SealedSecrets a second, if one cost so many CPU seconds.
    pub(in crate::bench) fn rate_of(&self, one: f64) -> f64 {
        as_f64(self.cores) / one
    }
}

impl Parts {
    /// CPU seconds of a SealedSecret: of the API server, of etcd and of the private-key operation.
    pub(in crate::bench) fn total(self) -> f64 {
        let requests = [self.secret, self.status, self.event];
        self.private_key + requests.iter().map(|cost| cost.api_server + cost.etcd).sum::<f64>()
    }

    /// The same, and the client's part of each request.
    pub(in crate::bench) fn total_with_client(self) -> f64 {
        self.total() + [self.secret, self.status, self.event].iter().map(|cost| cost.client).sum::<f64>()
    }
}

impl Backlog {
    /// SealedSecrets a second.
    pub(in crate::bench) fn rate(&self) -> f64 {
        as_f64(self.objects) / self.seconds
    }
}
