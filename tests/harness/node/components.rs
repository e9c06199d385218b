//! The programs of a node and its control plane, with their flags and configuration files.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::node::addresses::{ADDRESS, DNS_ADDRESS, NAME, PAUSE_IMAGE, SERVICE_NETWORK};
use crate::node::namespaces::Namespaces;
use crate::node::requirements::NETWORK_PLUGINS;
use crate::process::Process;
use crate::programs::Programs;
use crate::programs::program::Program;

/// Starts programs in a node's namespaces; the folder `dir` has their certificates, configuration and logs.
pub(crate) struct Components<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) programs: &'a Programs,
    pub(crate) namespaces: &'a Namespaces,
}

impl Components<'_> {
    pub(crate) fn etcd(&self) -> Result<Process> {
        self.start(
            Program::Etcd,
            &["--data-dir=/var/lib/etcd".into(), "--unsafe-no-fsync".into(), "--log-level=warn".into()],
        )
    }

    pub(crate) fn api_server(&self) -> Result<Process> {
        let file = |flag: &str, name: &str| format!("--{flag}={}", self.dir.join(name).display());
        self.start(
            Program::KubeApiserver,
            &[
                "--etcd-servers=http://127.0.0.1:2379".into(),
                "--bind-address=0.0.0.0".into(),
                format!("--advertise-address={ADDRESS}"),
                file("tls-cert-file", "apiserver.crt"),
                file("tls-private-key-file", "apiserver.key"),
                file("client-ca-file", "ca.crt"),
                file("kubelet-client-certificate", "admin.crt"),
                file("kubelet-client-key", "admin.key"),
                "--kubelet-preferred-address-types=InternalIP".into(),
                "--authorization-mode=Node,RBAC".into(),
                "--enable-admission-plugins=NodeRestriction".into(),
                format!("--service-cluster-ip-range={SERVICE_NETWORK}"),
                "--service-account-issuer=https://kubernetes.default.svc".into(),
                file("service-account-signing-key-file", "service-account.key"),
                file("service-account-key-file", "service-account.pub"),
                "--cert-dir=/run/kube-apiserver".into(),
                "--profiling=false".into(),
            ],
        )
    }

    pub(crate) fn controller_manager(&self) -> Result<Process> {
        self.start(
            Program::KubeControllerManager,
            &[
                self.kubeconfig("inside.kubeconfig"),
                format!("--root-ca-file={}", self.dir.join("ca.crt").display()),
                "--leader-elect=false".into(),
                "--secure-port=0".into(),
                "--kube-api-qps=200".into(),
                "--kube-api-burst=400".into(),
            ],
        )
    }

    pub(crate) fn scheduler(&self) -> Result<Process> {
        self.start(
            Program::KubeScheduler,
            &[self.kubeconfig("inside.kubeconfig"), "--leader-elect=false".into(), "--secure-port=0".into()],
        )
    }

    pub(crate) fn containerd(&self) -> Result<Process> {
        let config = format!(
            r#"version = 3
disabled_plugins = ["io.containerd.nri.v1.nri"]
[plugins.'io.containerd.cri.v1.images']
snapshotter = "overlayfs"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "{PAUSE_IMAGE}"
[plugins.'io.containerd.cri.v1.runtime']
restrict_oom_score_adj = true
# It would load a profile into the machine's kernel, and leave it there.
disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ["{NETWORK_PLUGINS}"]
conf_dir = "/run/cni"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
SystemdCgroup = false
"#
        );
        let path = self.dir.join("containerd.toml");
        fs::write(&path, config).with_context(|| format!("cannot write {}", path.display()))?;
        self.start(Program::Containerd, &[format!("--config={}", path.display())])
    }

    pub(crate) fn kubelet(&self, cgroup: &str) -> Result<Process> {
        // The machine's file may be a link to a folder that the node does not see.
        let resolver = self.dir.join("resolv.conf");
        fs::write(&resolver, format!("nameserver {DNS_ADDRESS}\n")).context("cannot write resolv.conf")?;
        let config = json!({
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "failCgroupV1": false,
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": cgroup,
            "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
            "authentication": {
                "x509": { "clientCAFile": self.dir.join("ca.crt") },
                "webhook": { "enabled": true },
                "anonymous": { "enabled": false },
            },
            "authorization": { "mode": "Webhook" },
            // The machine is shared: its free space says nothing about the node.
            "evictionHard": { "memory.available": "100Mi" },
            "imageGCHighThresholdPercent": 100,
            "failSwapOn": false,
            "oomScoreAdj": 0,
            "nodeStatusUpdateFrequency": "2s",
            // Nothing answers there: the Pods of the tests look up no names. Without it, each Pod gets an event.
            "clusterDNS": [DNS_ADDRESS],
            "clusterDomain": "cluster.local",
            "resolvConf": resolver,
        });
        self.start(
            Program::Kubelet,
            &[
                self.configuration("kubelet.json", &config)?,
                self.kubeconfig("kubelet.kubeconfig"),
                format!("--hostname-override={NAME}"),
                format!("--node-ip={ADDRESS}"),
                "--cert-dir=/run/kubelet".into(),
            ],
        )
    }

    pub(crate) fn proxy(&self) -> Result<Process> {
        let config = json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "clusterCIDR": "10.244.0.0/16",
            "clientConnection": { "kubeconfig": self.dir.join("proxy.kubeconfig") },
            "conntrack": { "maxPerCore": 0 },
        });
        self.start(
            Program::KubeProxy,
            &[self.configuration("proxy.json", &config)?, format!("--hostname-override={NAME}")],
        )
    }

    fn kubeconfig(&self, name: &str) -> String {
        format!("--kubeconfig={}", self.dir.join(name).display())
    }

    fn configuration(&self, name: &str, config: &Value) -> Result<String> {
        let path = self.dir.join(name);
        fs::write(&path, config.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(format!("--config={}", path.display()))
    }

    fn start(&self, program: Program, args: &[String]) -> Result<Process> {
        let mut command = self.namespaces.command(self.programs.path(program)?);
        command.args(args);
        Process::spawn(program.file_name(), command, &self.dir.join(format!("{program}.log")))
    }
}
