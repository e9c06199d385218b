//! `seal_document`: the Secrets of one document into SealedSecrets, written out.

use crate::commands::upstream::seal::settle::{SettleError, check, settle};
use crate::commands::upstream::task::Seal;
use crate::manifest::secrets::InputSecret;
use crate::manifest::yaml::stream::StreamedDocument;
use crate::manifest::{secrets, write};
use envelope::Certificate;
use rand::rngs::SysRng;

/// What came of a document.
pub(crate) struct Sealed {
    /// How many objects are in it.
    pub objects: usize,
    /// How many of them are Secrets, those in Lists included.
    pub secrets: usize,
    /// Numbers of documents in the error are those within this one.
    pub written: Result<Vec<u8>, SettleError>,
}

/// Seals all of it. A Secret is dropped, wiped, as soon as it is sealed.
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
