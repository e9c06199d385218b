//! `apply`: carries a plan out. At most one write.

use super::outcome::{Act, Outcome};
use super::plan::Plan;
use super::quoted::without_values;
use super::rejection::Rejection;
use super::target_body::TargetBody;
use api::{METADATA_ONLY, ObservedMetadata};
use envelope::Fingerprint;
use http::HeaderValue;
use http::header::ACCEPT;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::core::Request;
use kube::{Client, Resource as _, ResourceExt as _};
use sealing::UnsealedSecret;
use std::collections::BTreeSet;

/// How carrying out ended.
#[derive(Debug)]
pub(crate) enum Applied {
    /// It is over, one way or the other.
    Outcome(Outcome),
    /// Somebody changed the Secret since it was read: read again.
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
    let (written, opened_by) = match plan {
        Plan::Create(secret) => {
            let written =
                write(client, &secret, |request, body| request.create(&PostParams::default(), body)).await;
            (written, secret.opened_by)
        }
        Plan::Replace(secret) => {
            let name = secret.metadata.name.clone().unwrap_or_default();
            let replace = |request: Request, body| request.replace(&name, &PostParams::default(), body);
            (write(client, &secret, replace).await, secret.opened_by)
        }
        Plan::Keep { resource_version, opened_by } => {
            let opened_by = Some(names(&opened_by));
            return Applied::Outcome(Outcome::Synced { resource_version, opened_by, act: Act::Found });
        }
        Plan::Refuse(refusal) => return Applied::Outcome(Outcome::Refused(refusal)),
        Plan::Wait(hindrance) => return Applied::Outcome(Outcome::Hindered(hindrance)),
        Plan::Leave => return Applied::LostRace,
    };
    match written {
        Ok(resource_version) => {
            let opened_by = Some(names(&opened_by));
            Applied::Outcome(Outcome::Synced { resource_version, opened_by, act })
        }
        Err(failure) => failed(failure),
    }
}

fn failed(Failure { error, rejection }: Failure) -> Applied {
    match (error, rejection) {
        (kube::Error::Api(status), _) if namespace_is_going(&status) => Applied::Moot,
        (kube::Error::Api(status), Some(rejection)) => {
            Applied::Outcome(Outcome::rejected(rejection, &status))
        }
        // 409: it exists, or another version of it does; 404: it is gone.
        (kube::Error::Api(status), None) if status.code == 409 => Applied::LostRace,
        (kube::Error::Api(status), None) if status.is_not_found() && !is_about_namespace(&status) => {
            Applied::LostRace
        }
        (error, _) => Applied::Outcome(Outcome::from_api(error)),
    }
}

/// Why the Secret was not written.
struct Failure {
    /// Without the values.
    error: kube::Error,
    /// What refused it, by the words that the error had with them.
    rejection: Option<Rejection>,
}

impl Failure {
    fn of(error: kube::Error, secret: &UnsealedSecret) -> Self {
        let rejection = match &error {
            kube::Error::Api(status) => Rejection::of(status),
            _ => None,
        };
        Self { error: without_values(error, &secret.data), rejection }
    }
}

fn names(keys: &BTreeSet<Fingerprint>) -> BTreeSet<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn namespace_is_going(status: &kube::core::Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
}

fn is_about_namespace(status: &kube::core::Status) -> bool {
    status.details.as_ref().is_some_and(|details| details.kind == "namespaces")
}

/// Sends the Secret and returns its new version.
///
/// The request's body holds the values; the HTTP client takes it over and frees it without wiping, the one copy
/// that is out of our hands.
async fn write(
    client: &Client,
    secret: &UnsealedSecret,
    request: impl FnOnce(Request, Vec<u8>) -> Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> Result<String, Failure> {
    let writing = async {
        let namespace = secret.metadata.namespace.as_deref();
        let body = serde_json::to_vec(&TargetBody(secret)).map_err(kube::Error::SerdeError)?;
        let request = request(Request::new(Secret::url_path(&(), namespace)), body);
        let mut request = request.map_err(kube::Error::BuildRequest)?;
        // Its values need not come back.
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(METADATA_ONLY));
        client.request::<ObservedMetadata<Secret>>(request).await
    };
    let written = writing.await.map_err(|error| Failure::of(error, secret))?;
    Ok(written.resource_version().unwrap_or_default())
}
