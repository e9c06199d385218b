//! [`SealForError`]: why nothing is sealed for the clusters of the project file, and what to do about it.

use crate::error::{Hint, Kind};
use crate::manifest::location::Location;
use crate::project::cluster_name::ClusterName;
use crate::project::error::ProjectError;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use api::Scope;
use recipients::{FormatError, NotAnAgeRecipient, TooManyGroups};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Why nothing is sealed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealForError {
    #[error("without a file to write to, no rule of the project file says for which clusters to seal")]
    NoOutput,
    #[error("none of {} has a certificate", joined(.0))]
    NoCertificate(Vec<ClusterName>),
    #[error("cannot seal for {name}")]
    Recipient {
        name: ClusterName,
        #[source]
        source: NotAnAgeRecipient,
    },
    #[error("{0} is no cluster, and layout: per-cluster writes a file for each cluster")]
    NotACluster(ClusterName),
    #[error("{} is the file of cluster {cluster} alone", shown_path(.path))]
    FileOfCluster { path: PathBuf, cluster: ClusterName },
    #[error("{} is none of the files that the rule writes for its clusters", shown_path(.0))]
    FileOfNone(PathBuf),
    #[error("the rule for {pattern} would write {}, which it is not for", shown_path(.path))]
    OtherRule { path: PathBuf, pattern: String },
    #[error("{secret} has the scope {stated}, and the rule says {rule}")]
    Scope { secret: String, stated: Scope, rule: Scope },
    #[error("with the scope cluster-wide, one object opens under any name in any namespace of {}", joined(.0))]
    OpensAnywhere(Vec<ClusterName>),
    #[error("the SealedSecret in {location} has the scope {stated}, which is wider than {rule}, the rule's")]
    WiderScope { location: Location, stated: Scope, rule: Scope },
    #[error("{} had a project file when its rules were accepted, and has none now", shown_path(.0))]
    ProjectGone(PathBuf),
    #[error("cannot read the recipients of the SealedSecret in {location}")]
    Annotation {
        location: Location,
        #[source]
        source: FormatError,
    },
    #[error("the SealedSecret in {location} names recipients that its rule does not: {}", .recipients.join(", "))]
    Unknown { location: Location, recipients: Vec<String> },
    #[error("a change would take items of the SealedSecret in {location} from its other recipients")]
    Uncovered {
        location: Location,
        #[source]
        source: Arc<ProjectError>,
    },
    #[error("cannot add to the recipients of the SealedSecret in {location}")]
    TooManyGroups {
        location: Location,
        #[source]
        source: TooManyGroups,
    },
}

fn joined(names: &[ClusterName]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}{name}");
    }
    text
}

impl Hint for SealForError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoOutput => {
                "write -w FILE: the rule is chosen by its path; or name the clusters with --for CLUSTER,…".into()
            }
            Self::NoCertificate(_) => {
                "the items themselves are sealed to a cluster's certificate: name at least one cluster that has one".into()
            }
            Self::Recipient { .. } => "write the public key that `age-keygen` prints, age1…".into(),
            Self::NotACluster(_) => {
                "take it out of the rule's `to`, write layout: one, or name the clusters with --for CLUSTER,…".into()
            }
            Self::FileOfCluster { .. } => {
                "name the file without the cluster, such as db.yaml: the rule writes a file for each cluster. `edit` and `create \
                 --merge-into` change the file of one cluster"
                    .into()
            }
            Self::FileOfNone(_) => {
                "name the file of one cluster; or, to seal with one certificate, write --cert FILE".into()
            }
            Self::OtherRule { pattern, .. } => format!(
                "give the rule a wider path than {pattern}, so that it is for the files that it writes; or put it before the others"
            ),
            Self::Scope { stated, .. } => format!(
                "take the annotation out of the Secret, change the rule, or write --scope {stated}, which counts more than the rule"
            ),
            Self::WiderScope { .. } => {
                "values would open in more places than the rule says: take the scope's annotation away and seal the Secret again, or \
                 change the rule; nothing was changed"
                    .into()
            }
            Self::ProjectGone(_) => {
                "take it from version control; or, to seal for one cluster without it, name the certificate with --cert FILE".into()
            }
            Self::OpensAnywhere(_) => {
                "choose a narrower scope, in the rule or with --scope; or write --force if that is meant".into()
            }
            Self::Annotation { .. } => {
                "take the file from version control, or seal the whole Secret again; nothing was changed".into()
            }
            Self::Unknown { .. } => format!(
                "if one was added unseen, take the file from version control. `{0} recipients remove KEY FILE` takes it out; for a key that \
                 was renewed, `{0} clusters fetch` and `{0} reseal FILE`. --for CLUSTER,… names those to seal for; nothing was changed",
                name()
            ),
            Self::Uncovered { source, .. } => {
                let alone = "or, to seal for one cluster alone, name its certificate with --cert FILE; nothing was changed";
                source.hint().map_or_else(|| alone.to_owned(), |hint| format!("{hint}; {alone}"))
            }
            Self::TooManyGroups { .. } => {
                format!(
                    "`{0} reseal --recipients FILE` with the private keys of a cluster, or with an age identity, makes one group of them; \
                     or seal the whole Secret again, with `{0} seal`; nothing was changed",
                    name()
                )
            }
        })
    }

    fn kind(&self) -> Kind {
        if matches!(self, Self::NoOutput) { Kind::Usage } else { Kind::Failed }
    }
}
