//! [`Looked`]: the SealedSecrets that a leaked key is looked for in: those of the cluster and of the files that are given.

use crate::commands::keys::usage::object_name::ObjectName;
use crate::commands::keys::usage::{KeyUsage, SealedFiles, in_cluster, in_files, ring};
use crate::key_store::KeyStore;
use crate::key_store::error::KeyStoreError;
use crate::key_store::stored_key::StoredKey;
use envelope::Fingerprint;
use sealing::KeyRing;
use std::collections::BTreeSet;

/// The SealedSecrets that were checked.
pub(crate) struct Looked {
    pub uses: Vec<KeyUsage>,
    /// Files that could not be read, and why.
    pub errors: Vec<String>,
    /// Whether the cluster's SealedSecrets could be listed.
    pub cluster: Result<(), KeyStoreError>,
    leaked: BTreeSet<Fingerprint>,
}

/// How much was sealed with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub objects: usize,
    pub values: usize,
    pub namespaces: usize,
}

impl Looked {
    /// Checks the cluster and the files. `leaked` are the fingerprints of the key's certificates.
    pub(crate) fn look(
        store: &KeyStore,
        keys: &[StoredKey],
        secrets: &[&StoredKey],
        leaked: BTreeSet<Fingerprint>,
        files: &SealedFiles,
    ) -> Self {
        let ring = ring(keys);
        let leaked_ring = KeyRing::new(secrets.iter().filter_map(|key| key.plain().cloned()));
        let files = in_files(files, &ring, &leaked_ring);
        let (objects, cluster) = match store.sealed_secrets() {
            Ok(objects) => (objects, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        let mut uses = in_cluster(&objects, Some(&ring), &leaked_ring);
        uses.extend(files.uses);
        Self { uses, errors: files.errors, cluster, leaked }
    }

    /// Those that were sealed with the key.
    pub(crate) fn sealed_with_it(&self) -> impl Iterator<Item = &KeyUsage> {
        self.uses.iter().filter(|it| self.is_leaked(it))
    }

    /// Those of which it is not known, and files that could not be read.
    pub(crate) fn unknown(&self) -> Vec<&str> {
        let unknown = self.uses.iter().filter(|it| it.unknown && !self.is_leaked(it));
        unknown.map(|it| it.location.as_str()).chain(self.errors.iter().map(String::as_str)).collect()
    }

    /// Counts what was sealed with the key. A SealedSecret that is in the cluster and in a file counts once.
    pub(crate) fn count(&self) -> Count {
        let objects: BTreeSet<&ObjectName> = self.sealed_with_it().map(|it| &it.object).collect();
        let values: BTreeSet<(&ObjectName, &String)> = self
            .sealed_with_it()
            .flat_map(|it| it.items.iter().map(move |item| (&it.object, item)))
            .collect();
        let namespaces: BTreeSet<_> = objects.iter().map(|object| &object.namespace).collect();
        Count { objects: objects.len(), values: values.len(), namespaces: namespaces.len() }
    }

    fn is_leaked(&self, it: &KeyUsage) -> bool {
        !it.keys.is_disjoint(&self.leaked) || !it.named.is_disjoint(&self.leaked)
    }
}
