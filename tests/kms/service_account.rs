//! [`Account`]: a service account, whose tokens the API server issues.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use futures::future::BoxFuture;
use k8s_openapi::api::core::v1::ServiceAccount;
use key_wrapping::TokenSource;
use kube::api::{Api, PostParams};
use serde_json::json;
use tests::lab::Lab;
use zeroize::Zeroizing;

/// Its name.
pub(crate) const ACCOUNT: &str = "sealed-secrets-controller";

/// A service account of a namespace.
#[derive(Debug)]
pub(crate) struct Account {
    lab: Arc<Lab>,
    namespace: String,
    audiences: Mutex<Vec<String>>,
}

impl Account {
    pub(crate) async fn new(lab: &Arc<Lab>, namespace: &str) -> Result<Self> {
        let account = serde_json::from_value(json!({ "metadata": { "name": ACCOUNT } }))?;
        Api::<ServiceAccount>::namespaced(lab.client(), namespace)
            .create(&PostParams::default(), &account)
            .await?;
        Ok(Self { lab: lab.clone(), namespace: namespace.to_owned(), audiences: Mutex::default() })
    }

    /// A token for this audience.
    pub(crate) async fn token_for(&self, audience: &str) -> Result<String> {
        self.lab.control_plane.token_for(audience, &self.namespace, ACCOUNT).await
    }

    /// The audiences of the tokens that a provider asked for so far.
    pub(crate) fn audiences(&self) -> Vec<String> {
        self.audiences.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TokenSource for Account {
    fn token<'a>(
        &'a self,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Zeroizing<String>, Box<dyn Error + Send + Sync>>> {
        self.audiences.lock().unwrap_or_else(PoisonError::into_inner).push(audience.to_owned());
        Box::pin(async move { Ok(Zeroizing::new(self.token_for(audience).await?)) })
    }
}
