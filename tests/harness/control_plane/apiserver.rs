//! How kube-apiserver is started: on one port of loopback, with RBAC, service account tokens, and the pod network.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::control_plane::pod_network::PodNetwork;
use crate::control_plane::{etcd, program};
use crate::process::Process;
use crate::programs::Programs;
use crate::programs::program::Program;

const EGRESS: &str = "egress.json";

pub(crate) fn start(programs: &Programs, dir: &Path, port: u16, network: &PodNetwork) -> Result<Process> {
    fs::write(dir.join(EGRESS), network.egress_selector_configuration().to_string())
        .context("cannot write the egress selector's configuration")?;
    let mut command = program::command(programs, Program::KubeApiserver)?;
    command.current_dir(dir).args([
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        &format!("--secure-port={port}"),
        "--tls-cert-file=apiserver.crt",
        "--tls-private-key-file=apiserver.key",
        "--client-ca-file=ca.crt",
        // Otherwise it creates a folder for certificates that are not needed.
        "--cert-dir=.",
        &format!("--etcd-servers={}", etcd::URL),
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-signing-key-file=service-account.key",
        "--service-account-key-file=service-account.pub",
        "--service-cluster-ip-range=10.96.0.0/16",
        // It refuses to write its own address, which is loopback, into Endpoints.
        "--endpoint-reconciler-type=none",
        &format!("--egress-selector-config-file={EGRESS}"),
        "--profiling=false",
    ]);
    Process::spawn("kube-apiserver", command, &dir.join("kube-apiserver.log"))
}
