//! [`Reader`]: opens items with one key, step by step as FORMAT.md says it. Without bounds: those are of the crate `sealing`.

use crate::case::{Case, Opened};
use envelope::{AesKey, Certificate, Fingerprint, PrivateKey, open_with, sealed_part, session_key};
use recipients::{Entry, Matching, ObjectKey, Recipients};
use std::path::Path;

/// One of those that the vectors name.
pub(crate) enum Reader {
    Cluster { private: PrivateKey, fingerprint: Fingerprint },
    Age(age::x25519::Identity),
}

impl Reader {
    /// A cluster of the envelope's test keys.
    pub(crate) fn cluster(name: &str) -> Self {
        let read = |kind: &str| read(&format!("../envelope/tests/keys/{name}.{kind}.pem"));
        let private = PrivateKey::from_pem(&read("pkcs8")).unwrap();
        Self::Cluster { private, fingerprint: Certificate::from_pem(&read("crt")).unwrap().fingerprint() }
    }

    /// The identity of `keys/age.txt`.
    pub(crate) fn age() -> Self {
        let text = read("tests/keys/age.txt");
        Self::Age(text.lines().find(|line| !line.starts_with('#')).unwrap().parse().unwrap())
    }

    pub(crate) fn open(&self, case: &Case, recipients: Option<&Recipients>, item: &str) -> Opened {
        let (label, envelope) = (case.label.as_bytes(), &case.envelopes[item]);
        let Ok(sealed_part) = sealed_part(envelope) else { return Opened::Not };
        let groups = recipients.into_iter().flat_map(|recipients| recipients.groups_with(item));
        let matching: Vec<_> = groups
            .filter_map(|(_, group)| {
                let key = group.to().iter().find_map(|entry| self.object_key(entry, label))?;
                group.open(&key, label, item, sealed_part)
            })
            .collect();
        let commits = |key: &AesKey| matching.iter().all(|entry| entry.commits_to(key));
        let mut by_entry = matching.iter().filter_map(Matching::session_key).filter(|key| commits(key));
        if let Some(value) = by_entry.find_map(|key| open_with(key, envelope).ok()) {
            return Opened::ByEntry(value.expose().to_vec());
        }
        let Self::Cluster { private, .. } = self else { return Opened::Not };
        let key = session_key(private, label, envelope).ok().filter(commits);
        let value = key.and_then(|key| open_with(&key, envelope).ok());
        value.map_or(Opened::Not, |value| Opened::ByEnvelope(value.expose().to_vec()))
    }

    fn object_key(&self, entry: &Entry, label: &[u8]) -> Option<ObjectKey> {
        match (self, entry) {
            (Self::Cluster { private, fingerprint }, entry) => {
                entry.open(private, label).filter(|_| entry.fingerprint() == Some(*fingerprint))
            }
            (Self::Age(identity), Entry::Age { recipient, key }) => {
                let is_named = recipient.as_str() == identity.to_public().to_string();
                let mut opened = is_named.then(|| age::decrypt(identity, key).ok())??;
                ObjectKey::take(&mut opened)
            }
            (Self::Age(_), Entry::Certificate { .. }) => None,
        }
    }
}

/// The text of a file, by its path from this crate.
fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}
