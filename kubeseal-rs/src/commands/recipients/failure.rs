//! [`ChangeFailure`]: why the recipients of a SealedSecret were not changed.

use crate::commands::common::seal_for::error::SealForError;
use crate::commands::common::sealed_files::SealedFilesError;
use crate::error::{Hint, Kind};
use crate::project::cluster_name::ClusterName;
use crate::project::error::ProjectError;
use crate::terminal::escape::shown;
use crate::terminal::program::name;
use api::Scope;
use sealing::ChangeError;

/// Why a SealedSecret, or a file, was left as it is. Never shows sealed values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeFailure {
    #[error(transparent)]
    File(#[from] SealedFilesError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    SealFor(#[from] SealForError),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error("\"{}\" is not the name of a cluster", shown(.0))]
    NotAName(String),
    #[error("it names recipients that are trusted for no cluster: {}", .0.join(", "))]
    Unknown(Vec<String>),
    #[error("it is sealed for {}, which its rule does not name", joined(.0))]
    Surplus(Vec<ClusterName>),
    #[error("not all of its items are sealed for the same recipients")]
    Uneven,
    #[error("it has the scope {stated}, which is wider than {rule}, the rule's")]
    WiderScope { stated: Scope, rule: Scope },
    #[error(
        "with the scope cluster-wide, it would open under any name in any namespace of all these clusters"
    )]
    OpensAnywhere,
    #[error("it is not known which cluster it is sealed for")]
    NotKnown,
    #[error("nothing would open it: it has no other recipient")]
    Last,
    #[error("the rule writes an ordinary SealedSecret for each cluster, each in a file of its own")]
    PerCluster,
    #[error("no rule, and so no cluster, is for it")]
    NoRule,
}

/// No flag says what the values are opened with.
#[derive(Debug, thiserror::Error)]
#[error("the recipients of values are changed by a user who can open them")]
pub(crate) struct NoKeys;

/// What is to be removed is in none of the files, and no cluster is called that.
#[derive(Debug, thiserror::Error)]
#[error("no SealedSecret in these files is sealed for \"{}\", and the project file has no such cluster", shown(.0))]
pub(crate) struct NotARecipient(pub String);

impl Hint for ChangeFailure {
    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Project(error) => error.hint(),
            Self::SealFor(error) => error.hint(),
            Self::Change(ChangeError::Items(_)) => Some(
                "give the private keys of a cluster that opens it (--recovery-private-key), or the identity of an age recipient (--identity)"
                    .into(),
            ),
            Self::Change(_) => Some("seal the Secret again".into()),
            Self::NotAName(_) => Some(format!("`{} clusters list` shows the names", name())),
            Self::Unknown(_) => Some(format!(
                "`{0} recipients remove RECIPIENT PATH` removes one; if a cluster has that key, `{0} clusters trust` accepts it",
                name()
            )),
            Self::Surplus(_) => Some(format!(
                "`{} recipients remove NAME PATH` takes one out; if it is meant, write it into the rule",
                name()
            )),
            Self::Uneven => {
                Some(format!("`{} reseal --recipients PATH` seals all items for the clusters of the rule", name()))
            }
            Self::WiderScope { .. } => Some("seal the Secret again with the rule's scope, or change the rule".into()),
            Self::OpensAnywhere => Some(format!("seal it again with `{} seal --force` if that is meant", name())),
            Self::NotKnown => Some(format!("`{} reseal --recipients` seals it for the clusters of its rule", name())),
            Self::Last => Some("delete the SealedSecret, or add another recipient first".into()),
            Self::PerCluster => Some(format!("write the file of the cluster with `{} seal`", name())),
            Self::NoRule => Some("add a rule to the project file".into()),
        }
    }
}

impl Hint for NotARecipient {
    fn hint(&self) -> Option<String> {
        Some(format!(
            "`{0} clusters list` shows the names of clusters; `{0} inspect FILE` shows the recipients of a file",
            name()
        ))
    }

    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl Hint for NoKeys {
    fn hint(&self) -> Option<String> {
        Some(
            "give the private keys of one of its clusters with --recovery-private-key FILE, or the identity of an age recipient with \
             --identity FILE"
                .into(),
        )
    }

    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

fn joined(names: &[ClusterName]) -> String {
    names.iter().map(ClusterName::as_str).collect::<Vec<_>>().join(", ")
}
