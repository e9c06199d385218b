//! [`collect`]: deletes the Secret of a deleted SealedSecret. Only with `--old-gc-behavior`: without it, Kubernetes' garbage
//! collector does.

use crate::leader_election::fence::WriteRefused;
use crate::process::backoff::Backoff;
use crate::process::error_chain::chain;
use api::{METADATA_ONLY, ObservedMetadata, SealedSecret, WatchedSealedSecret};
use http::HeaderValue;
use http::header::ACCEPT;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{DeleteParams, Preconditions};
use kube::core::Request;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use std::sync::Arc;
use std::time::Duration;

/// Delays between the attempts.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_mins(5));

/// Deletes the Secret if the deleted SealedSecret still controls it. Another Secret of that name is left as it is.
///
/// A failure, or a refusal by a policy, is retried for as long as this replica leads: no watch event shows the deleted
/// SealedSecret again.
pub(crate) async fn collect(client: Client, gone: Arc<WatchedSealedSecret>) {
    let (namespace, name) = (gone.namespace().unwrap_or_default(), gone.name_any());
    for delay in BACKOFF {
        match delete(&client, &namespace, &name, gone.uid().as_deref()).await {
            Ok(()) => return,
            Err(error) if WriteRefused::is_term_over(&error) => return,
            Err(error) => {
                let error = chain(&error);
                tracing::error!(namespace, name, error, "deleting the Secret failed; trying again");
            }
        }
        tokio::time::sleep(delay).await;
    }
}

async fn delete(
    client: &Client,
    namespace: &str,
    name: &str,
    owner: Option<&str>,
) -> Result<(), kube::Error> {
    // With a label selector, a label that was removed looks like a deletion.
    let sealed = Api::<ObservedMetadata<SealedSecret>>::namespaced(client.clone(), namespace);
    if sealed.get_opt(name).await?.is_some_and(|sealed| sealed.uid().as_deref() == owner) {
        return Ok(());
    }
    let secrets = Api::<ObservedMetadata<Secret>>::namespaced(client.clone(), namespace);
    let Some(secret) = secrets.get_opt(name).await? else { return Ok(()) };
    let mut owners = secret.owner_references().iter();
    if !owners.any(|reference| reference.controller == Some(true) && Some(reference.uid.as_str()) == owner) {
        return Ok(());
    }
    let params = DeleteParams::default()
        .preconditions(Preconditions { uid: secret.uid(), resource_version: secret.resource_version() });
    let request = Request::new(Secret::url_path(&(), Some(namespace))).delete(name, &params);
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static(METADATA_ONLY));
    // The response is not decoded: if a finalizer keeps the Secret for a while, the response is that Secret, nested to
    // any depth.
    match client.request_text(request).await {
        Ok(_) => {
            tracing::info!(namespace, name, "deleted with its SealedSecret");
            Ok(())
        }
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
