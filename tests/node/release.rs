//! [`Release`]: an installation by helm, in a namespace of its own that enforces the Pod Security Standard `restricted`.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{ObservedSealedSecret, sealing_key};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret, Service};
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};
use tests::chart::CONTROLLER_NAME;
use tests::lab::Maker;
use tests::process::cli::{Cli, CliOutput};
use tests::programs::program::Program;
use tests::test::cleanup::Cleanup;
use tests::test::eventually::eventually;
use tests::user::person::Person;
use tests::workspace;

use crate::stage::Stage;

/// The release's name.
const NAME: &str = "sealed-secrets";
/// How long helm waits. The images are on the node, so nothing takes long.
const TIMEOUT: &str = "--timeout=60s";

/// A namespace, and what helm has installed there.
pub(crate) struct Release<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) namespace: String,
}

impl<'a> Release<'a> {
    /// Runs `test` with a namespace in which nothing is installed yet. After it, the release and the namespace are
    /// deleted, and all SealedSecrets of the cluster; if it failed, the error shows the state of the namespace.
    pub(crate) async fn with(stage: &'a Stage, test: impl AsyncFnOnce(&Self) -> Result<()>) -> Result<()> {
        let namespace = format!("sealed-{:08x}", rand::random::<u32>());
        let namespaces: Api<Namespace> = Api::all(stage.client());
        let restricted = json!({
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "latest",
        });
        let object = json!({ "metadata": { "name": namespace, "labels": restricted } });
        namespaces.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
        let this = Self { stage, namespace };
        // However the test ends, the next one has the cluster for itself.
        let cleanup = Cleanup::new(remove(
            stage.client(),
            stage.tool(Program::Helm)?,
            stage.tool(Program::Kubectl)?,
            this.namespace.clone(),
        ));
        let outcome = match test(&this).await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(this.state().await)),
        };
        outcome.and(cleanup.now().await)
    }

    /// `helm install --wait` of this project's chart.
    pub(crate) async fn install(&self, args: &[&str]) -> Result<()> {
        self.install_chart(&workspace::root().join("charts/sealed-secrets"), args).await
    }

    /// `helm install --wait` of any chart.
    pub(crate) async fn install_chart(&self, chart: &Path, args: &[&str]) -> Result<()> {
        self.helm("install", chart, args).await?.success()?;
        Ok(())
    }

    /// `helm upgrade --wait` of this project's chart, however it ends.
    pub(crate) async fn try_upgrade(&self, args: &[&str]) -> Result<CliOutput> {
        self.helm("upgrade", &workspace::root().join("charts/sealed-secrets"), args).await
    }

    /// `helm upgrade --wait` of this project's chart.
    pub(crate) async fn upgrade(&self, args: &[&str]) -> Result<()> {
        self.try_upgrade(args).await?.success()?;
        Ok(())
    }

    /// `helm upgrade --wait` to any chart.
    pub(crate) async fn upgrade_to_chart(&self, chart: &Path, args: &[&str]) -> Result<()> {
        self.helm("upgrade", chart, args).await?.success()?;
        Ok(())
    }

    /// `helm rollback --wait` to this revision.
    pub(crate) async fn roll_back(&self, revision: u32) -> Result<()> {
        let revision = revision.to_string();
        let args = ["rollback", NAME, &revision, "--namespace", &self.namespace, "--wait", TIMEOUT];
        self.stage.tool(Program::Helm)?.output(&args, b"").await?;
        Ok(())
    }

    /// `helm uninstall --wait`.
    pub(crate) async fn uninstall(&self) -> Result<()> {
        let args = ["uninstall", NAME, "--namespace", &self.namespace, "--wait", TIMEOUT];
        self.stage.tool(Program::Helm)?.output(&args, b"").await?;
        Ok(())
    }

    async fn helm(&self, verb: &str, chart: &Path, args: &[&str]) -> Result<CliOutput> {
        let chart = chart.display().to_string();
        let name = format!("fullnameOverride={CONTROLLER_NAME}");
        let fixed = [verb, NAME, &chart, "--namespace", &self.namespace, "--set", &name, "--wait", TIMEOUT];
        self.stage.tool(Program::Helm)?.run(&[fixed.as_slice(), args].concat(), b"").await
    }

    /// The kubeseal of `maker`, with flags that name the controller.
    pub(crate) fn kubeseal(&self, maker: Maker) -> Result<Cli> {
        let kubeseal = self.stage.kubeseal(maker)?;
        Ok(kubeseal.env("SEALED_SECRETS_CONTROLLER_NAMESPACE", &self.namespace))
    }

    /// A user of kubeseal-rs, with flags that name the controller.
    pub(crate) fn person(&self) -> Result<Person> {
        Ok(Person::new(self.stage.client(), self.kubeseal(Maker::Ours)?))
    }

    /// The certificate, fetched through the API server.
    pub(crate) async fn certificate(&self, maker: Maker) -> Result<Vec<u8>> {
        self.kubeseal(maker)?.output(&["--fetch-cert"], b"").await
    }

    /// Seals a value in `default` through the API server, applies it, and waits until it is unsealed.
    pub(crate) async fn unseals(&self, name: &str) -> Result<()> {
        self.unseal(&self.seal(name).await?).await
    }

    /// Seals a value in `default` through the API server.
    pub(crate) async fn seal(&self, name: &str) -> Result<Value> {
        self.person()?.seal(&Person::secret("default", name, &json!({ "value": name })), &[]).await
    }

    /// Applies a SealedSecret, and waits until it is unsealed.
    pub(crate) async fn unseal(&self, sealed: &Value) -> Result<()> {
        let person = self.person()?;
        person.apply(sealed).await?;
        let name = sealed["metadata"]["name"].as_str().context("a SealedSecret without a name")?;
        person.sees_values("default", name, &[("value", name.as_bytes())]).await?;
        Ok(())
    }

    /// The pods of the Deployment that are not terminating.
    pub(crate) async fn pods(&self) -> Result<Vec<Pod>> {
        let pods: Api<Pod> = Api::namespaced(self.stage.client(), &self.namespace);
        let all = pods.list(&ListParams::default().labels("app.kubernetes.io/name=sealed-secrets")).await?;
        Ok(all.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()).collect())
    }

    /// The name of the pod that holds the Lease.
    pub(crate) async fn leader(&self) -> Result<String> {
        let leases: Api<Lease> = Api::namespaced(self.stage.client(), &self.namespace);
        let holder = leases.get(CONTROLLER_NAME).await?.spec.and_then(|spec| spec.holder_identity);
        let holder = holder.filter(|holder| !holder.is_empty()).context("no replica holds the Lease")?;
        Ok(holder.split('_').next().unwrap_or_default().to_owned())
    }

    /// Waits until another pod than `old` holds the Lease.
    pub(crate) async fn is_followed(&self, old: &str, timeout: Duration) -> Result<()> {
        eventually(timeout, "another replica leads", async || {
            let leader = self.leader().await?;
            ensure!(leader != old, "{old} still leads");
            Ok(())
        })
        .await
    }

    /// The names and UIDs of the sealing keys.
    pub(crate) async fn keys(&self) -> Result<Vec<(String, Option<String>)>> {
        let secrets: Api<Secret> = Api::namespaced(self.stage.client(), &self.namespace);
        let keys = secrets.list(&ListParams::default().labels(sealing_key::LABEL)).await?;
        Ok(keys.into_iter().map(|key| (key.name_any(), key.metadata.uid)).collect())
    }

    /// The address of the Service.
    pub(crate) async fn service(&self) -> Result<SocketAddrV4> {
        let services: Api<Service> = Api::namespaced(self.stage.client(), &self.namespace);
        let spec = services.get(CONTROLLER_NAME).await?.spec.context("a Service without a spec")?;
        let address: Ipv4Addr = spec.cluster_ip.context("a Service without an address")?.parse()?;
        Ok(SocketAddrV4::new(address, 8080))
    }

    /// `kubectl rollout status`.
    pub(crate) async fn rolled_out(&self) -> Result<()> {
        let deployment = format!("deployment/{CONTROLLER_NAME}");
        let args = ["rollout", "status", &deployment, "--namespace", &self.namespace, TIMEOUT];
        self.stage.kubectl(&args).await?;
        Ok(())
    }

    /// The state of the release, for an error message.
    async fn state(&self) -> String {
        let mut text = format!("namespace {}, as the test left it:", self.namespace);
        let selector = "--selector=app.kubernetes.io/name=sealed-secrets";
        let looks: [&[&str]; 4] = [
            &["get", "pods,leases,endpointslices", "--output=wide", "--ignore-not-found"],
            &["events"],
            &["logs", selector, "--tail=40", "--prefix"],
            &["get", "pods", selector, "--output=jsonpath={.items[*].status.containerStatuses[*].lastState}"],
        ];
        for args in looks {
            let args = [args, &["--namespace", &self.namespace]].concat();
            let said = self.stage.kubectl(&args).await.unwrap_or_else(|error| format!("{error:#}"));
            // Writing to a String cannot fail.
            let _ = write!(text, "\n$ kubectl {}\n{said}", args.join(" "));
        }
        text
    }
}

/// Deletes what a test made.
async fn remove(client: Client, helm: Cli, kubectl: Cli, namespace: String) -> Result<()> {
    helm.output(&["uninstall", NAME, "--namespace", &namespace, "--ignore-not-found"], b"").await?;
    // Without a grace period: how the controller ends is tested elsewhere.
    let pods = ["delete", "pods", "--all", "--force", "--grace-period=0", "--namespace", &namespace];
    kubectl.output(&pods, b"").await?;
    // In one request for each kind: kubectl would delete hundreds one by one, and wait for each.
    let all = (DeleteParams::default(), ListParams::default());
    let sealed: Api<ObservedSealedSecret> = Api::namespaced(client.clone(), "default");
    match sealed.delete_collection(&all.0, &all.1).await {
        // A test that failed early has not installed the type.
        Err(kube::Error::Api(status)) if status.is_not_found() => {}
        deleted => _ = deleted?,
    }
    let secrets: Api<Secret> = Api::namespaced(client, "default");
    secrets.delete_collection(&all.0, &all.1).await?;
    kubectl.output(&["delete", "namespace", &namespace, "--wait=false"], b"").await?;
    Ok(())
}

/// The status of a pod's only container, as the kubelet reports it.
pub(crate) fn container_status(pod: &Pod) -> Result<Value> {
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
    Ok(serde_json::to_value(statuses.and_then(|all| all.first()).context("no container status")?)?)
}
