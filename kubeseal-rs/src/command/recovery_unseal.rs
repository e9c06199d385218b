//! `recovery_unseal`: SealedSecrets back into Secrets, with private keys at hand instead of a cluster.

use crate::failure::Failure;
use crate::manifest;
use crate::mode::RecoveryUnseal;
use crate::recovery_keys;
use crate::wiped::Wiped;
use sealing::{Accepted, UnsealError};

/// Why a SealedSecret was not opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the SealedSecret in {place}")]
pub(crate) struct NotOpened {
    place: manifest::Place,
    #[source]
    source: Box<UnsealError>,
}

pub(super) fn recovery_unseal(recovery: &RecoveryUnseal) -> Result<(), Failure> {
    let ring = recovery_keys::load(&recovery.private_keys)?;
    let bytes = recovery.sealed.read("SealedSecrets, in YAML or JSON,")?;
    let mut written = Wiped::default();
    for sealed in manifest::read_sealed(&recovery.sealed, &bytes)? {
        let secret =
            sealing::unseal(&sealed.metadata, &sealed.spec, &ring, Accepted { deprecated_data: true })
                .map_err(|source| NotOpened { place: sealed.place, source: Box::new(source) })?;
        manifest::write_secret(recovery.format, &secret, &mut written)?;
    }
    Ok(recovery.output.write_private(written.bytes())?)
}

impl NotOpened {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match &*self.source {
            UnsealError::Items(_) => Some(
                "give every sealing key the cluster ever had, with --recovery-private-key FILE once for each file; \
                 name, namespace and scope must be those it was sealed for"
                    .into(),
            ),
            UnsealError::TemplateData => Some(
                "the values themselves open from a copy without spec.template.data; what they are put into stands \
                 there in the clear"
                    .into(),
            ),
            _ => None,
        }
    }
}
