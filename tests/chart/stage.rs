//! What each test of this suite gets: a lab with every kind of object that the chart can render, and the namespaces
//! that the cases name.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, Patch, PatchParams};
use kube::runtime::conditions::is_crd_established;
use kube::runtime::wait::await_condition;
use serde_json::json;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::user::person::Person;
use tokio::sync::Mutex;

/// The namespace in which the cases install.
pub(crate) const HOME: &str = "sealed-secrets";

/// Other namespaces that the cases name.
const OTHERS: [&str; 2] = ["shop", "monitoring"];

const MONITORING: &str = include_str!("fixtures/monitoring.yaml");

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub person: Person,
    /// Locked while a controller runs: most controllers would also unseal in the other tests' namespaces.
    pub turn: Mutex<()>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let client = lab.client();
    let params = PatchParams::apply("sealed-secrets-tests").force();
    let namespaces: Api<Namespace> = Api::all(client.clone());
    for name in [HOME].into_iter().chain(OTHERS) {
        // A pod that violates the restricted standard is accepted, with a warning in the response.
        let labels = json!({ "pod-security.kubernetes.io/warn": "restricted" });
        let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "labels": labels } });
        namespaces.patch(name, &params, &Patch::Apply(namespace)).await.context("cannot make a namespace")?;
    }
    let definitions: Api<CustomResourceDefinition> = Api::all(client);
    for definition in serde_saphyr::from_multiple::<serde_json::Value>(MONITORING)? {
        let name = definition["metadata"]["name"].as_str().context("a definition without a name")?.to_owned();
        definitions.patch(&name, &params, &Patch::Apply(&definition)).await?;
        await_condition(definitions.clone(), &name, is_crd_established()).await?;
    }
    // Of this project's own objects only the CustomResourceDefinition: each test applies the others.
    let definition = lab.chart(HOME)?.set("createController", "false").set("rbac.create", "false");
    lab.install(&definition.set("serviceAccount.create", "false").render().await?).await?;
    let person = Person::with(&lab, Maker::Ours)?;
    Ok(Arc::new(Stage { lab, person, turn: Mutex::new(()) }))
}

/// Stops the controller, which must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    anyhow::ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}
