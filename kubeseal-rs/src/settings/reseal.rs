//! [`Reseal`]: what `reseal` and its flags mean.

use crate::certificate::CertificateSource;
use crate::cli::verb::reseal::ResealFlags;
use crate::cluster::Connection;
use crate::controller::address::ControllerAddress;
use crate::key_store::recovery_keys::RecoveryKeys;
use crate::settings::keys::KeyPlace;
use crate::settings::text;
use crate::settings::usage_error::UsageError;
use crate::terminal::warnings::warn;
use api::sealing_key::DEFAULT_PREFIX;
use std::path::PathBuf;

/// How to reseal what is sealed to older certificates.
#[derive(Debug)]
pub(crate) struct Reseal {
    pub paths: Vec<PathBuf>,
    /// The one that counts as present.
    pub certificate: CertificateSource,
    /// That of SealedSecrets which name none.
    pub namespace: Option<String>,
    pub means: Means,
    /// Whatever it is sealed to.
    pub all: bool,
    /// The cluster whose keys tell what something is sealed to, if they may be read.
    pub keys: Option<KeyPlace>,
}

/// Who opens.
#[derive(Debug)]
pub(crate) enum Means {
    /// Nothing is opened: it is only looked at. Keys can tell what has no hint.
    Check(RecoveryKeys),
    /// The controller.
    Controller(Box<ControllerAddress>),
    /// We, with these keys.
    Keys(RecoveryKeys),
}

impl Reseal {
    /// Works out what was meant.
    pub(crate) fn meant_by(flags: ResealFlags) -> Result<Self, UsageError> {
        let connection = Connection::meant_by(flags.connection)?;
        let keys = RecoveryKeys::meant_by(flags.recovery_private_key, flags.unlock);
        let is_offline = flags.certificate.offline == Some(true);
        let controller = ControllerAddress::meant_by(
            flags.certificate.controller_name.clone(),
            flags.certificate.controller_namespace.clone(),
            &connection,
        );
        let all = flags.all == Some(true);
        if all && flags.check == Some(true) {
            return Err(UsageError::Exclude("--check", "--all"));
        }
        let means = if flags.check == Some(true) {
            Means::Check(keys)
        } else if !keys.files.is_empty() {
            Means::Keys(keys)
        } else if is_offline {
            return Err(UsageError::Offline("reseal without --recovery-private-key"));
        } else {
            Means::Controller(Box::new(controller))
        };
        let certificate = if let Means::Controller(controller) = &means {
            if text(flags.certificate.cert).is_some() {
                warn("the controller reseals to its own certificate; that of --cert is not used");
            }
            CertificateSource::Cluster((**controller).clone())
        } else {
            CertificateSource::meant_by(flags.certificate, &connection)?
        };
        let keys = match &certificate {
            CertificateSource::Cluster(controller) => {
                Some(KeyPlace { controller: controller.clone(), prefix: DEFAULT_PREFIX.into() })
            }
            _ => None,
        };
        Ok(Self { paths: flags.paths, certificate, namespace: text(flags.namespace), means, all, keys })
    }
}
