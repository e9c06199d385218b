//! How kube-controller-manager is started, and which of its controllers. No Deployment controller: the harness starts
//! pods, as the only kubelet.

use std::path::Path;

use anyhow::Result;

use crate::control_plane::program;
use crate::process::Process;
use crate::programs::Programs;
use crate::programs::program::Program;

const CONTROLLERS: [&str; 5] = [
    // Owner references: a Secret is deleted with its SealedSecret.
    "garbage-collector-controller",
    // The contents of a deleted namespace are deleted.
    "namespace-controller",
    // Every namespace has a service account `default`, and the authority's certificate.
    "serviceaccount-controller",
    "root-ca-certificate-publisher-controller",
    // The Endpoints of Services.
    "endpoints-controller",
];

pub(crate) fn start(programs: &Programs, dir: &Path, kubeconfig: &Path) -> Result<Process> {
    let mut command = program::command(programs, Program::KubeControllerManager)?;
    command.current_dir(dir).args([
        &format!("--kubeconfig={}", kubeconfig.display()),
        &format!("--controllers={}", CONTROLLERS.join(",")),
        "--root-ca-file=ca.crt",
        "--leader-elect=false",
        // It serves no requests, so it needs no port.
        "--secure-port=0",
        // Its default of 20 requests a second is for clusters with other clients.
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        "--profiling=false",
    ]);
    Process::spawn("kube-controller-manager", command, &dir.join("kube-controller-manager.log"))
}
