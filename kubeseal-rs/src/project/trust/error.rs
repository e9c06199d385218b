//! [`TrustError`]: why a project file is not trusted, and what to do about it.

use crate::error::Hint;
use crate::project::cluster_name::ClusterName;
use crate::project::trust::trusted::Differences;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use std::io;
use std::path::PathBuf;

/// Why nothing is sealed by a project file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("the project file says what was not accepted on this machine:{lines}")]
    Untrusted { lines: Differences, clusters: Vec<ClusterName> },
    #[error("the project file says what {} does not list:{lines}", shown_path(.file))]
    NotListed { file: PathBuf, lines: Differences },
    #[error("aborted")]
    NotSure,
    #[error("there is no home directory to store in what was accepted")]
    NoHome,
    #[error("cannot read {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is damaged", shown_path(.0))]
    Damaged(PathBuf),
    #[error("cannot write {}", shown_path(.path))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is inside of the repository, and a pull request could change it", shown_path(.0))]
    InRepository(PathBuf),
    #[error("line {line} of {} names no key and no rules", shown_path(.path))]
    Line { path: PathBuf, line: usize },
    #[error("nothing is accepted beside {}", shown_path(.0))]
    ReadOnly(PathBuf),
}

impl Hint for TrustError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Untrusted { clusters, .. } => {
                let clusters: String = clusters.iter().flat_map(|cluster| [" ", cluster.as_str()]).collect();
                format!(
                    "compare it with what your team says, then accept it in a terminal: `{0} clusters trust{clusters}`. A script that knows \
                     the digits adds --fingerprint KEY or --rules SHA256; CI gives --trusted FILE, which `{0} clusters list \
                     --trusted-file` prints",
                    name()
                )
            }
            Self::NotListed { .. } => {
                "if your team means it, add it to that file: NAME FINGERPRINT, NAME age1…, or rules SHA256; how a certificate is \
                 fetched cannot be listed, and is accepted in a terminal"
                    .into()
            }
            Self::NotSure => "nothing was changed".into(),
            Self::NoHome => "set HOME or XDG_CONFIG_HOME; in CI, give --trusted FILE".into(),
            Self::Read { .. } => "name a file that you may read".into(),
            Self::Damaged(_) => format!("delete it, and accept anew: `{} clusters trust`", name()),
            Self::Write { .. } => "make its directory writable, or set XDG_CONFIG_HOME to one that is".into(),
            Self::InRepository(_) => {
                "keep it where pull requests do not reach, or take that of the protected branch: git show origin/main:FILE > \
                 ../trusted"
                    .into()
            }
            Self::Line { .. } => "write NAME FINGERPRINT, NAME age1…, or rules SHA256; # begins a comment".into(),
            Self::ReadOnly(_) => "leave out --trusted, and SEALED_SECRETS_TRUSTED".into(),
        })
    }
}
