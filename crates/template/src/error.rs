//! Why a template does not render: what may be shown to anybody, and the rest.
//!
//! A person who may edit a SealedSecret but not read Secrets could ask with templates, and read the answers from the status: which
//! line failed, at which function, with which types, or which of many templates. So [`TemplateError`] shows nothing that depends on
//! the values but that its template did not render; a caller with several templates must not even show which of them did not.
//! Lines, functions and types are in its [`Detail`], which has to be asked for. Neither ever holds a value.

use std::borrow::Cow;
use std::fmt;

/// Why a template does not render, as everybody may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateError {
    template: String,
    stage: Stage,
    detail: Detail,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The text was read, whatever the values are.
    Reading,
    /// The values were at work.
    Rendering,
}

/// What everybody may know of a [`TemplateError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown<'e> {
    /// Not a template, or one that is too large to be read: by its text alone, which is public.
    NotATemplate(&'e Detail),
    /// It does not render with these values, or not within its bounds.
    DoesNotRender,
}

/// Where a template failed, and why. It depends on the values, though it holds none: for the log, and for users who have the values.
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
    #[error("limit reached: keys, signatures and password hashes take more than about {0} ms together")]
    Toil(u64),
}

/// The result of every step inside the crate.
pub(crate) type Result<T> = std::result::Result<T, Cause>;

impl TemplateError {
    /// Of a text that could not be read.
    pub(crate) fn reading(template: &str, line: usize, cause: Cause) -> Self {
        Self { template: template.to_owned(), stage: Stage::Reading, detail: Detail { line, cause } }
    }

    /// Of a template that was read and did not render.
    pub(crate) fn rendering(template: &str, line: usize, cause: Cause) -> Self {
        Self { template: template.to_owned(), stage: Stage::Rendering, detail: Detail { line, cause } }
    }

    /// The name of the item whose template it is.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// What everybody may know.
    pub fn shown(&self) -> Shown<'_> {
        match self.stage {
            Stage::Reading => Shown::NotATemplate(&self.detail),
            Stage::Rendering => Shown::DoesNotRender,
        }
    }

    /// Where and why. Not for a status, an event, or anybody who may not read the values.
    pub fn detail(&self) -> &Detail {
        &self.detail
    }

    /// Whether it says that what all templates of the object may cost together is spent.
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

/// The same, so that nothing more slips out by the way of a `{:?}`.
impl fmt::Debug for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TemplateError({self})")
    }
}

/// Behind the name of a template.
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

    /// Puts the function's name to what went wrong in it. A bound stays a bound.
    pub(crate) fn within(self, function: &str) -> Self {
        match self {
            Self::Evaluation(reason) => Self::Call { function: function.to_owned(), reason },
            other => other,
        }
    }
}
