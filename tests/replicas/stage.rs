//! What each test gets: a namespace with an installation, and what a user of it needs.

use std::sync::Arc;

use anyhow::Result;
use api::{ConditionStatus, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::chart::rendered::Rendered;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::sync::OnceCell;

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
}

/// Terms of a Lease as the chart's values name them: duration, deadline, retry.
pub(crate) type Terms = [&'static str; 3];

/// Short terms, so that a test takes seconds.
pub(crate) const SHORT: Terms = ["6s", "4s", "1s"];

/// The controller's default terms.
pub(crate) const DEFAULT: Terms = ["", "", ""];

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    lab.install(&lab.chart("kube-system")?.render().await?).await?;
    Ok(Arc::new(Stage { lab }))
}

impl Stage {
    /// Runs a test in an installation of its own.
    pub(crate) async fn play(
        &self,
        terms: Terms,
        test: impl AsyncFnOnce(&Scene) -> Result<()>,
    ) -> Result<()> {
        with_temp_ns(&self.lab, async |home| {
            let mut chart = self.lab.chart(home)?.set("fullnameOverride", home).set("replicaCount", "3");
            // It unseals in its own namespace only, apart from other tests' objects.
            chart = chart.set("rbac.namespacedRoles", "true");
            for (name, value) in ["leaseDuration", "renewDeadline", "retryPeriod"].into_iter().zip(terms) {
                chart = chart.set(&format!("leaderElection.{name}"), value);
            }
            let chart = chart.render().await?;
            chart.apply(&self.lab.client()).await?;
            let person = Person::with(&self.lab, Maker::Ours)?;
            let scene = Scene {
                lab: Arc::clone(&self.lab),
                home: home.to_owned(),
                person,
                chart,
                folder: tempfile::tempdir()?,
                certificate: OnceCell::new(),
            };
            test(&scene).await
        })
        .await
    }
}

/// An installation of three replicas, none of which runs yet.
pub(crate) struct Scene {
    pub lab: Arc<Lab>,
    /// The namespace of the controllers, their keys and what they unseal.
    pub home: String,
    pub person: Person,
    pub chart: Rendered,
    folder: TempDir,
    certificate: OnceCell<String>,
}

impl Scene {
    /// A replica to be started. Its keys are small, because their size is not tested here.
    pub(crate) fn pod(&self) -> Result<PodBuilder> {
        Ok(Pod::of(&self.chart.deployment()?).flag("key-size", "2048"))
    }

    pub(crate) async fn start(&self) -> Result<Pod> {
        self.pod()?.start(&self.lab).await
    }

    /// Seals a Secret of one value for this installation.
    pub(crate) async fn seal(&self, name: &str, value: &str) -> Result<Value> {
        self.seal_in_scope(name, value, "strict").await
    }

    /// Seals a Secret of one value for this installation, so that it opens under any name.
    pub(crate) async fn seal_for_any_name(&self, value: &str) -> Result<Value> {
        self.seal_in_scope("any", value, "namespace-wide").await
    }

    /// The file of the certificate, fetched once, through the Service: later the Service may route to a paused replica.
    async fn certificate(&self) -> Result<&str> {
        let path = self.folder.path().join("cert.pem");
        let fetch = async || {
            let home_flag = format!("--controller-namespace={}", self.home);
            let controller = format!("--controller-name={}", self.home);
            let kubeseal = self.lab.kubeseal(Maker::Ours)?;
            let certificate = kubeseal.output(&["--fetch-cert", &home_flag, &controller], b"").await?;
            std::fs::write(&path, certificate)?;
            anyhow::Ok(path.display().to_string())
        };
        self.certificate.get_or_try_init(fetch).await.map(String::as_str)
    }

    async fn seal_in_scope(&self, name: &str, value: &str, scope: &str) -> Result<Value> {
        let secret = Person::secret(&self.home, name, &json!({ "v": value }));
        self.person.seal(&secret, &["--cert", self.certificate().await?, "--scope", scope]).await
    }

    /// Seals and applies a Secret.
    pub(crate) async fn seal_and_apply(&self, name: &str, value: &str) -> Result<()> {
        self.person.apply(&self.seal(name, value).await?).await
    }

    /// Waits until the Secret has this value, and the SealedSecret is Synced.
    pub(crate) async fn sees(&self, name: &str, value: &str) -> Result<()> {
        self.person.sees_values(&self.home, name, &[("v", value.as_bytes())]).await?;
        self.person.sees_synced(&self.home, name, ConditionStatus::True).await.map(drop)
    }

    /// The Secrets beside the controllers.
    pub(crate) fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), &self.home)
    }

    /// The sealing keys, whatever the value of their label.
    pub(crate) async fn keys(&self) -> Result<Vec<Secret>> {
        Ok(self.secrets().list(&ListParams::default().labels(sealing_key::LABEL)).await?.items)
    }
}
