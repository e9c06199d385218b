//! [`Home`]: the namespace of one test, with a controller that unseals in this namespace alone. So tests run side by side.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{self, WRAPPED};
use envelope::Certificate;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::ResourceExt as _;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use tests::chart::rendered::Rendered;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
use tests::process::cli::Cli;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::controller::{certificate, serves};
use crate::services::test_service::TestService;
use crate::values::Values;

/// The time limit for the API server, a service and a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// Long enough for what must not happen.
pub(crate) const A_WHILE: Duration = Duration::from_secs(4);

/// The namespace of the controller, its keys, and what is sealed.
pub(crate) struct Home {
    pub lab: Arc<Lab>,
    pub namespace: String,
    pub person: Person,
    /// Ours, for the controller here.
    pub kubeseal: Cli,
}

/// Installs what all namespaces share: the CustomResourceDefinition.
pub(crate) async fn prepare(lab: Arc<Lab>) -> Result<Arc<Lab>> {
    let definition = lab.chart("default")?.set("createController", "false").set("rbac.create", "false");
    lab.install(&definition.set("serviceAccount.create", "false").render().await?).await?;
    Ok(lab)
}

/// Runs a test in a namespace of its own.
pub(crate) async fn at_home(lab: Arc<Lab>, test: impl AsyncFnOnce(Home) -> Result<()>) -> Result<()> {
    with_temp_ns(&lab, async |namespace| test(Home::new(&lab, namespace).await?).await).await
}

impl Home {
    /// A namespace in which the chart is installed, and no controller runs yet.
    pub(crate) async fn new(lab: &Arc<Lab>, namespace: &str) -> Result<Self> {
        let kubeseal = lab.kubeseal(Maker::Ours)?.env("SEALED_SECRETS_CONTROLLER_NAMESPACE", namespace);
        let person = Person::new(lab.client(), kubeseal.clone());
        let home = Self { lab: Arc::clone(lab), namespace: namespace.to_owned(), person, kubeseal };
        home.install(Values::plain()).await?;
        Ok(home)
    }

    /// A controller of the chart, which is installed with these values. It is to be started.
    pub(crate) async fn pod(&self, values: Values) -> Result<PodBuilder> {
        let chart = self.install(values).await?;
        Ok(Pod::of(&chart.deployment()?).flag("key-size", "2048"))
    }

    async fn install(&self, values: Values) -> Result<Rendered> {
        let chart = self.lab.chart(&self.namespace)?.set("rbac.namespacedRoles", "true");
        let chart = values.iter().fold(chart, |chart, (key, value)| chart.set(key, value)).render().await?;
        chart.apply_but_definitions(&self.lab.client()).await?;
        Ok(chart)
    }

    /// Starts a controller of the chart with these values, and waits until it is ready.
    pub(crate) async fn start(&self, values: Values) -> Result<Pod> {
        let mut pod = self.pod(values).await?.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }

    /// A new service, for the controller here.
    pub(crate) async fn service<S: TestService>(&self) -> Result<S> {
        S::start_new(&self.lab, &self.namespace).await
    }

    /// A new service, a controller that wraps keys with it, and its first key, which it serves.
    pub(crate) async fn first_key<S: TestService>(&self) -> Result<(S, Pod, Secret)> {
        let service = self.service::<S>().await?;
        let pod = self.start(Values::of(&service)).await?;
        let key = self.sees_keys(WRAPPED, 1).await?.remove(0);
        serves(&pod, &key).await?;
        Ok((service, pod, key))
    }

    /// The Secrets of this namespace.
    pub(crate) fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), &self.namespace)
    }

    /// The keys with this value of the label, oldest first.
    pub(crate) async fn keys(&self, label: &str) -> Result<Vec<Secret>> {
        let labelled = ListParams::default().labels(&format!("{}={label}", sealing_key::LABEL));
        let mut keys = self.secrets().list(&labelled).await?.items;
        // By their certificates: two Secrets may be created within one second.
        let valid_from =
            |key: &Secret| Certificate::from_pem(&certificate(key).ok()?).ok().map(|it| it.not_before());
        keys.sort_by_key(|key| (valid_from(key), key.name_any()));
        Ok(keys)
    }

    /// Waits until there are so many keys with this value of the label.
    pub(crate) async fn sees_keys(&self, label: &str, count: usize) -> Result<Vec<Secret>> {
        eventually(SOON, &format!("there are {count} keys with the label {label}"), async || {
            let keys = self.keys(label).await?;
            ensure!(
                keys.len() == count,
                "{:?}",
                keys.iter().map(kube::ResourceExt::name_any).collect::<Vec<_>>()
            );
            Ok(keys)
        })
        .await
    }

    /// Sets an annotation of a key's Secret.
    pub(crate) async fn annotate(&self, key: &Secret, annotation: &str) -> Result<()> {
        let patch = json!({ "metadata": { "annotations": { annotation: "now" } } });
        self.secrets().patch(&key.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await?;
        Ok(())
    }

    /// Waits for an event with this reason on a Secret; returns its message.
    pub(crate) async fn sees_event(&self, secret: &str, reason: &str) -> Result<String> {
        let events: Api<Event> = Api::namespaced(self.lab.client(), &self.namespace);
        let about = format!("involvedObject.kind=Secret,involvedObject.name={secret},reason={reason}");
        eventually(SOON, &format!("an event {reason} on {secret}"), async || {
            let events = events.list(&ListParams::default().fields(&about)).await?.items;
            Ok(events.into_iter().next().context("none yet")?.message.unwrap_or_default())
        })
        .await
    }

    /// `kubeseal-rs keys`, beside the controller here; returns what it prints.
    pub(crate) async fn keys_command(&self, args: &[&str]) -> Result<String> {
        let printed = self.kubeseal.output(&[&["keys"], args].concat(), b"").await?;
        Ok(String::from_utf8(printed)?)
    }

    /// `kubeseal-rs keys unwrap` of all keys, with this service; returns what it prints.
    pub(crate) async fn unwraps_all(&self, service: &impl TestService) -> Result<String> {
        let variables = service.environment().into_iter();
        let kubeseal =
            variables.fold(self.kubeseal.clone(), |kubeseal, (name, value)| kubeseal.env(name, value));
        let provider = service.provider_of_test();
        let args = ["keys", "unwrap", "--all", "--yes", "--key-unwrap-with", &provider];
        Ok(String::from_utf8(kubeseal.output(&args, b"").await?)?)
    }

    /// Seals a value and waits until it is unsealed.
    pub(crate) async fn trip(&self, name: &str) -> Result<()> {
        self.person.seal_and_apply(&self.secret(name), &[]).await?;
        self.sees(name).await
    }

    /// Seals with a certificate, without a controller, and applies it.
    pub(crate) async fn seal_offline(&self, certificate: &str, name: &str) -> Result<Value> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), certificate)?;
        let path = file.path().display().to_string();
        let sealed = self.person.seal(&self.secret(name), &["--cert", &path]).await?;
        self.person.apply(&sealed).await?;
        Ok(sealed)
    }

    /// Waits until the value is unsealed.
    pub(crate) async fn sees(&self, name: &str) -> Result<()> {
        self.person.sees_values(&self.namespace, name, &[("v", name.as_bytes())]).await?;
        Ok(())
    }

    /// Deletes what was unsealed, and waits until a controller of ours has unsealed it again.
    pub(crate) async fn unseals_again(&self, name: &str) -> Result<()> {
        self.person.delete_secret(&self.namespace, name).await?;
        self.sees(name).await
    }

    fn secret(&self, name: &str) -> Value {
        Person::secret(&self.namespace, name, &json!({ "v": name }))
    }
}
