//! How kube-apiserver is started: on one port of loopback, with RBAC, service account tokens, and the pod network; and, where a test wants
//! it, with Secrets encrypted: by a KMS v2 plugin, or with given keys.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use k8s_openapi::ByteString;
use serde_json::{Value, json};

use crate::control_plane::pod_network::PodNetwork;
use crate::control_plane::{etcd, program};
use crate::process::Process;
use crate::programs::Programs;
use crate::programs::program::Program;

const EGRESS: &str = "egress.json";
/// The file of the encryption configuration. Where there is one, each start uses it.
const ENCRYPTION: &str = "encryption.json";

/// Has Secrets encrypted by the KMS v2 plugin at `socket` from the next start on.
pub(crate) fn encrypt_secrets(dir: &Path, socket: &Path) -> Result<()> {
    let endpoint = format!("unix://{}", socket.display());
    configure(dir, &json!({ "kms": { "apiVersion": "v2", "name": "plugin", "endpoint": endpoint } }))
}

/// Has Secrets encrypted with the first of these keys from the next start on, and read with all of them. A key is 32 bytes long.
pub(crate) fn encrypt_secrets_with(dir: &Path, keys: &[[u8; 32]]) -> Result<()> {
    let key =
        |key: &[u8; 32]| json!({ "name": format!("key-{}", key[0]), "secret": ByteString(key.to_vec()) });
    configure(dir, &json!({ "aescbc": { "keys": keys.iter().map(key).collect::<Vec<_>>() } }))
}

fn configure(dir: &Path, provider: &Value) -> Result<()> {
    let configuration = json!({
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{
            "resources": ["secrets"],
            "providers": [
                provider,
                // Reads what was written before.
                { "identity": {} },
            ],
        }],
    });
    fs::write(dir.join(ENCRYPTION), configuration.to_string())
        .context("cannot write the encryption configuration")
}

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
    if dir.join(ENCRYPTION).exists() {
        command.arg(format!("--encryption-provider-config={ENCRYPTION}"));
    }
    Process::spawn("kube-apiserver", command, &dir.join("kube-apiserver.log"))
}
