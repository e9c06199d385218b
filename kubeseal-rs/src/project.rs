//! [`Project`]: the project file `.sealed-secrets.yaml`, in which a team states its clusters once, and for which of them each file is
//! sealed.
//!
//! `root` finds the file, `file` reads it, `rule` chooses by the path that `output_path` makes, `certificate_file` reads and writes the
//! certificates that it names, `trust` decides whether it is the one that the user accepted. How certificates are fetched is in
//! `commands::clusters`. Upstream's flags never read a project file: with them, this program stays upstream's.
//!
//! Decided: verbs get [`Recipient`]s from here only, so that no path around trust leads to a key that is sealed for.

pub(crate) mod certificate_file;
pub(crate) mod cluster;
pub(crate) mod cluster_name;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod key_id;
pub(crate) mod output_path;
pub(crate) mod recipient;
pub(crate) mod root;
pub(crate) mod rule;
#[cfg(test)]
mod tests;
pub(crate) mod trust;

use crate::certificate::warnings;
use crate::certificate::withdrawn::Withdrawal;
use crate::error::CommandError;
use crate::files::git::read_small;
use crate::project::cluster::{Cluster, KeySource};
use crate::project::cluster_name::ClusterName;
use crate::project::error::ProjectError;
use crate::project::file::{NAME, ProjectFile};
use crate::project::recipient::{Recipient, RecipientKey};
use crate::project::rule::Rule;
use crate::project::trust::Trust;
use crate::project::trust::claim::Claim;
use crate::project::trust::trusted::Trusted;
use envelope::Certificate;
use jiff::Timestamp;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// No project file is larger.
const LARGEST: u64 = 1 << 20;

/// A project file, and where it is.
#[derive(Debug)]
pub(crate) struct Project {
    /// Without symbolic links.
    root: PathBuf,
    file: ProjectFile,
}

/// What the recipients are chosen by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Selection<'a> {
    /// A rule of the project file, so that its rules have to be trusted, too.
    Rule(&'a Rule),
    /// The user, as with `--for`.
    Named(&'a [ClusterName]),
}

impl Project {
    /// The project file for files in `directory`; None if there is none.
    pub(crate) fn find(directory: &Path) -> Result<Option<Self>, ProjectError> {
        match root::around(directory)? {
            (root, true) => Self::at(root).map(Some),
            (_, false) => Ok(None),
        }
    }

    /// The project file for files in `directory`, which must exist.
    pub(crate) fn require(directory: &Path) -> Result<Self, ProjectError> {
        match root::around(directory)? {
            (root, true) => Self::at(root),
            (root, false) => Err(ProjectError::Absent(root)),
        }
    }

    fn at(root: PathBuf) -> Result<Self, ProjectError> {
        let path = root.join(NAME);
        let text = read(&path)?;
        let file = ProjectFile::parse(&text).map_err(|invalid| ProjectError::invalid(path, invalid))?;
        Ok(Self { root, file })
    }

    /// The folder of the project file, without symbolic links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The clusters, in the order of the file.
    pub(crate) fn clusters(&self) -> &[Cluster] {
        &self.file.clusters
    }

    /// The clusters of these names, as a user writes them.
    pub(crate) fn named(&self, names: &[String]) -> Result<Vec<&Cluster>, ProjectError> {
        names.iter().map(|name| self.cluster(name)).collect()
    }

    /// The cluster of this name, as a user writes it.
    pub(crate) fn cluster(&self, name: &str) -> Result<&Cluster, ProjectError> {
        let cluster = self.file.clusters.iter().find(|cluster| cluster.name.as_str() == name);
        cluster.ok_or_else(|| {
            let known = self.file.clusters.iter().map(|cluster| cluster.name.to_string()).collect();
            ProjectError::UnknownCluster { name: name.to_owned(), known }
        })
    }

    /// The rule for this file: the first one whose pattern matches.
    pub(crate) fn rule_for(&self, file: &Path) -> Result<&Rule, ProjectError> {
        let inside = output_path::within(&self.root, file)?;
        self.rule_at(&inside).ok_or_else(|| ProjectError::NoRule {
            path: inside.clone(),
            patterns: self.file.rules.iter().map(|rule| rule.pattern().to_owned()).collect(),
        })
    }

    /// The rule for the file at this path from the root.
    pub(crate) fn rule_at(&self, inside: &Path) -> Option<&Rule> {
        self.file.rules.iter().find(|rule| rule.matches(inside))
    }

    /// The cluster that this key, a fingerprint or an age recipient, is trusted for. Of several, it is one of `preferred`, if possible.
    pub(crate) fn cluster_with(
        &self,
        key: &str,
        trusted: &Trusted,
        preferred: &[ClusterName],
    ) -> Option<&ClusterName> {
        let has_key = |name: &&ClusterName| trusted.keys(name).iter().any(|known| known.to_string() == key);
        let having = || self.file.clusters.iter().map(|cluster| &cluster.name).filter(has_key);
        having().find(|name| preferred.contains(name)).or_else(|| having().next())
    }

    /// The rules, normalised, as trust covers them.
    pub(crate) fn rules(&self) -> Claim {
        Claim::Rules(self.file.rules.iter().map(Rule::normalised).collect())
    }

    /// The recipients to seal for, if they are trusted. At a terminal, asks about those that are not.
    pub(crate) fn resolve(
        &self,
        selection: Selection<'_>,
        trust: &mut Trust,
    ) -> Result<Vec<Recipient>, CommandError> {
        let names = match selection {
            Selection::Rule(rule) => &rule.to,
            Selection::Named(names) => names,
        };
        let recipients = names.iter().map(|name| self.recipient(self.cluster(name.as_str())?));
        let recipients = recipients.collect::<Result<Vec<_>, _>>()?;
        let mut claims: Vec<Claim> = recipients.iter().map(Recipient::claim).collect();
        if matches!(selection, Selection::Rule(_)) {
            claims.push(self.rules());
        }
        trust.require(claims)?;
        let now = Timestamp::now();
        for recipient in &recipients {
            if let RecipientKey::Certificate(certificate) = &recipient.key {
                warnings::of_its_end(certificate, now);
            }
        }
        Ok(recipients)
    }

    /// The key of a cluster, trusted or not. A certificate has not expired, and its key was neither revoked nor retired from this machine.
    pub(crate) fn recipient(&self, cluster: &Cluster) -> Result<Recipient, ProjectError> {
        let recipient = self.key_of(cluster)?;
        if let RecipientKey::Certificate(certificate) = &recipient.key {
            let cluster = cluster.name.clone();
            if let Some(source) = Withdrawal::of(certificate) {
                return Err(ProjectError::Withdrawn { cluster, source: Box::new(source) });
            }
            let unexpired = certificate.check_unexpired(Timestamp::now());
            unexpired.map_err(|source| ProjectError::Expired { cluster, source })?;
        }
        Ok(recipient)
    }

    /// The key of a cluster, whatever its state.
    pub(crate) fn key_of(&self, cluster: &Cluster) -> Result<Recipient, ProjectError> {
        let name = cluster.name.clone();
        let key =
            match &cluster.key {
                KeySource::Recipient(recipient) => RecipientKey::Age(recipient.clone()),
                KeySource::Certificate(path) => {
                    let text = certificate_file::read(&self.root, path).map_err(|source| {
                        ProjectError::Certificate { cluster: name.clone(), path: path.clone(), source }
                    })?;
                    let certificate = Certificate::from_pem(&text).map_err(|source| {
                        ProjectError::Unusable { cluster: name.clone(), path: path.clone(), source }
                    })?;
                    RecipientKey::Certificate(certificate)
                }
            };
        Ok(Recipient { name, key })
    }
}

/// The text of the project file.
fn read(path: &Path) -> Result<String, ProjectError> {
    let failed = |source| ProjectError::Read { path: path.to_owned(), source };
    if fs::symlink_metadata(path).map_err(failed)?.is_symlink() {
        return Err(ProjectError::Link(path.to_owned()));
    }
    let bytes = read_small(path, LARGEST).and_then(|bytes| bytes.ok_or(io::ErrorKind::NotFound.into()));
    String::from_utf8(bytes.map_err(failed)?).map_err(|_| ProjectError::NotText(path.to_owned()))
}
