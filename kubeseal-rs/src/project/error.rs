//! [`ProjectError`]: why the project file cannot be used, and what to do about it.

use crate::error::{Hint, Kind};
use crate::files::git::error::GitError;
use crate::project::cluster_name::ClusterName;
use crate::project::file::NAME;
use crate::project::file::invalid::{Invalid, Problem};
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::likeness::like;
use crate::terminal::program::name;
use envelope::{CertificateError, Expired};
use std::io;
use std::path::PathBuf;

/// Why the project file, or a file that it names, cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error("there is no {NAME} in {}", shown_path(.0))]
    Absent(PathBuf),
    #[error("{} is a project file below the root of the repository", shown_path(.0))]
    Nested(PathBuf),
    #[error("cannot find the repository of {}", shown_path(.path))]
    Repository {
        path: PathBuf,
        #[source]
        source: GitError,
    },
    #[error("cannot read the project file {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is a symbolic link, and a project file is a file", shown_path(.0))]
    Link(PathBuf),
    #[error("the project file {} is not text in UTF-8", shown_path(.0))]
    NotText(PathBuf),
    #[error("cannot read the project file {}{location}", shown_path(.path))]
    Invalid {
        path: PathBuf,
        location: String,
        #[source]
        problem: Problem,
    },
    #[error("{} is outside of the repository {}", shown_path(.path), shown_path(.root))]
    Outside { path: PathBuf, root: PathBuf },
    #[error("{} is, or is behind, a symbolic link", shown_path(.0))]
    Linked(PathBuf),
    #[error("no rule of the project file is for {}", shown_path(.path))]
    NoRule { path: PathBuf, patterns: Vec<String> },
    #[error("the project file has no cluster \"{}\"", shown(.name))]
    UnknownCluster { name: String, known: Vec<String> },
    #[error("cannot read the certificate {} of cluster {cluster}", shown_path(.path))]
    Certificate {
        cluster: ClusterName,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot use the certificate {} of cluster {cluster}", shown_path(.path))]
    Unusable {
        cluster: ClusterName,
        path: PathBuf,
        #[source]
        source: CertificateError,
    },
    #[error("the certificate of cluster {cluster} cannot be used")]
    Expired {
        cluster: ClusterName,
        #[source]
        source: Expired,
    },
    #[error("the certificate of cluster {cluster} cannot be used")]
    Withdrawn {
        cluster: ClusterName,
        #[source]
        source: Box<crate::certificate::withdrawn::Withdrawal>,
    },
}

impl ProjectError {
    /// Something is wrong in the file at this path.
    pub(crate) fn invalid(path: PathBuf, invalid: Invalid) -> Self {
        let location = invalid.location().to_string();
        Self::Invalid { path, location, problem: invalid.problem }
    }
}

impl Hint for ProjectError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Absent(_) => format!("`{} init` makes one from the contexts of your kubeconfig", name()),
            Self::Nested(_) => {
                "there is one project file, at the root of the repository: move its rules there, and delete it".into()
            }
            Self::Repository { .. } => "run it in a Git work tree that can be read, or outside of any".into(),
            Self::Read { .. } | Self::Link(_) => "make it a file that you may read, of 1 MiB at most".into(),
            Self::NotText(_) => "write it as UTF-8".into(),
            Self::Invalid { problem, .. } => return problem.hint(),
            Self::Outside { .. } => {
                "name a file in the repository of the project file; for another one, run it there".into()
            }
            Self::Linked(_) => "name the file itself: rules go by where a file is".into(),
            Self::NoRule { patterns, .. } if patterns.is_empty() => {
                "the project file has no rules: add one, or name the clusters with --for CLUSTER,…".into()
            }
            Self::NoRule { patterns, .. } => format!(
                "its rules are for {}: choose such a path, add a rule, or name the clusters with --for CLUSTER,…",
                patterns.join(", ")
            ),
            Self::UnknownCluster { name, known } => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                match like(name, &known) {
                    Some(meant) => format!("write {meant}"),
                    None => format!("the clusters are {}", known.join(", ")),
                }
            }
            Self::Certificate { cluster, source, .. } if source.kind() == io::ErrorKind::NotFound => {
                format!("`{} clusters fetch {cluster}` writes it", name())
            }
            Self::Certificate { .. } => "name a file of the repository that you may read".into(),
            Self::Unusable { source: CertificateError::PrivateKey, .. } => {
                "a private key was committed: replace it where it is used, and write the certificate there".into()
            }
            // `clusters fetch` overwrites certificates only.
            Self::Unusable { cluster, source: CertificateError::NotPem, .. } => format!(
                "delete it, or take it from version control; `{} clusters fetch {cluster}` writes the present one",
                name()
            ),
            Self::Unusable { cluster, .. } | Self::Expired { cluster, .. } => {
                format!("`{} clusters fetch {cluster}` writes the present one", name())
            }
            Self::Withdrawn { cluster, source } => format!(
                "`{} clusters fetch {cluster}` writes the present one. If the key is in use again on purpose, delete {}",
                name(),
                source.file.display()
            ),
        })
    }

    fn kind(&self) -> Kind {
        if matches!(self, Self::UnknownCluster { .. }) { Kind::Usage } else { Kind::Failed }
    }
}
