//! [`Program`]: the names of the programs, where their source is, how long they take to build. `build` builds them.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::workspace;

/// A program of another project that the tests or the demo run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// Kubernetes' database.
    Etcd,
    /// The API server.
    KubeApiserver,
    /// Its controllers, for garbage collection, namespaces, service accounts and endpoints.
    KubeControllerManager,
    /// The command line of Kubernetes.
    Kubectl,
    /// Renders the chart.
    Helm,
    /// Upstream's command line, which ours replaces.
    UpstreamKubeseal,
    /// Upstream's controller, which ours replaces.
    UpstreamController,
    /// Runs the containers of a node's Pods.
    Kubelet,
    /// Gives each Pod a node.
    KubeScheduler,
    /// Routes a Service's address to its Pods.
    KubeProxy,
    /// The container runtime that the kubelet calls.
    Containerd,
    /// containerd starts it for each Pod.
    ContainerdShim,
    /// Imports images into containerd.
    Ctr,
    /// Flux's controller for Kustomizations.
    KustomizeController,
    /// Encrypts files for recipients of age, and decrypts them.
    Age,
    /// Makes identities of age.
    AgeKeygen,
    /// Checks workflows of GitHub.
    Actionlint,
    /// Installs plugins of kubectl.
    Krew,
    /// Checks manifests of plugins, and installs them.
    ValidateKrewManifest,
}

impl Program {
    /// What most system tests need: a control plane, and the programs that run on it. In the best order for building:
    /// the first needed first, packages shared with later ones early.
    pub const SYSTEM: [Self; 7] = [
        Self::Etcd,
        Self::KubeApiserver,
        Self::KubeControllerManager,
        Self::Kubectl,
        Self::Helm,
        Self::UpstreamKubeseal,
        Self::UpstreamController,
    ];

    /// What a node needs beside the control plane. They run on Linux only.
    pub const NODE: [Self; 6] = [
        Self::Kubelet,
        Self::KubeScheduler,
        Self::KubeProxy,
        Self::Containerd,
        Self::ContainerdShim,
        Self::Ctr,
    ];

    /// What opens SealedSecrets without any cluster.
    pub const AGE: [Self; 2] = [Self::Age, Self::AgeKeygen];

    /// What checks the files of a release.
    pub const RELEASE: [Self; 3] = [Self::Actionlint, Self::Krew, Self::ValidateKrewManifest];

    /// The name of its executable.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::KubeApiserver => "kube-apiserver",
            Self::KubeControllerManager => "kube-controller-manager",
            Self::Kubectl => "kubectl",
            Self::Helm => "helm",
            Self::UpstreamKubeseal => "upstream-kubeseal",
            Self::UpstreamController => "upstream-controller",
            Self::Kubelet => "kubelet",
            Self::KubeScheduler => "kube-scheduler",
            Self::KubeProxy => "kube-proxy",
            Self::Containerd => "containerd",
            // containerd looks for this name on its PATH.
            Self::ContainerdShim => "containerd-shim-runc-v2",
            Self::Ctr => "ctr",
            Self::KustomizeController => "kustomize-controller",
            Self::Age => "age",
            Self::AgeKeygen => "age-keygen",
            Self::Actionlint => "actionlint",
            // kubectl finds its plugins by such names, as `kubectl krew`.
            Self::Krew => "kubectl-krew",
            Self::ValidateKrewManifest => "validate-krew-manifest",
        }
    }

    /// The Go package of its `main`.
    pub(crate) const fn package(self) -> &'static str {
        match self {
            Self::Etcd => "go.etcd.io/etcd/server/v3",
            Self::KubeApiserver => "k8s.io/kubernetes/cmd/kube-apiserver",
            Self::KubeControllerManager => "k8s.io/kubernetes/cmd/kube-controller-manager",
            Self::Kubectl => "k8s.io/kubernetes/cmd/kubectl",
            Self::Helm => "helm.sh/helm/v3/cmd/helm",
            Self::UpstreamKubeseal => "github.com/bitnami/sealed-secrets/cmd/kubeseal",
            Self::UpstreamController => "github.com/bitnami/sealed-secrets/cmd/controller",
            Self::Kubelet => "k8s.io/kubernetes/cmd/kubelet",
            Self::KubeScheduler => "k8s.io/kubernetes/cmd/kube-scheduler",
            Self::KubeProxy => "k8s.io/kubernetes/cmd/kube-proxy",
            Self::Containerd => "github.com/containerd/containerd/v2/cmd/containerd",
            Self::ContainerdShim => "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
            Self::Ctr => "github.com/containerd/containerd/v2/cmd/ctr",
            Self::KustomizeController => "github.com/fluxcd/kustomize-controller",
            Self::Age => "filippo.io/age/cmd/age",
            Self::AgeKeygen => "filippo.io/age/cmd/age-keygen",
            Self::Actionlint => "github.com/rhysd/actionlint/cmd/actionlint",
            Self::Krew => "sigs.k8s.io/krew/cmd/krew",
            Self::ValidateKrewManifest => "sigs.k8s.io/krew/cmd/validate-krew-manifest",
        }
    }

    /// The module whose version is the program's version.
    pub(crate) const fn module(self) -> &'static str {
        match self {
            Self::Etcd => "go.etcd.io/etcd/server/v3",
            Self::KubeApiserver
            | Self::KubeControllerManager
            | Self::Kubectl
            | Self::Kubelet
            | Self::KubeScheduler
            | Self::KubeProxy => "k8s.io/kubernetes",
            Self::Helm => "helm.sh/helm/v3",
            Self::UpstreamKubeseal | Self::UpstreamController => "github.com/bitnami/sealed-secrets",
            Self::Containerd | Self::ContainerdShim | Self::Ctr => "github.com/containerd/containerd/v2",
            Self::KustomizeController => "github.com/fluxcd/kustomize-controller",
            Self::Age | Self::AgeKeygen => "filippo.io/age",
            Self::Actionlint => "github.com/rhysd/actionlint",
            Self::Krew | Self::ValidateKrewManifest => "sigs.k8s.io/krew",
        }
    }

    /// The linker's `-X` variable that holds the program's version, where the build does not set it.
    pub(crate) const fn version_variable(self) -> Option<&'static str> {
        match self {
            Self::Etcd
            | Self::Helm
            | Self::Containerd
            | Self::ContainerdShim
            | Self::Ctr
            | Self::KustomizeController
            | Self::ValidateKrewManifest => None,
            Self::Actionlint => Some("github.com/rhysd/actionlint.version"),
            Self::Krew => Some("sigs.k8s.io/krew/internal/version.gitTag"),
            Self::Age | Self::AgeKeygen => Some("main.Version"),
            Self::KubeApiserver
            | Self::KubeControllerManager
            | Self::Kubectl
            | Self::Kubelet
            | Self::KubeScheduler
            | Self::KubeProxy => Some("k8s.io/component-base/version.gitVersion"),
            Self::UpstreamKubeseal | Self::UpstreamController => Some("main.VERSION"),
        }
    }

    /// The folder of the go.mod that pins it.
    pub(crate) fn module_dir(self) -> PathBuf {
        let name = match self {
            Self::Etcd
            | Self::KubeApiserver
            | Self::KubeControllerManager
            | Self::Kubectl
            | Self::Kubelet
            | Self::KubeScheduler
            | Self::KubeProxy => "controlplane",
            Self::Helm => "helm",
            Self::UpstreamKubeseal | Self::UpstreamController => "upstream",
            Self::Containerd | Self::ContainerdShim | Self::Ctr => "containerd",
            Self::KustomizeController => "flux",
            Self::Age | Self::AgeKeygen => "age",
            Self::Actionlint => "actionlint",
            Self::Krew | Self::ValidateKrewManifest => "krew",
        };
        workspace::root().join("tests/programs").join(name)
    }

    /// How long it took on two processors with nothing cached except by those before it. Shown to the user who waits.
    pub(crate) const fn estimate(self) -> Duration {
        let seconds = match self {
            Self::Etcd => 40,
            Self::KubeApiserver => 175,
            Self::KubeControllerManager => 50,
            Self::Kubectl => 20,
            Self::Helm | Self::Kubelet | Self::Containerd => 60,
            Self::UpstreamKubeseal | Self::UpstreamController => 30,
            Self::KubeScheduler | Self::KubeProxy | Self::ContainerdShim | Self::Ctr => 15,
            Self::KustomizeController => 120,
            Self::Age | Self::AgeKeygen => 5,
            Self::Actionlint | Self::Krew | Self::ValidateKrewManifest => 10,
        };
        Duration::from_secs(seconds)
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file_name())
    }
}
