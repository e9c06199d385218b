//! Why a template does not render: what a status may show, and the rest.
//!
//! A user who may edit a SealedSecret but not read Secrets could ask questions with templates, and read the answers from the status: which
//! line failed, in which function, with which types, or which of many templates. So of what depends on values, [`TemplateError`] shows
//! only that its template did not render; a caller with several templates must not even show which. Lines, functions and types are in its
//! [`Detail`]. Neither holds a value.

use std::borrow::Cow;
use std::fmt;

/// Why a template does not render, as a status may show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateError {
    template: String,
    stage: Stage,
    detail: Detail,
}

/// Which step failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Reading the text, which does not depend on values.
    Reading,
    /// Rendering, which depends on values.
    Rendering,
}

/// What a status may show of a [`TemplateError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown<'e> {
    /// The text is not a template, or is too large to be read. The text is public.
    NotATemplate(&'e Detail),
    /// The template does not render with these values, or not within its bounds.
    DoesNotRender,
}

/// Where a template failed, and why. It depends on the values but holds none: for the log, and for users who may read the values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct Detail {
    /// The line in the template, from one.
    pub line: usize,
    /// What is wrong.
    pub cause: Cause,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// Not a template.
    #[error("{0}")]
    Syntax(Cow<'static, str>),
    /// An action that fails with these values.
    #[error("{0}")]
    Evaluation(Cow<'static, str>),
    /// A function that failed, or got an argument of a wrong type.
    #[error("{function}: {reason}")]
    Call {
        /// The function.
        function: String,
        /// What it said.
        reason: Cow<'static, str>,
    },
    /// A limit was reached.
    #[error("{0}")]
    Limit(Bound),
}

/// The limit that was reached.
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
    #[error("limit reached: keys, signatures and password hashes take more than about {0} ms together")]
    Toil(u64),
}

/// The result of every step inside the crate.
pub(crate) type Result<T> = std::result::Result<T, Cause>;

impl TemplateError {
    /// An error of a text that is not a template.
    pub(crate) fn reading(template: &str, line: usize, cause: Cause) -> Self {
        Self { template: template.to_owned(), stage: Stage::Reading, detail: Detail { line, cause } }
    }

    /// An error of a template that was read and does not render.
    pub(crate) fn rendering(template: &str, line: usize, cause: Cause) -> Self {
        Self { template: template.to_owned(), stage: Stage::Rendering, detail: Detail { line, cause } }
    }

    /// The name of the item whose template it is.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// What a status may show.
    pub fn shown(&self) -> Shown<'_> {
        match self.stage {
            Stage::Reading => Shown::NotATemplate(&self.detail),
            Stage::Rendering => Shown::DoesNotRender,
        }
    }

    /// Line and cause: for the log, and for users who may read the values. Not for a status or an event.
    pub fn detail(&self) -> &Detail {
        &self.detail
    }

    /// Whether the templates of the object together reached a limit, so that none of them can render any more.
    pub fn is_spent(&self) -> bool {
        matches!(self.detail.cause, Cause::Limit(bound) if !matches!(bound, Bound::Depth(_)))
    }
}

impl std::error::Error for TemplateError {}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template {:?}{}", self.template, self.shown())
    }
}

/// As `Display`, so that `{:?}` shows no more.
impl fmt::Debug for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TemplateError({self})")
    }
}

/// The end of a sentence that begins with the name of the template.
impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotATemplate(detail) => write!(f, ", {detail}"),
            Self::DoesNotRender => f.write_str(" does not render with these values"),
        }
    }
}

impl Cause {
    pub(crate) fn syntax(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Syntax(message.into())
    }

    pub(crate) fn evaluation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Evaluation(message.into())
    }

    /// This cause, in the function of that name. A limit stays a limit.
    pub(crate) fn within(self, function: &str) -> Self {
        match self {
            Self::Evaluation(reason) => Self::Call { function: function.to_owned(), reason },
            other => other,
        }
    }
}
