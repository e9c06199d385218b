//! [`SealedFileError`]: why a file was not understood, or not changed. Quotes nothing of what is in it.

use api::DecodeError;

/// Why a file was not understood, or not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealedFileError {
    #[error("line {line} is not well-formed YAML or JSON")]
    Broken { line: usize },
    #[error("the SealedSecret on line {line} has a wrong shape")]
    Shape {
        line: usize,
        #[source]
        source: DecodeError,
    },
    #[error("{path} is not a map that is written out here")]
    NotAMap { path: String },
    #[error("{path} is not text that is written out here")]
    NotText { path: String },
    #[error("the document on line {line} cannot be changed without changing something else in it")]
    Unfaithful { line: usize },
}

impl SealedFileError {
    /// The field at the end of `path` does not lie in a map of its own.
    pub(super) fn not_a_map(path: &[String]) -> Self {
        let (_, map) = path.split_last().unwrap_or((const { &String::new() }, &[]));
        Self::NotAMap { path: map.join(".") }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Broken { .. } => "check indentation, quotes and brackets near there".into(),
            Self::Shape { .. } => "`kubectl explain sealedsecret.spec` says what belongs where".into(),
            Self::NotAMap { path } => {
                format!("write {path} as a map of its own, without an alias (*name) or merge key (<<)")
            }
            Self::NotText { path } => format!("write {path} as text"),
            Self::Unfaithful { .. } => {
                "write what it shares through anchors (&name), aliases (*name) and merge keys (<<) out in full; \
                 nothing was changed"
                    .into()
            }
        }
    }
}
