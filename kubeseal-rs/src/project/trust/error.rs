//! [`TrustError`]: why a project file is not trusted, and what to do about it.

use crate::error::Hint;
use crate::files::file_update::error::FileUpdateError;
use crate::files::output::replacement::directory;
use crate::project::cluster_name::ClusterName;
use crate::project::trust::list::InvalidLine;
use crate::project::trust::trusted::Differences;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use std::io;
use std::path::PathBuf;

/// The lines of a file for `--trusted`.
const FORMS: &str = "NAME FINGERPRINT, NAME age1…, NAME context CONTEXT, NAME url URL, or rules SHA256";

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
    #[error("cannot read {}, which tells this clone from others", shown_path(.path))]
    Clone {
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
    #[error("cannot lock {}", shown_path(.path))]
    Lock {
        path: PathBuf,
        #[source]
        source: FileUpdateError,
    },
    #[error("{} is inside of the repository, or behind a link in it, and a pull request could change it", shown_path(.0))]
    InRepository(PathBuf),
    #[error("cannot read line {line} of {}", shown_path(.path))]
    Line {
        path: PathBuf,
        line: usize,
        #[source]
        source: InvalidLine,
    },
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
                format!("if your team means it, add it to that file: {FORMS}; `{} clusters list --trusted-file` prints all", name())
            }
            Self::NotSure => "nothing was changed".into(),
            Self::NoHome => "set HOME or XDG_CONFIG_HOME; in CI, give --trusted FILE".into(),
            Self::Read { .. } => "name a file that you may read".into(),
            Self::Clone { path, .. } => format!(
                "it is no secret; let every user read it: chmod -R a+rX {}; in CI, give --trusted FILE",
                shown_path(directory(path))
            ),
            Self::Damaged(_) => format!("delete it, and accept anew: `{} clusters trust`", name()),
            Self::Write { .. } => "make its directory writable; in CI, give --trusted FILE".into(),
            Self::Lock { source, .. } => return source.hint(),
            Self::InRepository(_) => {
                "keep it where pull requests do not reach, or take that of the protected branch: git show origin/main:FILE > \
                 ../trusted"
                    .into()
            }
            Self::Line { .. } => format!("write {FORMS}; # begins a comment"),
        })
    }
}
