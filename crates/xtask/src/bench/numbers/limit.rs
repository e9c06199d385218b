//! The numbers of the subject `limit`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cpu::Cpu;
use crate::bench::statistics::{as_f64, median};

/// What a SealedSecret must cost, each part measured alone, and what it costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Limit {
    pub cores: usize,
    pub rounds: Vec<Round>,
}

/// Waiting SealedSecrets, and the parts before and after them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Round {
    pub before: Parts,
    pub backlog: Backlog,
    pub after: Parts,
}

/// What a SealedSecret must cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Parts {
    /// Seconds of a private-key operation, while all cores do them.
    pub private_key: f64,
    pub secret: Cost,
    pub status: Cost,
    pub event: Cost,
    /// The two writes, while watches as the controller's see them, of SealedSecrets and of the metadata of Secrets, and the benchmark's own.
    pub watched_secret: Cost,
    pub watched_status: Cost,
}

/// Which of the [`Parts`] count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) enum Counted {
    /// What the API server and etcd do, and the private-key operation.
    Server,
    /// The same, while watches see the two writes.
    Watched,
    /// What is counted for [`Server`](Self::Server), and the client's part of each request.
    Client,
}

impl Parts {
    /// Of two measurements.
    pub(in crate::bench) fn mean(self, other: Self) -> Self {
        let of = |one: f64, two: f64| f64::midpoint(one, two);
        let cost = |one: Cost, two: Cost| Cost {
            api_server: of(one.api_server, two.api_server),
            etcd: of(one.etcd, two.etcd),
            client: of(one.client, two.client),
        };
        Self {
            private_key: of(self.private_key, other.private_key),
            secret: cost(self.secret, other.secret),
            status: cost(self.status, other.status),
            event: cost(self.event, other.event),
            watched_secret: cost(self.watched_secret, other.watched_secret),
            watched_status: cost(self.watched_status, other.watched_status),
        }
    }

    /// CPU seconds of a SealedSecret.
    pub(in crate::bench) fn total(self, counted: Counted) -> f64 {
        let writes = match counted {
            Counted::Watched => [self.watched_secret, self.watched_status],
            Counted::Server | Counted::Client => [self.secret, self.status],
        };
        let client = |cost: Cost| if counted == Counted::Client { cost.client } else { 0.0 };
        let cost = |each: Cost| each.api_server + each.etcd + client(each);
        self.private_key + writes.map(cost).iter().sum::<f64>() + cost(self.event)
    }
}

impl Limit {
    /// SealedSecrets a second, if nothing cost anything but these parts.
    pub(in crate::bench) fn rate(&self, parts: Parts, counted: Counted) -> f64 {
        as_f64(self.cores) / parts.total(counted)
    }

    /// The share of that rate that our controller reached in a round.
    pub(in crate::bench) fn share(&self, round: &Round, counted: Counted) -> f64 {
        round.backlog.rate() / self.rate(round.parts(), counted)
    }

    /// The round in the middle, by the share that our controller reached.
    pub(in crate::bench) fn middle(&self) -> Option<&Round> {
        let share = |round: &Round| self.share(round, Counted::Server);
        let middle = median(&self.rounds.iter().map(share).collect::<Vec<_>>())?;
        self.rounds.iter().find(|round| share(round).total_cmp(&middle).is_eq())
    }
}

impl Round {
    /// What a SealedSecret had to cost meanwhile.
    pub(in crate::bench) fn parts(&self) -> Parts {
        self.before.mean(self.after)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Cost {
    pub api_server: f64,
    pub etcd: f64,
    pub client: f64,
}

/// Our controller with waiting SealedSecrets of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Backlog {
    pub objects: usize,
    pub seconds: f64,
    pub cpu_seconds: Cpu,
    /// Requests that the API server got meanwhile, by verb and resource.
    pub requests: BTreeMap<String, u64>,
}

impl Backlog {
    /// SealedSecrets a second.
    pub(in crate::bench) fn rate(&self) -> f64 {
        as_f64(self.objects) / self.seconds
    }
}
