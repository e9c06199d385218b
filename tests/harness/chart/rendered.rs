//! The objects of a rendered chart: applied, found, deleted.

use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::GroupVersionKind;
use kube::discovery::{self, Scope};
use kube::runtime::conditions;
use kube::runtime::wait::await_condition;
use kube::{Client, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::Value;

const CRD: &str = "CustomResourceDefinition";

/// How long a CRD may take to be served.
const ESTABLISHED: Duration = Duration::from_secs(30);

/// The rendered objects, which are not applied yet.
#[derive(Debug, Clone)]
pub struct Rendered {
    namespace: String,
    yaml: String,
    objects: Vec<DynamicObject>,
}

impl Rendered {
    /// The objects of a YAML stream; those without a namespace get `namespace`.
    pub(crate) fn parse(namespace: &str, yaml: String) -> Result<Self> {
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(&yaml).context("the chart renders to broken YAML")?;
        let documents = documents.into_iter().filter(|document| !document.is_null());
        let objects = documents.map(serde_json::from_value).collect::<Result<_, _>>();
        Ok(Self {
            namespace: namespace.to_owned(),
            objects: objects.context("the chart renders to something that is no Kubernetes object")?,
            yaml,
        })
    }

    /// The text as helm wrote it.
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// Each object.
    pub fn objects(&self) -> &[DynamicObject] {
        &self.objects
    }

    /// Whether it holds a CustomResourceDefinition that the API server does not have yet.
    pub async fn brings_new_types(&self, client: &Client) -> Result<bool> {
        let there: Api<CustomResourceDefinition> = Api::all(client.clone());
        for object in self.objects.iter().filter(|object| kind(object) == CRD) {
            if there.get_opt(&object.name_any()).await?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Applies all objects, CustomResourceDefinitions first, and waits until those are served. A repetition changes
    /// nothing.
    pub async fn apply(&self, client: &Client) -> Result<()> {
        let (definitions, others): (Vec<_>, Vec<_>) =
            self.objects.iter().partition(|object| kind(object) == CRD);
        for object in &definitions {
            self.apply_one(client, object).await?;
            established(client, &object.name_any()).await?;
        }
        for object in others {
            self.apply_one(client, object).await?;
        }
        Ok(())
    }

    /// Applies all objects except CustomResourceDefinitions.
    pub async fn apply_but_definitions(&self, client: &Client) -> Result<()> {
        for object in self.objects.iter().filter(|object| kind(object) != CRD) {
            self.apply_one(client, object).await?;
        }
        Ok(())
    }

    /// Deletes all objects except CustomResourceDefinitions, which other tests may use. A missing object is no error.
    pub async fn delete(&self, client: &Client) -> Result<()> {
        for object in self.objects.iter().rev().filter(|object| kind(object) != CRD) {
            match self
                .api(client, object)
                .await?
                .delete(&object.name_any(), &DeleteParams::background())
                .await
            {
                Ok(_) => {}
                Err(error) if not_found(&error) => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot delete {}", describe(object)));
                }
            }
        }
        Ok(())
    }

    /// The controller's Deployment.
    pub fn deployment(&self) -> Result<Deployment> {
        self.find("Deployment")
    }

    /// The first object of `kind`, as its own type.
    pub fn find<T: DeserializeOwned>(&self, wanted: &str) -> Result<T> {
        let object = self.objects.iter().find(|object| kind(object) == wanted);
        let object = object.with_context(|| format!("the chart renders no {wanted}"))?;
        serde_json::from_value(serde_json::to_value(object)?)
            .with_context(|| format!("cannot read the {wanted}"))
    }

    async fn apply_one(&self, client: &Client, object: &DynamicObject) -> Result<()> {
        let api = self.api(client, object).await?;
        let params = PatchParams::apply("sealed-secrets-tests").force();
        api.patch(&object.name_any(), &params, &Patch::Apply(object))
            .await
            .with_context(|| format!("cannot apply {}", describe(object)))?;
        Ok(())
    }

    async fn api(&self, client: &Client, object: &DynamicObject) -> Result<Api<DynamicObject>> {
        let types = object.types.as_ref().context("the chart renders an object without a kind")?;
        let (resource, capabilities) = discovery::pinned_kind(client, &GroupVersionKind::try_from(types)?)
            .await
            .with_context(|| format!("the API server does not know {} {}", types.api_version, types.kind))?;
        Ok(match capabilities.scope {
            Scope::Cluster => Api::all_with(client.clone(), &resource),
            Scope::Namespaced => {
                let namespace = object.namespace().unwrap_or_else(|| self.namespace.clone());
                Api::namespaced_with(client.clone(), &namespace, &resource)
            }
        })
    }
}

async fn established(client: &Client, name: &str) -> Result<()> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let wait = await_condition(definitions, name, conditions::is_crd_established());
    tokio::time::timeout(ESTABLISHED, wait)
        .await
        .with_context(|| format!("{name} was not established after {ESTABLISHED:?}"))?
        .with_context(|| format!("cannot watch {name}"))?;
    Ok(())
}

fn kind(object: &DynamicObject) -> &str {
    object.types.as_ref().map_or("", |types| &types.kind)
}

fn describe(object: &DynamicObject) -> String {
    format!("{} {}", kind(object), object.name_any())
}

fn not_found(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 404)
}
