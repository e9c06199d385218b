//! The Lease, as the API server shows it.

use anyhow::{Context as _, Result};
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use kube::Api;

use crate::stage::Scene;

/// The spec of the installation's Lease.
pub(crate) async fn lease(scene: &Scene) -> Result<LeaseSpec> {
    let leases: Api<Lease> = Api::namespaced(scene.lab.client(), &scene.home);
    leases.get(&scene.home).await?.spec.context("the Lease is empty")
}

/// The holder of the Lease.
pub(crate) async fn holder(scene: &Scene) -> Result<String> {
    Ok(lease(scene).await?.holder_identity.unwrap_or_default())
}
