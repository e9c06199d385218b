//! [`GuardError`]: plaintext was found, or files could not be scanned.

use crate::error::Hint;
use crate::files::git::error::GitError;
use crate::terminal::escape::shown_path;
use std::io;
use std::path::PathBuf;

/// Why `guard` fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GuardError {
    #[error("found plaintext in {}: {}{}", counted(*.files, "file"), counted(*.count, "place"), and_others(*.others))]
    Found { count: usize, files: usize, others: usize },
    #[error("found SealedSecrets with wrong recipients or a wrong scope: {}", counted(*.0, "place"))]
    Recipients(usize),
    #[error("cannot scan {}", counted(*.0, "file"))]
    Unreadable(usize),
    #[error("cannot read {}", shown_path(.path))]
    NotFound {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("there is no {}, and nothing of that name is staged", shown_path(.0))]
    NotStaged(PathBuf),
    #[error("cannot read what is staged")]
    Git(#[from] GitError),
}

impl Hint for GuardError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Found { .. } => {
                "do as each line says; what is no secret passes with the comment \"# kubeseal-rs: allow\" on its line \
                 or alone on the line above. A secret that was committed once stays in Git's history: replace it where it is \
                 used"
                    .into()
            }
            Self::Recipients(_) => {
                "do as each line says: a key that the rule does not name may open the values. If it is the key of a cluster, accept it with \
                 `clusters trust`; if that key was renewed, `reseal` the file"
                    .into()
            }
            Self::Unreadable(_) => "see the warnings above; what cannot be read may hold anything".into(),
            Self::NotFound { path, .. } if path.as_os_str().as_encoded_bytes().starts_with(b"-") => {
                "behind `--`, each word names a file: flags stand before it (with the pre-commit framework in `entry`, not in `args`)".into()
            }
            Self::NotFound { .. } => "name files and directories that exist and may be read".into(),
            Self::NotStaged(_) => "name files and directories of the work tree, or none for everything staged".into(),
            Self::Git(_) => "--staged works in a Git work tree; elsewhere, name files and directories".into(),
        })
    }
}

fn and_others(others: usize) -> String {
    let text =
        format!("; and SealedSecrets with wrong recipients or a wrong scope: {}", counted(others, "place"));
    if others == 0 { String::new() } else { text }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
