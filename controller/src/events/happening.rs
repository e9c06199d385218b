//! [`Happening`]: what an event says.

/// An event to be recorded on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happening {
    /// Warning, else Normal.
    pub warning: bool,
    /// One word; upstream's, where upstream has one.
    pub reason: &'static str,
    /// A sentence.
    pub message: String,
}
