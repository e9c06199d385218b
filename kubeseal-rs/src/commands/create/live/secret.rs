//! [`LiveSecret`]: a Secret in the cluster, which is read, and may be handed over to the controller.

use crate::cluster::Cluster;
use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::commands::create::live::error::{LiveError, LiveRequest};
use crate::error::CommandError;
use api::annotations::MANAGED;
use api::{ObservedMetadata, SealedSecret, server_message};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;

/// A Secret of the cluster.
pub(crate) struct LiveSecret {
    session: Session,
    namespace: String,
    name: String,
    pub secret: Secret,
}

impl LiveSecret {
    pub(crate) fn get(cluster: &Cluster, namespace: String, name: String) -> Result<Self, CommandError> {
        let session = Session::begin(cluster)?;
        let found = session
            .request(async |client| Api::<Secret>::namespaced(client, &namespace).get(&name).await)
            .map_err(|error| failed(&session, LiveRequest::Get, &namespace, &name, error))?;
        Ok(Self { session, namespace, name, secret: found })
    }

    /// Refuses to go on if there is a SealedSecret of the name: with the annotation, it would put its own values into the Secret at once.
    pub(crate) fn check_no_sealed_secret(&self) -> Result<(), LiveError> {
        let found = self.session.request(async |client| {
            Api::<ObservedMetadata<SealedSecret>>::namespaced(client, &self.namespace)
                .get_opt(&self.name)
                .await
        });
        match found {
            Ok(None) => Ok(()),
            Ok(Some(_)) => {
                Err(LiveError::SealedSecret { namespace: self.namespace.clone(), name: self.name.clone() })
            }
            Err(error) => {
                Err(failed(&self.session, LiveRequest::GetSealedSecret, &self.namespace, &self.name, error))
            }
        }
    }

    /// Lets a SealedSecret of the name take the Secret over.
    pub(crate) fn adopt(&self) -> Result<(), LiveError> {
        let metadata = &self.secret.metadata;
        // Not a new Secret of the same name, and not one with other values than those that were sealed.
        let patch = Patch::Merge(json!({ "metadata": {
            "uid": metadata.uid,
            "resourceVersion": metadata.resource_version,
            "annotations": { MANAGED: "true" },
        }}));
        let patched = self.session.request(async |client| {
            let secrets = Api::<ObservedMetadata<Secret>>::namespaced(client, &self.namespace);
            secrets.patch(&self.name, &PatchParams::default(), &patch).await
        });
        patched
            .map(drop)
            .map_err(|error| failed(&self.session, LiveRequest::Adopt, &self.namespace, &self.name, error))
    }
}

fn failed(
    session: &Session,
    act: LiveRequest,
    namespace: &str,
    name: &str,
    mut error: kube::Error,
) -> LiveError {
    // A policy or webhook may show what it refuses.
    if let kube::Error::Api(status) = &mut error {
        status.message = server_message(status);
    }
    LiveError::Request {
        act,
        server: session.server().to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        source: match RequestError::from(error) {
            // The conflict is about the Secret, not about the controller's response.
            RequestError::Conflict(cause) => RequestError::Changed(cause),
            other => other,
        },
    }
}
