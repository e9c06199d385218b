//! `apply`: carries a plan out, with at most one write. `secret_body` is the Secret that is written, `refused_by` reads the
//! refusal of the API server.

pub(crate) mod refused_by;
pub(crate) mod secret_body;

use crate::leader_election::fence::WriteRefused;
use crate::unseal::apply::refused_by::{RefusedBy, about_values};
use crate::unseal::apply::secret_body::TargetBody;
use crate::unseal::cause::api_message::ApiMessage;
use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::cause::truncate::truncate;
use crate::unseal::decide::plan::Plan;
use crate::unseal::outcome::{Act, Outcome};
use api::{METADATA_ONLY, ObservedMetadata, server_message};
use http::HeaderValue;
use http::header::ACCEPT;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::core::{Request, Status};
use kube::{Client, Resource as _, ResourceExt as _};
use sealing::UnsealedSecret;

/// The result of carrying a plan out.
#[derive(Debug)]
pub(crate) enum Applied {
    Outcome(Outcome),
    /// The Secret was changed since it was read: the facts have to be gathered again.
    Conflict,
    /// Nothing is reported: the SealedSecret is being deleted, or its namespace.
    Nothing,
    /// The write was given up: this replica leads no more.
    TermOver,
}

pub(crate) async fn apply(client: &Client, plan: Plan) -> Applied {
    match plan {
        Plan::Nothing => Applied::Nothing,
        Plan::Leave(outcome) => Applied::Outcome(outcome),
        Plan::Create { secret, corrects } => {
            let create = |request: Request, body| request.create(&PostParams::default(), body);
            let act = if corrects { Act::Recreated } else { Act::Written };
            applied(write(client, &secret, create).await, &secret, act)
        }
        Plan::Replace { secret, corrects } => {
            let name = secret.metadata.name.clone().unwrap_or_default();
            let replace = |request: Request, body| request.replace(&name, &PostParams::default(), body);
            let act = if corrects { Act::Corrected } else { Act::Written };
            applied(write(client, &secret, replace).await, &secret, act)
        }
    }
}

/// From the response to a write.
fn applied(written: kube::Result<String>, secret: &UnsealedSecret, act: Act) -> Applied {
    match written {
        Ok(resource_version) => Applied::Outcome(Outcome::synced(resource_version, &secret.opened_by, act)),
        Err(error) => failed(error, secret),
    }
}

fn failed(error: kube::Error, secret: &UnsealedSecret) -> Applied {
    if WriteRefused::is_term_over(&error) {
        return Applied::TermOver;
    }
    let kube::Error::Api(status) = error else {
        return Applied::Outcome(Outcome::Failed(Transient::from_api(error)));
    };
    let message = || ApiMessage::about(&status, secret);
    // Kubernetes' own validation names fields. Its message is not searched for quoted values: the author of the SealedSecret
    // chooses some of what it repeats, such as a label, and would learn whether that is a value.
    let validation = || truncate(&server_message(&status));
    let outcome = match RefusedBy::of(&status) {
        _ if is_namespace_terminating(&status) => return Applied::Nothing,
        Some(RefusedBy::Validation) if secret.templated && about_values(&status) => {
            Outcome::Refused(Refusal::RenderedBadly { detail: validation() })
        }
        Some(RefusedBy::Validation) => Outcome::Refused(Refusal::Rejected(validation())),
        Some(RefusedBy::Admission) => Outcome::Failed(Transient::Denied(message())),
        // 409: it exists, or has another version; 404: it was deleted.
        None if status.code == 409 => return Applied::Conflict,
        None if status.is_not_found() && !is_about_namespace(&status) => return Applied::Conflict,
        None => Outcome::Failed(Transient::Api(message())),
    };
    Applied::Outcome(outcome)
}

fn is_namespace_terminating(status: &Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
}

fn is_about_namespace(status: &Status) -> bool {
    status.details.as_ref().is_some_and(|details| details.kind == "namespaces")
}

/// Sends the Secret, and returns its new version.
///
/// The body of the request holds the values; the HTTP client takes it over, and the program's allocator wipes it when it is freed.
async fn write(
    client: &Client,
    secret: &UnsealedSecret,
    request: impl FnOnce(Request, Vec<u8>) -> Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> kube::Result<String> {
    let namespace = secret.metadata.namespace.as_deref();
    let body = serde_json::to_vec(&TargetBody(secret)).map_err(kube::Error::SerdeError)?;
    let mut request =
        request(Request::new(Secret::url_path(&(), namespace)), body).map_err(kube::Error::BuildRequest)?;
    // The response needs no values.
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static(METADATA_ONLY));
    let written = client.request::<ObservedMetadata<Secret>>(request).await?;
    Ok(written.resource_version().unwrap_or_default())
}

#[cfg(test)]
mod tests;
