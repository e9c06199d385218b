//! `apply`: carries a plan out. At most one write.

use crate::unseal::apply::rejection::{Rejection, about_values};
use crate::unseal::apply::secret_body::TargetBody;
use crate::unseal::decide::plan::{Plan, Refusal};
use crate::unseal::outcome::{Act, Hindrance, Outcome};
use crate::unseal::report::api_error::ApiMessage;
use crate::unseal::report::truncate::shorten;
use api::{METADATA_ONLY, ObservedMetadata, server_message};
use envelope::Fingerprint;
use http::HeaderValue;
use http::header::ACCEPT;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::core::{Request, Status};
use kube::{Client, Resource as _, ResourceExt as _};
use sealing::UnsealedSecret;
use std::collections::BTreeSet;

/// How carrying out ended.
#[derive(Debug)]
pub(crate) enum Applied {
    /// It is over, one way or the other.
    Outcome(Outcome),
    /// The Secret was changed since it was read: read again.
    LostRace,
    /// The namespace is being deleted, and the SealedSecret with it: there is nothing to say any more.
    Moot,
}

/// Carries `plan` out. What it writes is put right where `corrects`.
pub(crate) async fn apply(client: &Client, plan: Plan, corrects: bool) -> Applied {
    let act = match &plan {
        Plan::Create(_) if corrects => Act::Remade,
        Plan::Replace(_) if corrects => Act::Mended,
        _ => Act::Written,
    };
    match plan {
        Plan::Create(secret) => {
            let written =
                write(client, &secret, |request, body| request.create(&PostParams::default(), body)).await;
            applied(written, &secret, act)
        }
        Plan::Replace(secret) => {
            let name = secret.metadata.name.clone().unwrap_or_default();
            let replace = |request: Request, body| request.replace(&name, &PostParams::default(), body);
            applied(write(client, &secret, replace).await, &secret, act)
        }
        Plan::Keep { resource_version, opened_by } => {
            let opened_by = Some(names(&opened_by));
            Applied::Outcome(Outcome::Synced { resource_version, opened_by, act: Act::Found })
        }
        Plan::Refuse(refusal) => Applied::Outcome(Outcome::Refused(refusal)),
        Plan::Wait(hindrance) => Applied::Outcome(Outcome::Hindered(hindrance)),
        Plan::Leave => Applied::LostRace,
    }
}

/// What the answer to a write says.
fn applied(written: Result<String, kube::Error>, secret: &UnsealedSecret, act: Act) -> Applied {
    match written {
        Ok(resource_version) => {
            let opened_by = Some(names(&secret.opened_by));
            Applied::Outcome(Outcome::Synced { resource_version, opened_by, act })
        }
        Err(error) => failed(error, secret),
    }
}

fn failed(error: kube::Error, secret: &UnsealedSecret) -> Applied {
    let kube::Error::Api(status) = error else {
        return Applied::Outcome(Outcome::from_api(error));
    };
    let about = || ApiMessage::about(&status, secret);
    // Kubernetes' own validation names fields. It is not searched for quoted values: the author of the Secret chooses what it
    // repeats, such as a label, and would learn whether that is a value.
    let validation = || shorten(&server_message(&status));
    let outcome = match Rejection::of(&status) {
        _ if namespace_is_going(&status) => return Applied::Moot,
        Some(Rejection::Validation) if secret.templated && about_values(&status) => {
            Outcome::Refused(Refusal::RenderedBadly { detail: validation() })
        }
        Some(Rejection::Validation) => Outcome::Refused(Refusal::Rejected(validation())),
        Some(Rejection::Admission) => Outcome::Hindered(Hindrance::Denied(about())),
        // 409: it exists, or another version of it does; 404: it is gone.
        None if status.code == 409 => return Applied::LostRace,
        None if status.is_not_found() && !is_about_namespace(&status) => return Applied::LostRace,
        None => Outcome::Hindered(Hindrance::Api(about())),
    };
    Applied::Outcome(outcome)
}

fn names(keys: &BTreeSet<Fingerprint>) -> BTreeSet<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn namespace_is_going(status: &Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
}

fn is_about_namespace(status: &Status) -> bool {
    status.details.as_ref().is_some_and(|details| details.kind == "namespaces")
}

/// Sends the Secret and returns its new version.
///
/// The request's body holds the values; the HTTP client takes it over, and the program's allocator wipes it when it is freed.
async fn write(
    client: &Client,
    secret: &UnsealedSecret,
    request: impl FnOnce(Request, Vec<u8>) -> Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> Result<String, kube::Error> {
    let namespace = secret.metadata.namespace.as_deref();
    let body = serde_json::to_vec(&TargetBody(secret)).map_err(kube::Error::SerdeError)?;
    let mut request =
        request(Request::new(Secret::url_path(&(), namespace)), body).map_err(kube::Error::BuildRequest)?;
    // Its values need not come back.
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static(METADATA_ONLY));
    let written = client.request::<ObservedMetadata<Secret>>(request).await?;
    Ok(written.resource_version().unwrap_or_default())
}

pub(crate) mod redact;
pub(crate) mod rejection;
pub(crate) mod secret_body;
pub(crate) mod spec_digest;
#[cfg(test)]
mod tests;
