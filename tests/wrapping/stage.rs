//! A cluster without sealing keys, and controllers that are started with providers.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key;
use envelope::Certificate;
use k8s_openapi::api::core::v1::{Event, Secret};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::lab::{Lab, Maker};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::sync::Mutex;

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

/// The name of the cluster.
pub(crate) const CLUSTER: &str = "prod-eu";

/// The time limit for the API server, a service and a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// Long enough for what must not happen.
pub(crate) const A_WHILE: Duration = Duration::from_secs(4);

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub person: Person,
    chart: Rendered,
    turn: Mutex<()>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    let person = Person::with(&lab, Maker::Ours)?;
    let stage = Stage { lab, person, chart, turn: Mutex::new(()) };
    stage.grant(HOME).await?;
    Ok(Arc::new(stage))
}

impl Stage {
    /// Runs a test alone, in a namespace of its own.
    pub(crate) async fn alone(&self, test: impl AsyncFnOnce(&str) -> Result<()>) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.secrets().delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
        // On the heap: every test holds this future within its own.
        Box::pin(with_temp_ns(&self.lab, test)).await
    }

    /// A controller without providers.
    pub(crate) fn plain_pod(&self) -> Result<PodBuilder> {
        Ok(Pod::of(&self.chart.deployment()?).flag("key-size", "2048"))
    }

    /// A controller with these providers.
    pub(crate) fn pod(&self, providers: &[&str]) -> Result<PodBuilder> {
        let pod = self.plain_pod()?.flag("cluster-name", CLUSTER);
        Ok(pod.env("SEALED_SECRETS_KEY_WRAP_WITH", &providers.join(" ")))
    }

    /// Such a controller in another namespace.
    pub(crate) fn pod_in(&self, home: &str, providers: &[&str]) -> Result<PodBuilder> {
        let mut deployment = self.chart.deployment()?;
        deployment.metadata.namespace = Some(home.to_owned());
        let pod = Pod::of(&deployment)
            .flag("key-size", "2048")
            .flag("cluster-name", CLUSTER)
            .flag("all-namespaces", "false");
        Ok(pod.env("SEALED_SECRETS_KEY_WRAP_WITH", &providers.join(" ")))
    }

    /// Starts a controller and waits until it is ready.
    pub(crate) async fn start(&self, pod: PodBuilder) -> Result<Pod> {
        let mut pod = pod.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }

    /// The Secrets beside the controller.
    pub(crate) fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), HOME)
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
        let events: Api<Event> = Api::namespaced(self.lab.client(), HOME);
        let about = format!("involvedObject.kind=Secret,involvedObject.name={secret},reason={reason}");
        eventually(SOON, &format!("an event {reason} on {secret}"), async || {
            let events = events.list(&ListParams::default().fields(&about)).await?.items;
            Ok(events.into_iter().next().context("none yet")?.message.unwrap_or_default())
        })
        .await
    }

    /// Seals a value and waits until it is unsealed.
    pub(crate) async fn trip(&self, namespace: &str, name: &str) -> Result<()> {
        let secret = Person::secret(namespace, name, &json!({ "v": name }));
        self.person.seal_and_apply(&secret, &[]).await?;
        self.person.sees_values(namespace, name, &[("v", name.as_bytes())]).await?;
        Ok(())
    }

    /// Seals with a certificate, without a controller, and applies it.
    pub(crate) async fn seal_offline(&self, certificate: &str, namespace: &str, name: &str) -> Result<Value> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), certificate)?;
        let path = file.path().display().to_string();
        let secret = Person::secret(namespace, name, &json!({ "v": name }));
        let sealed = self.person.seal(&secret, &["--cert", &path]).await?;
        self.person.apply(&sealed).await?;
        Ok(sealed)
    }

    /// What the controller may do where providers are configured: delete a key's Secret once the key is stored in another form, and get a
    /// token of its own ServiceAccount.
    pub(crate) async fn grant(&self, namespace: &str) -> Result<()> {
        let name = "sealed-secrets-key-wrapping";
        let role: Value = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": { "name": name },
            "rules": [
                { "apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch", "create", "patch", "delete"] },
                { "apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"] },
            ],
        });
        let binding: Value = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": { "name": name },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name },
            "subjects": [{ "kind": "ServiceAccount", "namespace": namespace, "name": CONTROLLER_NAME }],
        });
        let params = PatchParams::apply("sealed-secrets-tests").force();
        let roles: Api<Role> = Api::namespaced(self.lab.client(), namespace);
        roles.patch(name, &params, &Patch::Apply(role)).await?;
        let bindings: Api<RoleBinding> = Api::namespaced(self.lab.client(), namespace);
        bindings.patch(name, &params, &Patch::Apply(binding)).await?;
        Ok(())
    }
}

/// The response to a GET: status and body.
pub(crate) async fn get(url: &str) -> Result<(u16, String)> {
    let answer = http_client().build()?.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// The certificate that a controller serves, or why it serves none.
pub(crate) async fn served(pod: &Pod) -> Result<(u16, String)> {
    get(&format!("{}/v1/cert.pem", pod.url())).await
}

/// Waits until a controller serves the certificate of this key's Secret.
pub(crate) async fn serves(pod: &Pod, key: &Secret) -> Result<()> {
    let certificate = certificate(key)?;
    eventually(SOON, &format!("the certificate of {} is served", key.name_any()), async || {
        let (_, text) = served(pod).await?;
        ensure!(text == certificate, "{text}");
        Ok(())
    })
    .await
}

/// The certificate in a key's Secret.
pub(crate) fn certificate(key: &Secret) -> Result<String> {
    let data = key.data.as_ref().context("no data")?;
    Ok(String::from_utf8(data[sealing_key::CERTIFICATE].0.clone())?)
}

/// Waits until the log has a line with these words.
pub(crate) async fn logs(pod: &Pod, words: &str) -> Result<()> {
    eventually(SOON, &format!("the log says: {words}"), async || {
        ensure!(pod.logs()?.contains(words), "{}", pod.logs()?);
        Ok(())
    })
    .await
}

/// Stops a controller, which must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}
