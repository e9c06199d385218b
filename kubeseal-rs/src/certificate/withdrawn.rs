//! [`Withdrawal`]: a certificate whose key was revoked or retired, recorded so that nothing is sealed with it again.
//!
//! The cached certificate, a file for `--cert` and a controller that was not restarted may all offer it later. As with
//! `cache`, recording is best effort: it protects this machine only; in the cluster, the key's label takes it out of
//! use.

use crate::files::user_file::{self, Existing, cache_directory, name_of};
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "withdrawn";

/// Why nothing is sealed with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Withdrawn {
    /// The private key leaked.
    Revoked,
    /// No SealedSecret needs the key.
    Retired,
}

/// A withdrawn certificate: why, when and in which cluster.
#[derive(Debug, Clone, Serialize, Deserialize, thiserror::Error)]
#[error("its key was {} on {} ({from})", .how.as_str(), .at.strftime("%Y-%m-%d"))]
pub(crate) struct Withdrawal {
    pub how: Withdrawn,
    at: Timestamp,
    /// The cluster, for messages.
    from: String,
    /// The file with this entry.
    #[serde(skip)]
    pub file: PathBuf,
}

impl Withdrawn {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Retired => "retired",
        }
    }
}

impl Withdrawal {
    /// The entry of this certificate.
    pub(crate) fn of(certificate: &Certificate) -> Option<Self> {
        Self::with(certificate.fingerprint())
    }

    /// The entry of the certificate with this fingerprint.
    pub(crate) fn with(fingerprint: Fingerprint) -> Option<Self> {
        Self::read(&cache_directory(DIRECTORY)?, fingerprint)
    }

    /// Stores an entry, if it can be stored.
    pub(crate) fn note(certificate: &Certificate, how: Withdrawn, from: &str) {
        if let Some(directory) = cache_directory(DIRECTORY) {
            Self::write(&directory, certificate.fingerprint(), how, from);
        }
    }

    /// Removes the entry of a retired certificate. A revoked one stays revoked.
    pub(crate) fn lift(certificate: &Certificate) {
        if let Some(found) = Self::of(certificate)
            && found.how == Withdrawn::Retired
        {
            let _ = fs::remove_file(found.file);
        }
    }

    /// Removes the entry of a certificate that was retired in this cluster, whatever the context is called: in another one, a backup of the key may have
    /// been restored.
    pub(crate) fn lift_in(certificate: &Certificate, cluster: &str) {
        if Self::of(certificate).is_some_and(|found| address_of(&found.from) == address_of(cluster)) {
            Self::lift(certificate);
        }
    }

    fn read(directory: &Path, fingerprint: Fingerprint) -> Option<Self> {
        let file = directory.join(name_of(fingerprint));
        let found: Self = user_file::read(&file)?;
        Some(Self { file, ..found })
    }

    fn write(directory: &Path, fingerprint: Fingerprint, how: Withdrawn, from: &str) {
        let found = Self { how, at: Timestamp::now(), from: from.into(), file: PathBuf::new() };
        let is_replaced = match Self::read(directory, fingerprint) {
            // The first entry stays; but a retired key may be revoked later.
            Some(known) => how == Withdrawn::Revoked && known.how == Withdrawn::Retired,
            // A file that cannot be read is replaced.
            None => directory.join(name_of(fingerprint)).exists(),
        };
        let existing = if is_replaced { Existing::Replaced } else { Existing::Stays };
        let _ = user_file::write(directory, &name_of(fingerprint), &found, existing);
    }
}

/// The address of the API server, without the context.
fn address_of(cluster: &str) -> Option<&str> {
    cluster.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_revoked_stays_revoked() {
        let directory = tempfile::tempdir().unwrap();
        let fingerprint: Fingerprint = "ab".repeat(32).parse().unwrap();
        let how = || Withdrawal::read(directory.path(), fingerprint).map(|found| found.how);
        assert_eq!(how(), None);
        for (next, expected) in [
            (Withdrawn::Retired, Withdrawn::Retired),
            (Withdrawn::Revoked, Withdrawn::Revoked),
            (Withdrawn::Retired, Withdrawn::Revoked),
        ] {
            Withdrawal::write(directory.path(), fingerprint, next, "kube-system of here");
            assert_eq!(how(), Some(expected));
        }
    }

    #[test]
    fn a_file_that_a_crash_cut_off_is_written_again() {
        let directory = tempfile::tempdir().unwrap();
        let fingerprint: Fingerprint = "ab".repeat(32).parse().unwrap();
        for cut in ["", "{ \"how\": \"revo"] {
            fs::write(directory.path().join(name_of(fingerprint)), cut).unwrap();
            Withdrawal::write(directory.path(), fingerprint, Withdrawn::Retired, "kube-system of here");
            let found = Withdrawal::read(directory.path(), fingerprint);
            assert_eq!(found.map(|found| found.how), Some(Withdrawn::Retired), "{cut}");
        }
    }
}
