//! What each test of this suite gets: our controller as the chart runs it, kustomize-controller, and a namespace to sync to.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::chart::rendered::Rendered;
use tests::cluster::flux::Flux;
use tests::cluster::flux::kustomization::Kustomization;
use tests::cluster::flux::source::Source;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::programs::Programs;
use tests::programs::program::Program;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::page::Page;
use tests::user::person::Person;
use tests::workspace;
use tokio::sync::RwLock;

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub person: Person,
    pub flux: Flux,
    chart: Rendered,
    /// Locked for writing by a test that stops the controller of all others.
    controller: RwLock<Option<Pod>>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    let build = || Programs::ready(&[Program::KustomizeController]);
    let programs = tokio::task::spawn_blocking(build).await.context("building panicked")??;
    let control_plane = &lab.control_plane;
    let flux = Flux::start(&control_plane.kubeconfig(), lab.client(), control_plane.dir(), &programs).await?;
    let person = Person::with(&lab, Maker::Ours)?;
    let stage = Stage { lab, person, flux, chart, controller: RwLock::new(None) };
    stage.controller.write().await.replace(stage.start().await?);
    Ok(Arc::new(stage))
}

impl Stage {
    /// Runs a test in a namespace of its own, beside others.
    pub(crate) async fn play(&self, test: impl AsyncFnOnce(&Scene<'_>) -> Result<()>) -> Result<()> {
        let _controller = self.controller.read().await;
        with_temp_ns(&self.lab, async |namespace| test(&Scene { stage: self, namespace }).await).await
    }

    /// Runs a test alone, without a controller, and starts one again after it.
    pub(crate) async fn without_controller(
        &self,
        test: impl AsyncFnOnce(&Scene<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut controller = self.controller.write().await;
        if let Some(pod) = controller.take() {
            pod.stop().await?;
        }
        let played =
            with_temp_ns(&self.lab, async |namespace| test(&Scene { stage: self, namespace }).await).await;
        controller.replace(self.start().await?);
        played
    }

    /// Starts a controller and waits until it is ready. Its keys are small, because their size is not tested here.
    pub(crate) async fn start(&self) -> Result<Pod> {
        let mut pod = Pod::of(&self.chart.deployment()?).flag("key-size", "2048").start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }
}

/// One test's namespace, for SealedSecrets and for Flux's own objects.
pub(crate) struct Scene<'a> {
    pub stage: &'a Stage,
    pub namespace: &'a str,
}

impl Scene<'_> {
    pub(crate) fn person(&self) -> &Person {
        &self.stage.person
    }

    /// A repository to commit to.
    pub(crate) async fn source(&self, name: &str) -> Result<Source<'_>> {
        self.stage.flux.source(self.namespace, name).await
    }

    /// The Kustomization of the documentation, with this name and the source `name`; fields of `spec` replace its own,
    /// and null removes a field.
    pub(crate) async fn kustomization(&self, name: &str, spec: &Value) -> Result<Kustomization> {
        let mut manifest = documented()?;
        manifest["metadata"] = json!({ "name": name, "namespace": self.namespace });
        manifest["spec"]["sourceRef"]["name"] = json!(name);
        let fields = manifest["spec"].as_object_mut().context("the page's Kustomization has no spec")?;
        for (field, value) in spec.as_object().into_iter().flatten() {
            fields.insert(field.clone(), value.clone());
        }
        fields.retain(|_, value| !value.is_null());
        self.stage.flux.kustomization(&manifest).await
    }

    /// A repository named `shop`, and the documented Kustomization for it.
    pub(crate) async fn shop(&self) -> Result<(Source<'_>, Kustomization)> {
        Ok((self.source("shop").await?, self.kustomization("shop", &Value::Null).await?))
    }

    /// A SealedSecret `name` with the item `password`, as YAML.
    pub(crate) async fn sealed(&self, name: &str, password: &str) -> Result<String> {
        Ok(self.person().seal(&self.secret(name, password), &[]).await?.to_string())
    }

    /// A SealedSecret `name` with the item `password`, sealed with a key that no controller has.
    pub(crate) async fn sealed_with_a_wrong_key(&self, name: &str, password: &str) -> Result<String> {
        let certificate = workspace::root().join("kubeseal-rs/tests/fixtures/test-only.crt");
        let args = ["--cert", &certificate.display().to_string()];
        Ok(self.person().seal(&self.secret(name, password), &args).await?.to_string())
    }

    /// The Secret to be sealed.
    pub(crate) fn secret(&self, name: &str, password: &str) -> Value {
        Person::secret(self.namespace, name, &json!({ "password": password }))
    }
}

/// The Kustomization that the documentation recommends.
pub(crate) fn documented() -> Result<Value> {
    let page = Page::read("controller/docs/gitops.md")?;
    let yaml = page.blocks("yaml").into_iter().next().context("the page has no YAML")?;
    serde_saphyr::from_str(yaml).context("the page's YAML is broken")
}
