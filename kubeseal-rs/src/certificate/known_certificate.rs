//! [`KnownCertificate`]: every certificate that a controller ever served to this machine, to find out later which one a
//! SealedSecret was sealed with.
//!
//! Decided: one small file per certificate, named by its fingerprint, over all controllers, so that one read finds it.
//! The file records what was known when it was first written, and is never changed. As with `cache`, storing it is best
//! effort.

use crate::certificate::cache::Cached;
use crate::controller::address::ControllerAddress;
use crate::files::user_file::{self, Existing, cache_directory, name_of};
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Number of certificates that are stored: five clusters that renew every month, for four years.
const MOST: usize = 256;

const DIRECTORY: &str = "seen";

/// A certificate, when a controller served it first, and which controller.
#[derive(Debug)]
pub(crate) struct KnownCertificate {
    pub certificate: Certificate,
    pub first_fetched: Timestamp,
    /// The controller and its context or server.
    pub from: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    from: String,
    first_fetched: Timestamp,
    certificate: String,
}

impl KnownCertificate {
    /// The certificate with this fingerprint, if it is known.
    pub(crate) fn with(fingerprint: Fingerprint) -> Option<Self> {
        Self::read(&cache_directory(DIRECTORY)?, fingerprint)
    }

    /// Whether this controller served the certificate to this machine first.
    pub(crate) fn is_of(certificate: &Certificate, controller: &ControllerAddress) -> bool {
        Self::with(certificate.fingerprint())
            .is_some_and(|known| Some(known.from) == Cached::name_of(controller))
    }

    /// All that are known.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let directory = cache_directory(DIRECTORY);
        let entries = directory.iter().flat_map(fs::read_dir).flatten().flatten();
        let names = entries.filter_map(|entry| entry.path().file_stem()?.to_str()?.parse().ok());
        let names: Vec<Fingerprint> = names.collect();
        names.into_iter().filter_map(move |name| Self::read(directory.as_deref()?, name))
    }

    fn read(directory: &Path, fingerprint: Fingerprint) -> Option<Self> {
        let note: Note = user_file::read(&directory.join(name_of(fingerprint)))?;
        // A file whose content does not match its name is damaged or forged.
        let certificate = Certificate::from_pem(&note.certificate).ok()?;
        (certificate.fingerprint() == fingerprint).then_some(Self {
            certificate,
            first_fetched: note.first_fetched,
            from: note.from,
        })
    }

    /// Stores the certificate, unless it is stored already, or cannot be.
    pub(crate) fn note(cached: &Cached) {
        if let Some(directory) = cache_directory(DIRECTORY)
            && let Some(fetched) = cached.fetched()
            && let Ok(certificate) = Certificate::from_pem(&cached.certificate)
        {
            Self::write(&directory, &certificate, &cached.from(), fetched);
        }
    }

    fn write(directory: &Path, certificate: &Certificate, from: &str, first_fetched: Timestamp) {
        if Self::read(directory, certificate.fingerprint()).is_some() {
            return;
        }
        let name = name_of(certificate.fingerprint());
        // A file that cannot be read is replaced.
        let existing = if directory.join(&name).exists() { Existing::Replaced } else { Existing::Stays };
        let note = Note { from: from.into(), first_fetched, certificate: certificate.to_pem() };
        if user_file::write(directory, &name, &note, existing).is_ok() {
            forget_oldest(directory);
        }
    }
}

/// Removes the oldest files. They are written once, so that the time of their last change is their age.
fn forget_oldest(directory: &Path) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    files.sort_by(|one, other| other.cmp(one));
    for (_, path) in files.into_iter().skip(MOST) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    fn certificate(name: &str) -> Certificate {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        Certificate::from_pem(&fs::read_to_string(path).unwrap()).unwrap()
    }

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_time_counts() {
        let directory = tempfile::tempdir().unwrap();
        let certificate = certificate("test-only.crt");
        let first = time("2026-01-01T00:00:00Z");
        assert!(KnownCertificate::read(directory.path(), certificate.fingerprint()).is_none());
        KnownCertificate::write(directory.path(), &certificate, "first", first);
        KnownCertificate::write(directory.path(), &certificate, "second", time("2026-02-01T00:00:00Z"));
        let seen = KnownCertificate::read(directory.path(), certificate.fingerprint()).unwrap();
        assert_eq!((seen.first_fetched, seen.from.as_str()), (first, "first"));
        assert_eq!(seen.certificate.fingerprint(), certificate.fingerprint());
    }

    #[test]
    fn what_is_not_what_its_name_says_is_not_believed() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (certificate("test-only.crt"), certificate("expired.crt"));
        KnownCertificate::write(directory.path(), &one, "here", time("2026-01-01T00:00:00Z"));
        let [one, other] = [one, other].map(|certificate| certificate.fingerprint());
        fs::rename(directory.path().join(name_of(one)), directory.path().join(name_of(other))).unwrap();
        assert!(KnownCertificate::read(directory.path(), other).is_none());
    }

    #[test]
    fn a_file_that_a_crash_cut_off_is_written_again() {
        let directory = tempfile::tempdir().unwrap();
        let certificate = certificate("test-only.crt");
        fs::write(directory.path().join(name_of(certificate.fingerprint())), "").unwrap();
        KnownCertificate::write(directory.path(), &certificate, "here", time("2026-01-01T00:00:00Z"));
        assert!(KnownCertificate::read(directory.path(), certificate.fingerprint()).is_some());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        for age in 0..MOST + 10 {
            let file = fs::File::create(directory.path().join(format!("{age}"))).unwrap();
            let days = Duration::from_hours(24 * (1 + u64::try_from(age).unwrap()));
            file.set_modified(SystemTime::now() - days).unwrap();
        }
        let certificate = certificate("test-only.crt");
        KnownCertificate::write(directory.path(), &certificate, "here", time("2026-01-01T00:00:00Z"));
        assert!(KnownCertificate::read(directory.path(), certificate.fingerprint()).is_some());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), MOST);
        let last = MOST - 2;
        assert!(directory.path().join(format!("{last}")).exists());
        assert!(!directory.path().join(format!("{}", last + 1)).exists());
    }
}
