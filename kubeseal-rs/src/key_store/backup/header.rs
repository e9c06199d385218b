//! [`Header`]: what an age file says about its recipients without being decrypted.
//!
//! A recipient of age is anonymous. One of SSH has a tag of its public key, of four bytes.

use crate::key_store::backup::error::BackupError;
use age::armor::ArmoredReader;
use age::{DecryptError, Decryptor, Identity, ssh};
use age_core::format::{FileKey, Stanza};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;

/// The first bytes of the hash of an SSH key.
const TAG: usize = 4;

/// The recipients of a file: the kind of each, and its first argument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Header(Vec<(String, String)>);

/// Collects the recipients, and opens nothing.
#[derive(Default)]
struct Collector(RefCell<Header>);

impl Identity for Collector {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let first = stanza.args.first().cloned().unwrap_or_default();
        self.0.borrow_mut().0.push((stanza.tag.clone(), first));
        None
    }
}

impl Header {
    /// Reads the header of an age file, armoured or not.
    pub(crate) fn read(file: &[u8]) -> Result<Self, BackupError> {
        let decryptor = Decryptor::new_buffered(ArmoredReader::new(file)).map_err(BackupError::Decrypt)?;
        let collector = Collector::default();
        // Always an error: nothing was opened.
        let _ = decryptor.decrypt(std::iter::once(&collector as &dyn Identity));
        Ok(collector.0.into_inner())
    }

    /// Number of recipients, without lines that stand for none.
    pub(crate) fn recipients(&self) -> usize {
        self.0.iter().filter(|(kind, _)| !kind.ends_with("-grease")).count()
    }

    /// Whether the file is encrypted to this SSH key, or to another with the same tag.
    pub(crate) fn names(&self, key: &ssh::Recipient) -> bool {
        let text = key.to_string();
        let Some((kind, blob)) = text.split_once(' ') else { return false };
        let Ok(blob) = BASE64_STANDARD.decode(blob) else { return false };
        let tag = BASE64_STANDARD_NO_PAD.encode(&Sha256::digest(&blob)[..TAG]);
        self.0.iter().any(|stanza| stanza.0 == kind && stanza.1 == tag)
    }
}
