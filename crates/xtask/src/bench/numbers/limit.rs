//! The numbers of the subject `limit`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cpu::Cpu;
use crate::bench::statistics::as_f64;

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
    /// Seconds of a private-key operation, while all cores do them.
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
    /// The mean of all rounds.
    pub(in crate::bench) fn parts(&self) -> Parts {
        let mean = |part: &dyn Fn(&Parts) -> f64| {
            self.rounds.iter().map(|round| part(&round.parts)).sum::<f64>() / as_f64(self.rounds.len())
        };
        let cost = |request: fn(&Parts) -> Cost| Cost {
            api_server: mean(&|parts| request(parts).api_server),
            etcd: mean(&|parts| request(parts).etcd),
            client: mean(&|parts| request(parts).client),
        };
        Parts {
            private_key: mean(&|parts| parts.private_key),
            secret: cost(|parts| parts.secret),
            status: cost(|parts| parts.status),
            event: cost(|parts| parts.event),
        }
    }

    /// SealedSecrets a second, if one cost so many CPU seconds.
    pub(in crate::bench) fn rate_of(&self, one: f64) -> f64 {
        as_f64(self.cores) / one
    }

    /// All rounds without a controller.
    pub(in crate::bench) fn together(&self) -> Backlog {
        sum(self.rounds.iter().map(|round| &round.together))
    }

    /// All rounds of our controller.
    pub(in crate::bench) fn backlog(&self) -> Backlog {
        sum(self.rounds.iter().map(|round| &round.backlog))
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

/// One after the other.
fn sum<'a>(backlogs: impl Iterator<Item = &'a Backlog>) -> Backlog {
    let none = Backlog { objects: 0, seconds: 0.0, cpu_seconds: Cpu::default(), requests: BTreeMap::new() };
    backlogs.fold(none, |mut sum, one| {
        sum.objects += one.objects;
        sum.seconds += one.seconds;
        sum.cpu_seconds += one.cpu_seconds;
        for (name, count) in &one.requests {
            *sum.requests.entry(name.clone()).or_default() += count;
        }
        sum
    })
}
