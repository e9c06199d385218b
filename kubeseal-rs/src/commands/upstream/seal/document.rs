//! `seal_document`: seals the Secrets of one document.

use crate::commands::upstream::seal::settle::{SettleError, check, settle};
use crate::commands::upstream::task::Seal;
use crate::manifest::secrets::InputSecret;
use crate::manifest::yaml::stream::StreamedDocument;
use crate::manifest::{secrets, write};
use envelope::Certificate;
use rand::rngs::SysRng;

/// The result for one document.
pub(crate) struct Sealed {
    /// Number of objects in the document.
    pub objects: usize,
    /// Number of Secrets among them, those in Lists included.
    pub secrets: usize,
    /// The SealedSecrets as text. Numbers of documents in the error count from this document.
    pub written: Result<Vec<u8>, SettleError>,
}

/// Seals all Secrets of the document.
pub(crate) fn seal_document(seal: &Seal, certificate: &Certificate, document: &StreamedDocument) -> Sealed {
    let (objects, secrets) = match secrets::read_document(&seal.secrets, document) {
        Ok(read) => read,
        Err(error) => return Sealed { objects: 0, secrets: 0, written: Err(error.into()) },
    };
    Sealed { objects, secrets: secrets.len(), written: seal_all(seal, certificate, secrets) }
}

fn seal_all(
    seal: &Seal,
    certificate: &Certificate,
    mut secrets: Vec<InputSecret>,
) -> Result<Vec<u8>, SettleError> {
    for secret in &mut secrets {
        settle(seal, secret)?;
        check(seal, secret)?;
    }
    let mut written = Vec::new();
    for InputSecret { secret, location: place } in secrets {
        let sealed = sealing::seal_secret(&mut SysRng, certificate, secret)
            .map_err(|source| SettleError::Seal { place, source })?;
        write::write(seal.format, &sealed, &mut written)?;
    }
    Ok(written)
}
