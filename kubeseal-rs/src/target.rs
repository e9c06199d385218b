//! [`Target`]: what a command works with: the certificate, the controller and the namespace, from flags, environment, project file
//! and defaults.
//!
//! `controller_settings` says which controller is meant, `by_context` which of those in the project file, `namespace` the namespace of objects.
//!
//! Decided: resolved once, before a command begins, into a value that does not change; a command reads no flag of the
//! connection and no kubeconfig. The kubeconfig and the controller of the project file are read before the first request, and once in a
//! run, because commands that need no cluster need none of them.

pub(crate) mod by_context;
pub(crate) mod controller_settings;
pub(crate) mod error;
pub(crate) mod namespace;

use crate::certificate::CertificateSource;
use crate::cluster::Cluster;
use crate::controller::address::ControllerAddress;
use crate::error::CommandError;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::text;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::project_flags::ProjectFlags;
use crate::settings::usage_error::UsageError;
use crate::target::controller_settings::ControllerSettings;
use crate::target::namespace::NamespaceRule;
use std::path::Path;

/// The certificate to seal with, the controller that can open, and the namespace of objects that name none.
#[derive(Debug)]
pub(crate) struct Target {
    pub namespace: NamespaceRule,
    /// The certificate of `--cert`.
    pub named_certificate: Option<CertificateSource>,
    is_offline: bool,
    settings: ControllerSettings,
}

impl Target {
    /// From the flags of a command for files in `folder`, and `namespace`, the value of its `-n`.
    pub(crate) fn resolve(
        certificate: CertificateFlags,
        connection: ConnectionFlags,
        namespace: Option<String>,
        project: ProjectFlags,
        folder: &Path,
    ) -> Result<Self, CommandError> {
        let CertificateFlags { cert, controller_name, controller_namespace, offline } = certificate;
        let is_offline = offline == Some(true);
        let named_certificate = named_certificate(cert, is_offline)?;
        let flags =
            KeyStoreFlags { controller_name, controller_namespace, key_prefix: None, project, connection };
        let settings = ControllerSettings::from_args(flags, folder)?;
        let namespace = NamespaceRule::new(text(namespace), settings.cluster.clone());
        Ok(Self { namespace, named_certificate, is_offline, settings })
    }

    pub(crate) fn cluster(&self) -> &Cluster {
        &self.settings.cluster
    }

    /// The controller, by flags, environment, project file and defaults.
    pub(crate) fn controller(&self) -> Result<&ControllerAddress, CommandError> {
        self.settings.address()
    }

    /// The certificate of `--cert`; without it, that of the controller.
    pub(crate) fn certificate(&self) -> Result<CertificateSource, CommandError> {
        match &self.named_certificate {
            Some(named) if self.is_offline => Ok(named.clone()),
            Some(named) => Ok(checked_by(named.clone(), self.settings.address_by_flags())),
            None => Ok(of_controller(self.controller()?.clone(), self.is_offline)),
        }
    }
}

/// The controller that upstream's flags name.
pub(crate) fn controller(flags: &CertificateFlags, cluster: &Cluster) -> ControllerAddress {
    ControllerAddress::from_args(
        flags.controller_name.clone(),
        flags.controller_namespace.clone(),
        None,
        cluster,
    )
}

/// The controller with its keys, by flags, environment, project file and defaults.
pub(crate) fn key_store(flags: KeyStoreFlags) -> Result<ControllerAddress, CommandError> {
    ControllerSettings::from_args(flags, Path::new("."))?.address().cloned()
}

/// The certificate that upstream's flags name: a file, a URL, or that of the controller.
pub(crate) fn certificate_source(
    flags: CertificateFlags,
    controller: ControllerAddress,
) -> Result<CertificateSource, CommandError> {
    let is_offline = flags.offline == Some(true);
    let named = named_certificate(flags.cert, is_offline)?;
    Ok(match named {
        Some(named) if is_offline => named,
        Some(named) => checked_by(named, controller),
        None => of_controller(controller, is_offline),
    })
}

/// The file or URL of `--cert`.
fn named_certificate(
    cert: Option<String>,
    is_offline: bool,
) -> Result<Option<CertificateSource>, CommandError> {
    match text(cert).map(CertificateSource::named).transpose()? {
        Some(CertificateSource::Url(_)) if is_offline => Err(UsageError::OfflineWithUrl.into()),
        named => Ok(named),
    }
}

/// The certificate of a file or URL; the keys of this controller decide if its key was retired from this machine.
fn checked_by(named: CertificateSource, controller: ControllerAddress) -> CertificateSource {
    CertificateSource::Named(Box::new(named), Box::new(controller))
}

/// The certificate that the controller serves; offline, the one that it served last.
fn of_controller(controller: ControllerAddress, is_offline: bool) -> CertificateSource {
    if is_offline { CertificateSource::Cache(controller) } else { CertificateSource::Controller(controller) }
}
