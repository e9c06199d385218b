//! [`CurrentRecipients`]: the recipients that a SealedSecret has. Pure.
//!
//! Its annotations are only compared with the project file: a pull request can write anything into them.

use crate::commands::common::seal_for::annotation;
use crate::commands::common::seal_for::error::SealForError;
use crate::commands::common::seal_for::recipient_keys::{keys_in, keys_of, short};
use crate::manifest::sealed_secrets::SealedObject;
use crate::project::cluster_name::ClusterName;
use api::annotations::CERTIFICATE_FINGERPRINT;
use recipients::Group;
use sealing::ItemCertificates;

/// A recipient, as an entry names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CurrentRecipient {
    /// A fingerprint, or an age recipient.
    pub key: String,
    /// The cluster that has this key, if it is trusted for one.
    pub cluster: Option<ClusterName>,
}

/// The recipients of an object, the first one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CurrentRecipients {
    pub all: Vec<CurrentRecipient>,
    /// Whether each item has one entry, for all of the recipients.
    pub is_even: bool,
    /// Number of groups in the annotation. Each change of items adds one, and there are 16 at most.
    pub groups: usize,
    /// The cluster that the items themselves are sealed to, by the annotation for the fingerprint.
    pub first: Option<ClusterName>,
}

impl CurrentRecipient {
    /// Whether it is none of these clusters, or no cluster that is known.
    pub(crate) fn is_surplus(&self, to: &[ClusterName]) -> bool {
        self.cluster.as_ref().is_none_or(|cluster| !to.contains(cluster))
    }

    /// The name of the cluster, or enough of the key to find it.
    pub(crate) fn shown(&self) -> String {
        match &self.cluster {
            Some(cluster) => cluster.to_string(),
            None => short(&self.key),
        }
    }
}

impl CurrentRecipients {
    /// The recipients in the annotation; without it, the certificates in the annotations for them. `cluster_of` is the
    /// cluster that a key is trusted for.
    pub(crate) fn of(
        object: &SealedObject,
        cluster_of: &dyn Fn(&str) -> Option<ClusterName>,
    ) -> Result<Self, SealForError> {
        let named = |key: String| CurrentRecipient { cluster: cluster_of(&key), key };
        let annotations = object.metadata.annotations.as_ref();
        let hint = annotations.and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT));
        let first = hint.and_then(|hint| cluster_of(hint));
        let Some(document) = annotation::read(object)? else {
            let mixed = || {
                let items = object.spec.encrypted_data.keys().map(String::as_str);
                ItemCertificates::of(annotations).among(items).keys().map(|key| key.to_string()).collect()
            };
            let keys: Vec<String> = hint.map_or_else(mixed, |hint| vec![hint.clone()]);
            let mut current =
                Self { all: keys.into_iter().map(named).collect(), is_even: true, groups: 0, first };
            current.is_even = current.clusters().len() < 2;
            return Ok(current);
        };
        let keys = keys_in(&document);
        let has_all = |group: &Group| {
            let own: Vec<String> = keys_of(group).collect();
            keys.iter().all(|key| own.contains(key))
        };
        let mut names = object.spec.encrypted_data.keys();
        let is_even = document.groups().iter().all(has_all)
            && names.all(|name| document.groups_with(name).count() == 1);
        let groups = document.groups().len();
        Ok(Self { all: keys.into_iter().map(named).collect(), is_even, groups, first })
    }

    /// Those whose key is trusted for no cluster.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &CurrentRecipient> {
        self.all.iter().filter(|recipient| recipient.cluster.is_none())
    }

    /// Their clusters, each once.
    pub(crate) fn clusters(&self) -> Vec<ClusterName> {
        let mut names = Vec::new();
        for name in self.all.iter().filter_map(|recipient| recipient.cluster.as_ref()) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}
