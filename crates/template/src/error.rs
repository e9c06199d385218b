//! Why a template does not render. Names templates, functions, types and lines; never a value.

use std::borrow::Cow;
use std::time::Duration;

/// Why a template does not render, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template {template:?}, line {line}: {fault}")]
pub struct TemplateError {
    /// The name of the item whose template it is.
    pub template: String,
    /// The line in it, from one.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not a template.
    #[error("{0}")]
    Syntax(Cow<'static, str>),
    /// A step that cannot be taken with these values.
    #[error("{0}")]
    Evaluation(Cow<'static, str>),
    /// A function that failed, or was given what it does not take.
    #[error("{function}: {reason}")]
    Call {
        /// The function.
        function: String,
        /// What it said.
        reason: Cow<'static, str>,
    },
    /// A bound was reached.
    #[error("{0}")]
    Limit(Bound),
}

/// The bound that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Bound {
    /// See [`crate::Limits::output`].
    #[error("limit reached: the templates give more than {0} bytes together")]
    Output(usize),
    /// See [`crate::Limits::memory`].
    #[error("limit reached: the values that the templates make on the way take more than {0} bytes together")]
    Memory(usize),
    /// See [`crate::Limits::steps`].
    #[error("limit reached: the templates take more than {0} steps together")]
    Steps(u64),
    /// See [`crate::Limits::depth`].
    #[error("limit reached: nested more than {0} deep")]
    Depth(usize),
    /// See [`crate::Limits::toil`].
    #[error("limit reached: key generation and password hashing take more than about {0} ms together")]
    Toil(u64),
    /// See [`crate::Limits::patience`].
    #[error("limit reached: the templates take longer than {0:?} together")]
    Time(Duration),
}

/// The result of every step inside the crate.
pub(crate) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    pub(crate) fn syntax(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Syntax(message.into())
    }

    pub(crate) fn evaluation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Evaluation(message.into())
    }

    /// Whether it says that what all templates of the object may cost together is spent.
    pub fn is_spent(&self) -> bool {
        matches!(self, Self::Limit(bound) if !matches!(bound, Bound::Depth(_)))
    }

    /// Puts the function's name to what went wrong in it. A bound stays a bound.
    pub(crate) fn within(self, function: &str) -> Self {
        match self {
            Self::Evaluation(reason) => Self::Call { function: function.to_owned(), reason },
            other => other,
        }
    }
}
