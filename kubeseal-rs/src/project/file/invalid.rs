//! [`Invalid`]: what is wrong in a project file, and in which line and field.

use crate::manifest::yaml::invalid::InvalidManifest;
use crate::project::cluster_name::InvalidClusterName;
use crate::project::rule::InvalidPattern;
use crate::terminal::escape::shown;
use crate::terminal::likeness::like;
use std::fmt::{self, Write as _};
use yaml_edit_in_place::Position;

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    pub position: Option<Position>,
    /// Keys from the top, with dots between; items of lists by their number. Empty for the whole file.
    pub field: String,
    pub problem: Problem,
}

/// What is wrong. It shows names and patterns, and no value that may be a secret, such as a private key in place of the public one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error(transparent)]
    Yaml(#[from] InvalidManifest),
    #[error("it has {0} documents, and a project file is one")]
    Documents(usize),
    #[error("it names no cluster")]
    NoCluster,
    #[error("there is no field \"{}\"", shown(.field))]
    UnknownField { field: String, known: &'static [&'static str] },
    #[error("the field \"{0}\" is missing")]
    Missing(&'static str),
    #[error("a project does not have so many")]
    TooMany,
    #[error(transparent)]
    Name(#[from] InvalidClusterName),
    #[error("it has neither a certificate nor a recipient")]
    NoKey,
    #[error("it has both a certificate and a recipient")]
    TwoKeys,
    #[error("\"{0}\" is for clusters, and a recipient is none")]
    NotForRecipients(&'static str),
    #[error("it is not the path of a file in this repository")]
    CertificatePath,
    #[error("it is not a native public key of age")]
    Recipient,
    #[error("it is not an https:// address without user name, password, query and fragment")]
    Url,
    #[error("it cannot be the name of a Service or namespace")]
    ControllerName,
    #[error("cluster \"{0}\" has the same key")]
    SameKey(String),
    #[error("it is empty")]
    Empty,
    #[error("there is no cluster \"{}\"", shown(.name))]
    UnknownCluster { name: String, known: Vec<String> },
    #[error("\"{0}\" occurs twice")]
    Twice(String),
    #[error(transparent)]
    Pattern(#[from] InvalidPattern),
    #[error("it is none of {}", .0.join(", "))]
    Choice(&'static [&'static str]),
    #[error("output goes with layout: per-cluster only")]
    OutputOfOne,
}

impl Invalid {
    /// Something is wrong with the file as a whole.
    pub(crate) fn whole(problem: Problem) -> Self {
        Self { position: None, field: String::new(), problem }
    }

    /// The line, the column and the field, for a message about a file.
    pub(crate) fn location(&self) -> impl fmt::Display {
        let mut text = String::new();
        // Writing to a String cannot fail.
        if let Some(Position { line, column }) = self.position {
            let _ = write!(text, ", line {line}");
            if let Some(column) = column {
                let _ = write!(text, ", column {column}");
            }
        }
        if !self.field.is_empty() {
            let _ = write!(text, ", field {}", shown(&self.field));
        }
        text
    }
}

impl Problem {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Yaml(problem) => return problem.hint(),
            Self::Documents(_) => "put everything into one document, without --- between".into(),
            Self::NoCluster => {
                "write one: `clusters: { NAME: { certificate: .sealed-secrets/NAME.pem, context: CONTEXT } }`".into()
            }
            Self::UnknownField { field, known } => match like(field, known) {
                Some(meant) => format!("write {meant}"),
                None => format!("the fields are {}", known.join(", ")),
            },
            Self::Missing("path") => "write the glob of the files that the rule is for, such as \"apps/*/prod/**\"".into(),
            Self::Missing("to") | Self::Empty => "name at least one cluster: to: [NAME]".into(),
            Self::Missing(field) => format!("write {field}:"),
            Self::TooMany => "one rule is for many files: \"apps/*/prod/**\"".into(),
            Self::Name(_) => "give it another name, such as prod-eu".into(),
            Self::NoKey | Self::TwoKeys => {
                "a cluster has `certificate: .sealed-secrets/NAME.pem`; a safe for the day when all clusters are lost has \
                 `recipient: age1…`"
                    .into()
            }
            Self::NotForRecipients(_) => "leave it out".into(),
            Self::CertificatePath => {
                "write a path from the repository's root, without .., not below .git, and no address: \
                 .sealed-secrets/NAME.pem"
                    .into()
            }
            Self::Recipient => {
                "write the public key that `age-keygen` prints, age1…; keys of plugins and of ssh are not taken".into()
            }
            Self::Url => "write https://HOST/v1/cert.pem".into(),
            Self::ControllerName => "write the name of the controller's Service, and of its namespace".into(),
            Self::SameKey(_) => "give each cluster a key of its own, or name it once".into(),
            Self::UnknownCluster { name, known } => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                match like(name, &known) {
                    Some(meant) => format!("write {meant}"),
                    None => format!("the clusters are {}", known.join(", ")),
                }
            }
            Self::Twice(_) => "name it once".into(),
            Self::Pattern(InvalidPattern::NoCluster | InvalidPattern::Braces) => {
                "write an output such as \"{name}.{cluster}.yaml\" or \"overlays/{cluster}/{name}.yaml\"".into()
            }
            Self::Pattern(_) => "write a path from the repository's root, such as \"apps/*/prod/**\"".into(),
            Self::Choice(choices) => format!("write one of {}", choices.join(", ")),
            Self::OutputOfOne => "leave it out, or write layout: per-cluster".into(),
        })
    }
}
