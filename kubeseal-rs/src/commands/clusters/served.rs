//! `served`: the certificate that a cluster serves now.

use crate::certificate::url::{Redirects, fetch};
use crate::certificate::withdrawn::Withdrawal;
use crate::certificate::{CertificateSource, SourceError, Trust};
use crate::cluster::Cluster;
use crate::cluster::error::ConnectionError;
use crate::cluster::session::error::SessionError;
use crate::commands::clusters::error::ClustersError;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::error::CommandError;
use crate::project::cluster::Connection;
use crate::project::cluster_name::ClusterName;
use crate::project::error::ProjectError;
use crate::settings::kubeconfig_flags::KubeconfigFlags;
use envelope::Certificate;
use jiff::Timestamp;
use reqwest::Url;

/// A certificate that came from a cluster just now.
pub(crate) struct Served {
    pub certificate: Certificate,
    /// It came over the API server of the user's kubeconfig, and TLS verified that.
    pub is_verified: bool,
}

/// Fetches the certificate: over the context, or, if the kubeconfig does not have that, from the URL.
///
/// Decided: the context first, because the kubeconfig says who the API server is, and an address in a repository says nothing.
pub(crate) fn served(
    cluster: &ClusterName,
    connection: &Connection,
    flags: &KubeconfigFlags,
) -> Result<Served, CommandError> {
    match (&connection.context, &connection.url) {
        (Some(context), url) => match (over_context(context, connection, flags), url) {
            (Err(error), Some(url)) if is_unknown_context(&error) => over_url(cluster, url),
            (answer, _) => answer,
        },
        (None, Some(url)) => over_url(cluster, url),
        (None, None) => Err(ClustersError::NoConnection(cluster.clone()).into()),
    }
}

/// The controller that a context and the project file name.
pub(crate) fn controller(
    context: &str,
    connection: &Connection,
    flags: &KubeconfigFlags,
) -> Result<ControllerAddress, CommandError> {
    let cluster = Cluster::from_args(flags.connection(context))?;
    let or = |stated: &Option<String>, flag: &Option<String>| stated.clone().or_else(|| flag.clone());
    let name = or(&connection.controller_name, &flags.controller_name);
    let namespace = or(&connection.controller_namespace, &flags.controller_namespace);
    Ok(ControllerAddress::from_args(name, namespace, None, &cluster))
}

fn over_context(
    context: &str,
    connection: &Connection,
    flags: &KubeconfigFlags,
) -> Result<Served, CommandError> {
    let source = CertificateSource::Controller(controller(context, connection, flags)?);
    let (certificate, trust) = source.certificate_and_trust().map_err(|error| match error {
        SourceError::Controller(source) => {
            CommandError::from(ClustersError::NotServed { context: context.to_owned(), source })
        }
        error => error.into(),
    })?;
    Ok(Served { certificate, is_verified: trust == Trust::Verified })
}

fn over_url(cluster: &ClusterName, url: &str) -> Result<Served, CommandError> {
    // The project file has no other.
    let address: Url = url.parse().map_err(|_| ClustersError::NoConnection(cluster.clone()))?;
    let url = || url.to_owned();
    let text =
        fetch(&address, Redirects::Refused).map_err(|source| ClustersError::Url { url: url(), source })?;
    let certificate =
        Certificate::from_pem(&text).map_err(|source| ClustersError::Unusable { url: url(), source })?;
    if let Some(source) = Withdrawal::of(&certificate) {
        return Err(ProjectError::Withdrawn { cluster: cluster.clone(), source: Box::new(source) }.into());
    }
    let unexpired = certificate.check_unexpired(Timestamp::now());
    unexpired.map_err(|source| ProjectError::Expired { cluster: cluster.clone(), source })?;
    Ok(Served { certificate, is_verified: false })
}

/// Whether the kubeconfig does not have the context, so that no request was sent.
fn is_unknown_context(error: &CommandError) -> bool {
    let Some(ClustersError::NotServed { source, .. }) = error.downcast_ref() else { return false };
    let ControllerError::Session(SessionError::Connection(error)) = &**source else { return false };
    matches!(
        **error,
        ConnectionError::UnknownContext(_)
            | ConnectionError::NoConfiguration(_)
            | ConnectionError::NothingToSelectFrom(_)
    )
}
