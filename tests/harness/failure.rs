//! [`Failure`]: an error with a hint for the user; [`Unrun`]: why a test cannot run on this machine; and [`report`], which prints an error
//! with its causes and its hint.

use std::error::Error;
use std::fmt::{self, Write as _};

/// An error with advice for the user. Its `Display` is the error; [`report`] prints the hint, last.
#[derive(Debug)]
pub struct Failure {
    what: String,
    hint: String,
}

impl Failure {
    /// An error and its hint.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Failure {}

/// Why a test cannot run on this machine. A test that ends with this error counts as ignored, with the reason shown;
/// where `SEALED_SECRETS_TEST_ALL` is set it counts as failed, unless it is optional.
#[derive(Debug, Clone)]
pub struct Unrun {
    reason: String,
    is_optional: bool,
}

impl Unrun {
    /// `reason` says what is missing, and how to install it.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_optional: false }
    }

    /// As [`new`](Self::new), for a test that may be left out wherever it cannot run.
    pub fn optional(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_optional: true }
    }

    /// Whether the test has failed, instead of being ignored, where `SEALED_SECRETS_TEST_ALL` is set or not
    /// (`all_must_run`).
    pub(crate) const fn is_failure(&self, all_must_run: bool) -> bool {
        all_must_run && !self.is_optional
    }
}

impl fmt::Display for Unrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for Unrun {}

/// The whole text of an error: `error:`, its causes, then `hint:` if one of them has a hint.
pub fn report(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error}");
    for cause in error.chain().skip(1) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  because: {cause}");
    }
    let hint = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Failure>())
        .or_else(|| error.downcast_ref::<Failure>());
    if let Some(failure) = hint {
        let _ = write!(text, "\nhint: {}", failure.hint);
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_hint_comes_last_and_once() {
        let error = Err::<(), _>(Failure::new("no go", "install Go")).context("etcd was not built");
        let error = error.expect_err("built from Err").context("the control plane did not start");
        assert_eq!(
            report(&error),
            "error: the control plane did not start\n  because: etcd was not built\n  because: no go\nhint: install Go"
        );
    }

    #[test]
    fn only_what_is_optional_may_be_left_out_where_all_must_run() {
        assert!(Unrun::new("no root").is_failure(true));
        assert!(!Unrun::new("no root").is_failure(false));
        assert!(!Unrun::optional("no Python").is_failure(true));
    }

    #[test]
    fn a_failure_used_as_context_keeps_its_hint() {
        let error = anyhow::anyhow!("exit status 1").context(Failure::new("no go", "install Go"));
        assert_eq!(report(&error), "error: no go\n  because: exit status 1\nhint: install Go");
    }
}
