//! [`Cpu`]: the CPU time of processes, in seconds.

use serde::{Deserialize, Serialize};

/// CPU time of each process, user's and system's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::bench) struct Cpu {
    pub controller: f64,
    pub api_server: f64,
    pub etcd: f64,
    pub controller_manager: f64,
    /// This program.
    pub bench: f64,
}
