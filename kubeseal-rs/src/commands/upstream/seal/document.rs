//! `seal_document`: seals the Secrets of one document.

use crate::commands::common::settle::{SettleError, settle};
use crate::commands::common::written::Written;
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
    pub text: Vec<u8>,
    pub written: Written,
}

/// Seals all Secrets of the document. Numbers of documents in the error count from this document.
pub(crate) fn seal_document(
    seal: &Seal,
    certificate: &Certificate,
    document: &StreamedDocument,
) -> Result<Sealed, SettleError> {
    let (objects, mut secrets) = secrets::read_document(&seal.secrets, document)?;
    secrets.iter_mut().try_for_each(|secret| settle(&seal.settings, secret))?;
    let mut sealed =
        Sealed { objects, secrets: secrets.len(), text: Vec::new(), written: Written::default() };
    for InputSecret { secret, location } in &secrets {
        let object = sealing::seal_secret(&mut SysRng, certificate, secret)
            .map_err(|source| SettleError::Seal { location: location.clone(), source })?;
        write::write(seal.format, &object, &mut sealed.text)?;
        sealed.written.add(&object.metadata, object.spec.encrypted_data.len());
    }
    Ok(sealed)
}
