//! [`ParseError`] and [`EditError`]. Neither quotes the text.

use crate::line_break::LineBreak;

/// Why a document could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// YAML or JSON syntax.
    #[error("document {document}, line {line} is not well-formed YAML or JSON")]
    Syntax {
        /// Number of the document, from 1.
        document: usize,
        /// Line of the file, from 1.
        line: usize,
    },
    /// A character that ends a line in YAML 1.1 and does not in YAML 1.2.
    #[error(
        "document {document}, line {line}: {found} stands there, which only some readers take for a line break"
    )]
    LineBreak {
        /// Number of the document, from 1.
        document: usize,
        /// Line of the file, from 1.
        line: usize,
        /// The character.
        found: LineBreak,
    },
}

/// Why an object was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The path leads through something else than a map that is written out.
    #[error("{path} is not a map that is written out here")]
    NotAMap {
        /// Keys from the object, with dots between.
        path: String,
    },
    /// The value to replace is a map or a list.
    #[error("{path} is not text that is written out here")]
    NotAScalar {
        /// Keys from the object, with dots between.
        path: String,
    },
    /// The text cannot be changed so that the change is all that changes, such as where a value has an anchor that is used elsewhere.
    #[error("something else in the document would be changed with it")]
    ChangesOther,
}

impl EditError {
    /// The entry at the end of `path` is not in a map that is written out.
    pub(crate) fn not_a_map(path: &[String]) -> Self {
        let maps = path.split_last().map_or(&[][..], |(_, maps)| maps);
        Self::NotAMap { path: maps.join(".") }
    }
}
