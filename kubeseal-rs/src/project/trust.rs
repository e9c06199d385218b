//! [`Trust`]: which keys, connections and rules of a project file the user has accepted. A pull request can change the file; it cannot
//! change this.
//!
//! `claim` says what needs trust, `trusted` what was accepted, `store` keeps that on this machine for the clone of `clone_id`,
//! `trusted_file` reads the list that CI uses, whose lines are in `list`, `rules` compares rules.
//!
//! Decided: trust covers what the file means, not its bytes, because a team changes comments and moves files, and questions that mean
//! nothing are answered without reading.

pub(crate) mod claim;
pub(crate) mod clone_id;
pub(crate) mod error;
pub(crate) mod list;
pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod trusted;
pub(crate) mod trusted_file;

use crate::project::cluster_name::ClusterName;
use crate::project::trust::claim::Claim;
use crate::project::trust::error::TrustError;
use crate::project::trust::store::{Accepted, TrustStore};
use crate::project::trust::trusted::Trusted;
use crate::terminal::confirm::confirmed;
use std::path::{Path, PathBuf};

/// What was accepted, and where that is written.
#[derive(Debug)]
pub(crate) struct Trust {
    trusted: Trusted,
    /// What was accepted for an earlier clone at this path. It is shown only.
    former: Option<Trusted>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The store of this machine, to which the user may add at a terminal.
    Store(TrustStore),
    /// The file of `--trusted`: nothing else counts.
    File(PathBuf),
}

impl Trust {
    /// What the file of `--trusted` lists; without such a file, what was accepted on this machine for the repository at `root`.
    pub(crate) fn of(root: &Path, file: Option<&Path>) -> Result<Self, TrustError> {
        if let Some(file) = file.filter(|file| !file.as_os_str().is_empty()) {
            let source = Source::File(file.to_owned());
            return Ok(Self { trusted: trusted_file::read(file, root)?, former: None, source });
        }
        let store = TrustStore::of(root)?;
        let Accepted { trusted, former } = store.read()?;
        Ok(Self { trusted, former, source: Source::Store(store) })
    }

    pub(crate) fn trusted(&self) -> &Trusted {
        &self.trusted
    }

    /// Returns if all claims are accepted; others are an error.
    pub(crate) fn check(&self, claims: Vec<Claim>) -> Result<(), TrustError> {
        let new = self.trusted.missing(claims);
        if new.is_empty() {
            return Ok(());
        }
        let lines = match &self.former {
            Some(former) => former.differences_of_another_clone(&new),
            None => self.trusted.differences(&new),
        };
        Err(match &self.source {
            Source::File(file) => TrustError::NotListed { file: file.clone(), lines },
            Source::Store(_) => TrustError::Untrusted { lines, clusters: claim::clusters(&new) },
        })
    }

    /// Returns if all claims are accepted. At a terminal it shows the others and asks for confirmation; elsewhere they are an error.
    pub(crate) fn require(&mut self, claims: Vec<Claim>) -> Result<(), TrustError> {
        let error = match self.check(claims.clone()) {
            Err(TrustError::Untrusted { lines, clusters }) => TrustError::Untrusted { lines, clusters },
            answer => return answer,
        };
        match confirmed(&format!("{error}\nTrust this?")) {
            Some(true) => self.accept(claims),
            Some(false) => Err(TrustError::NotSure),
            None => Err(error),
        }
    }

    /// Forgets what was accepted for a cluster on this machine.
    pub(crate) fn forget(&mut self, cluster: &ClusterName) -> Result<(), TrustError> {
        if let Source::Store(store) = &self.source {
            self.trusted = store.forget(cluster)?;
        }
        Ok(())
    }

    /// Accepts the claims without a question, and stores them. The list of `--trusted` stays: people write it.
    pub(crate) fn accept(&mut self, claims: Vec<Claim>) -> Result<(), TrustError> {
        let new = self.trusted.missing(claims);
        if new.is_empty() {
            return Ok(());
        }
        if let Source::Store(store) = &self.source {
            self.trusted = store.add(new)?;
            self.former = None;
        }
        Ok(())
    }
}
