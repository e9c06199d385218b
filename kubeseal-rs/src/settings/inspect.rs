//! [`Inspect`]: what `inspect` means.

use crate::certificate::CertificateSource;
use crate::cli::verb::inspect::{InspectFlags, InspectFormat};
use crate::cluster::Connection;
use crate::controller::address::ControllerAddress;
use crate::files::input::Input;
use crate::settings::namespace::NamespaceRule;
use crate::settings::usage_error::UsageError;
use crate::settings::{is_stdin, text};

/// What to tell about, and what to ask for it.
#[derive(Debug)]
pub(crate) struct Inspect {
    pub inputs: Vec<Input>,
    pub certificate: CertificateSource,
    /// The cluster to ask whether it is synced.
    pub live: Option<Live>,
    pub format: InspectFormat,
}

/// Which cluster to ask.
#[derive(Debug)]
pub(crate) struct Live {
    pub controller: ControllerAddress,
    pub namespace: NamespaceRule,
}

impl Inspect {
    /// Works out what was meant.
    pub(crate) fn meant_by(flags: InspectFlags) -> Result<Self, UsageError> {
        let connection = Connection::meant_by(flags.connection)?;
        let controller = ControllerAddress::meant_by(
            flags.certificate.controller_name.clone(),
            flags.certificate.controller_namespace.clone(),
            &connection,
        );
        if flags.live == Some(true) && flags.certificate.offline == Some(true) {
            return Err(UsageError::Offline("--live"));
        }
        let live = (flags.live == Some(true)).then(|| Live {
            controller,
            namespace: NamespaceRule::new(text(flags.namespace), connection.clone()),
        });
        // Nothing is dialled for a certificate alone: what the controller gave last will do.
        let certificate = match CertificateSource::meant_by(flags.certificate, &connection)? {
            CertificateSource::Cluster(controller) if live.is_none() => CertificateSource::Kept(controller),
            other => other,
        };
        let files = flags.files.into_iter().map(|file| Some(file).filter(|file| !is_stdin(file)));
        let mut inputs: Vec<Input> = files.map(Input::from).collect();
        if inputs.is_empty() {
            inputs.push(Input::Stdin);
        }
        Ok(Self { inputs, certificate, live, format: flags.format })
    }
}
