//! The harness: a real control plane, the programs that run on it, and what a system test needs to use them.
//!
//! A test file is a list of named async functions, given to [`suite::run`]; each gets an [`Arc<Lab>`](lab::Lab):
//!
//! - [`programs::Programs`]: etcd, Kubernetes, helm and upstream's programs, found or built;
//! - [`binaries::Binaries`]: our own two programs, built;
//! - [`image::Image`]: a container image with one of them, or another, in it;
//! - [`control_plane::ControlPlane`]: etcd, kube-apiserver, kube-controller-manager, running;
//! - [`chart::Chart`]: what helm renders, applied;
//! - [`node::Node`]: a cluster with a kubelet and containerd, which runs images;
//! - [`pod::Pod`]: a controller, ours or upstream's, run as the kubelet would run its Deployment;
//! - [`fault_proxy::FaultProxy`]: what can go wrong between a controller and the API server, going wrong;
//! - [`flux::Flux`]: Flux's kustomize-controller, and sources to commit to;
//! - [`clock::Clock`]: a clock that a test sets, for one process;
//! - [`kubeseal::Kubeseal`]: kubeseal-rs or upstream's kubeseal, as a function;
//! - [`admission_policy::AdmissionPolicy`] and [`cleanup::Cleanup`]: what a test changes for all, until it is over;
//! - [`temp_namespace::with_temp_ns`] and [`eventually::eventually`].
//!
//! The tests themselves live beside this folder, one folder for each suite. Nothing here asserts anything about our
//! programs.

pub mod admission_policy;
pub mod binaries;
pub mod chart;
pub mod cleanup;
pub mod clock;
pub mod control_plane;
pub mod cuttable_link;
pub mod eventually;
pub mod failure;
pub mod fault_proxy;
pub mod flux;
pub mod hopeless;
pub mod image;
pub mod interruption;
pub mod kubeseal;
pub mod lab;
pub mod network_namespace;
pub mod node;
pub mod page;
pub mod person;
pub mod pod;
pub mod pod_network;
pub mod process;
pub mod programs;
pub mod suite;
pub mod temp_namespace;
pub mod upstream_rights;
pub mod workspace;
