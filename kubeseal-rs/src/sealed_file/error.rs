//! [`SealedFileError`]: why a file was not understood, or not changed. Quotes nothing of what is in it.

use crate::manifest::yaml::line_break::LineBreak;
use crate::manifest::yaml::place::Within;
use api::DecodeError;

/// Why a file was not understood, or not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealedFileError {
    #[error("document {document}, line {line} is not well-formed YAML or JSON")]
    Broken { document: usize, line: usize },
    #[error(
        "document {document}, line {line}: {found} stands there, which only some readers take for a line break"
    )]
    LineBreak { document: usize, line: usize, found: LineBreak },
    #[error("{place} has a wrong shape")]
    Shape {
        place: Within,
        #[source]
        source: DecodeError,
    },
    #[error("{place} cannot be changed")]
    Change {
        place: Within,
        #[source]
        fault: ChangeFault,
    },
}

/// Why a SealedSecret was not changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChangeFault {
    #[error("{path} is not a map that is written out here")]
    NotAMap { path: String },
    #[error("{path} is not text that is written out here")]
    NotText { path: String },
    #[error("something else in the document would be changed with it")]
    Unfaithful,
}

impl ChangeFault {
    /// The field at the end of `path` does not lie in a map of its own.
    pub(crate) fn not_a_map(path: &[String]) -> Self {
        let (_, map) = path.split_last().unwrap_or((const { &String::new() }, &[]));
        Self::NotAMap { path: map.join(".") }
    }

    fn hint(&self) -> String {
        match self {
            Self::NotAMap { path } => {
                format!("write {path} as a map of its own, without an alias (*name) or merge key (<<)")
            }
            Self::NotText { path } => format!("write {path} as text"),
            Self::Unfaithful => {
                "write what it shares through anchors (&name), aliases (*name) and merge keys (<<) out in full; \
                 nothing was changed"
                    .into()
            }
        }
    }
}

impl SealedFileError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Broken { .. } => "check indentation, quotes and brackets near there".into(),
            Self::LineBreak { found, .. } => found.hint(),
            Self::Shape { .. } => "`kubectl explain sealedsecret.spec` says what belongs where".into(),
            Self::Change { fault, .. } => fault.hint(),
        }
    }
}
