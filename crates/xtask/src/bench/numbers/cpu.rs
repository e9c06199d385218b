//! [`Cpu`]: the CPU time of processes, in seconds.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// CPU time of each process, user's and system's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Cpu {
    pub controller: f64,
    pub api_server: f64,
    pub etcd: f64,
    pub controller_manager: f64,
    /// This program, which watches.
    pub bench: f64,
}

impl AddAssign for Cpu {
    fn add_assign(&mut self, other: Self) {
        self.controller += other.controller;
        self.api_server += other.api_server;
        self.etcd += other.etcd;
        self.controller_manager += other.controller_manager;
        self.bench += other.bench;
    }
}
