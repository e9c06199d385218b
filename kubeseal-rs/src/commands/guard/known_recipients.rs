//! [`KnownRecipients`]: the keys of the clusters of one project file: those that were accepted.
//!
//! Decided: where nothing was accepted, as in a fresh clone, those that the project file itself names, with a message. A recipient that not
//! even the file justifies is found without any preparation; but a pull request that changes a sealed file can change the project file, too.

use crate::commands::recipients::current::CurrentRecipient;
use crate::error::CommandError;
use crate::project::Project;
use crate::project::cluster_name::ClusterName;
use crate::project::trust::Trust;
use crate::project::trust::error::TrustError;
use crate::project::trust::trusted::Trusted;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use std::path::Path;

/// A project file, and the keys of its clusters.
pub(crate) struct KnownRecipients {
    pub project: Project,
    /// Whether the keys are those that were accepted, and not just those of the file.
    pub are_accepted: bool,
    keys: Trusted,
}

impl KnownRecipients {
    /// Compares with what was accepted on this machine, or with what the file of `--trusted` lists, where the rules must be, too.
    pub(crate) fn of(project: Project, trusted: Option<&Path>) -> Result<Self, CommandError> {
        let trust = match Trust::of(project.root(), trusted) {
            // Nothing can have been accepted.
            Err(TrustError::NoHome) => None,
            trust => Some(trust?),
        };
        let is_listed = trusted.is_some_and(|file| !file.as_os_str().is_empty());
        let mut keys = trust.as_ref().map(|trust| trust.trusted().clone()).unwrap_or_default();
        // Under whatever names: a pull request can give the clusters new ones.
        let are_accepted = is_listed || keys.clusters.values().any(|cluster| !cluster.keys.is_empty());
        let root = shown_path(project.root());
        if !are_accepted {
            alert(format_args!(
                "nothing of the project file in {root} was accepted on this machine: recipients are compared with the file alone, which can \
                 have been changed together with them; compare it with what your team says, and accept it with `clusters trust`, in \
                 CI with --trusted FILE"
            ));
            // A certificate that cannot be read justifies nothing.
            let of_file = project.clusters().iter().filter_map(|cluster| project.key_of(cluster).ok());
            of_file.for_each(|recipient| keys.add(recipient.claim()));
        } else if let Some(trust) = &trust {
            match trust.check(vec![project.rules()]) {
                Err(TrustError::Untrusted { .. }) => alert(format_args!(
                    "the rules of the project file in {root} are not those that were accepted on this machine, and recipients are compared \
                     with them: `clusters trust` shows what was changed"
                )),
                checked => checked?,
            }
        }
        Ok(Self { project, are_accepted, keys })
    }

    /// The recipient with this key. If several clusters have the key, it is one of `preferred`, if possible.
    pub(crate) fn recipient(&self, key: String, preferred: &[ClusterName]) -> CurrentRecipient {
        let cluster = self.project.cluster_with(&key, &self.keys, preferred).cloned();
        CurrentRecipient { key, cluster }
    }
}
