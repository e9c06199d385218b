//! [`certificates_of`]: every certificate of a leaked key that can be found. A certificate can be renewed for the same key, and then files name the
//! key by another fingerprint.
//!
//! Found are those in the Secrets of the key, in the repository, and those that a controller ever served to this machine. One that
//! is only in the history of the repository is not, and what was accepted on this machine is stored as fingerprints, which do not show the key.

use crate::certificate::known_certificate::KnownCertificate;
use crate::key_store::stored_key::StoredKey;
use crate::project::certificate_file::in_default_folder;
use crate::project::recipient::RecipientKey;
use crate::project::{Project, root};
use envelope::{Certificate, Fingerprint};
use std::collections::BTreeMap;
use std::path::Path;

/// The certificates by their fingerprints. `directory` is in the repository. What cannot be read is left out: the key is revoked in any case.
pub(crate) fn certificates_of(leaked: &[&StoredKey], directory: &Path) -> BTreeMap<Fingerprint, Certificate> {
    let own: Vec<&Certificate> = leaked.iter().filter_map(|key| key.certificate()).collect();
    let is_leaked = |other: &Certificate| own.iter().any(|own| own.public() == other.public());
    let project = Project::find(directory).ok().flatten();
    let named = project.iter().flat_map(|project| {
        let keys = project.clusters().iter().filter_map(|cluster| project.key_of(cluster).ok());
        keys.filter_map(|recipient| match recipient.key {
            RecipientKey::Certificate(certificate) => Some(certificate),
            RecipientKey::Age(_) => None,
        })
    });
    let in_folder = root::around(directory).map(|(root, _)| in_default_folder(&root)).unwrap_or_default();
    let known = KnownCertificate::all().map(|known| known.certificate);
    let found = own.iter().copied().cloned().chain(named).chain(in_folder).chain(known);
    found.filter(is_leaked).map(|certificate| (certificate.fingerprint(), certificate)).collect()
}
