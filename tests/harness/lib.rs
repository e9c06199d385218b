//! The harness: a real control plane, the programs that run on it, and what a system test needs to use them.
//!
//! A test file is a list of named async functions, given to [`suite::run`](test::suite::run); each gets an
//! [`Arc<Lab>`](lab::Lab). Where to look:
//!
//! - [`mod@test`]: the suite, a namespace for each test, waiting ([`eventually`](test::eventually::eventually)), cleaning up;
//! - [`lab`]: a control plane, and the programs to run on it;
//! - [`programs`]: etcd, Kubernetes, helm and upstream's programs, found or built; [`binaries`]: this project's two programs;
//! - [`process`]: a process that ends with the harness, [`Cli`](process::cli::Cli) for commands, and a clock that a test sets;
//! - [`control_plane`]: etcd, kube-apiserver, kube-controller-manager, and the network in which pods have addresses;
//! - [`chart`] and [`pod`]: what helm renders, applied; and a controller, run as the kubelet would run its Deployment;
//! - [`node`]: a cluster with a kubelet and containerd, which runs images of the crate `release`;
//! - [`accept`]: the loop of a server over its connections, for all proxies;
//! - [`kms`]: key management services;
//! - [`network`]: what can go wrong between a controller and the API server, going wrong;
//! - [`cluster`]: Flux, an admission policy, SealedSecrets that no key opens;
//! - [`user`]: what a user does at a terminal, and the commands of a page of the documentation.
//!
//! The tests themselves live beside this folder, one folder for each suite. Nothing here asserts anything about our
//! programs.

pub mod accept;
pub(crate) mod authority;
pub mod binaries;
pub mod chart;
pub mod control_plane;
pub mod failure;
pub mod kms;
pub mod lab;
pub mod node;
pub mod pod;
pub mod process;
pub mod programs;
pub mod workspace;

/// What a test adds to the cluster beside a chart: Flux, an admission policy, SealedSecrets that no key opens.
pub mod cluster {
    pub mod admission_policy;
    pub mod flux;
    pub mod unopenable;
}

/// The network between a controller and the API server, and the ways in which it fails; the tests' own HTTP client.
pub mod network {
    pub mod cuttable_link;
    pub mod fault_proxy;
    pub mod file_server;
    pub mod http_client;
    pub mod namespace;
}

/// What each test uses: the suite that runs it, a namespace of its own, waiting, and cleaning up.
pub mod test {
    pub mod cleanup;
    pub mod eventually;
    pub mod interruption;
    pub mod suite;
    pub mod temp_namespace;
}

/// What a user does and sees at a terminal, and the commands of a page of the documentation.
pub mod user {
    pub mod page;
    pub mod person;
}
