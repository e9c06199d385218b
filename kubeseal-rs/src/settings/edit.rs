//! [`Edit`]: what `edit` and its flags mean.

use crate::certificate::CertificateSource;
use crate::cli::verb::edit::EditFlags;
use crate::cluster::Connection;
use crate::settings::namespace::NamespaceRule;
use crate::settings::usage_error::UsageError;
use crate::settings::{text, texts};
use std::path::PathBuf;

/// How to edit SealedSecrets.
#[derive(Debug)]
pub(crate) struct Edit {
    pub file: PathBuf,
    pub certificate: CertificateSource,
    pub namespace: NamespaceRule,
    /// Names of annotations that may repeat a value.
    pub allowed_annotations: Vec<String>,
}

impl Edit {
    /// Works out what was meant.
    pub(crate) fn meant_by(flags: EditFlags) -> Result<Self, UsageError> {
        let connection = Connection::meant_by(flags.connection)?;
        let certificate = CertificateSource::meant_by(flags.certificate, &connection)?;
        let namespace = NamespaceRule::new(text(flags.namespace), connection);
        let allowed_annotations = texts(flags.allow_annotation);
        Ok(Self { file: flags.file, certificate, namespace, allowed_annotations })
    }
}
