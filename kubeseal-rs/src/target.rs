//! [`Target`]: what a command works with: the certificate, the controller and the namespace, from flags, environment
//! and defaults.
//!
//! Decided: resolved once, before a command begins, into a value that does not change; a command reads no flag of the
//! connection and no kubeconfig. The kubeconfig itself is read before the first request, and once in a run, because
//! commands that need no cluster need no kubeconfig.

pub(crate) mod namespace;

use crate::certificate::CertificateSource;
use crate::cluster::Cluster;
use crate::controller::address::ControllerAddress;
use crate::error::CommandError;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::text;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::usage_error::UsageError;
use crate::target::namespace::NamespaceRule;

/// The certificate to seal with, the controller that can open, and the namespace of objects that name none.
#[derive(Debug)]
pub(crate) struct Target {
    pub certificate: CertificateSource,
    pub controller: ControllerAddress,
    pub namespace: NamespaceRule,
}

impl Target {
    /// From the flags of a command, and `namespace`, the value of its `-n`.
    pub(crate) fn resolve(
        certificate: CertificateFlags,
        connection: ConnectionFlags,
        namespace: Option<String>,
    ) -> Result<Self, CommandError> {
        let cluster = Cluster::from_args(connection)?;
        let controller = controller(&certificate, &cluster);
        let certificate = certificate_source(certificate, controller.clone())?;
        Ok(Self { certificate, controller, namespace: NamespaceRule::new(text(namespace), cluster) })
    }
}

/// The controller that the flags name.
pub(crate) fn controller(flags: &CertificateFlags, cluster: &Cluster) -> ControllerAddress {
    ControllerAddress::from_args(
        flags.controller_name.clone(),
        flags.controller_namespace.clone(),
        None,
        cluster,
    )
}

/// The controller that the flags name, with its keys.
pub(crate) fn key_store(flags: KeyStoreFlags) -> Result<ControllerAddress, CommandError> {
    let cluster = Cluster::from_args(flags.connection)?;
    let (name, namespace) = (flags.controller_name, flags.controller_namespace);
    Ok(ControllerAddress::from_args(name, namespace, flags.key_prefix, &cluster))
}

/// The certificate that the flags name: a file, a URL, or that of the controller.
pub(crate) fn certificate_source(
    flags: CertificateFlags,
    controller: ControllerAddress,
) -> Result<CertificateSource, CommandError> {
    match (CertificateSource::named(text(flags.cert), controller)?, flags.offline == Some(true)) {
        (CertificateSource::Controller(controller), true) => Ok(CertificateSource::Cache(controller)),
        (CertificateSource::Url(_), true) => Err(UsageError::OfflineWithUrl.into()),
        (source, _) => Ok(source),
    }
}
