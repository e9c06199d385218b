//! [`Descent`]: which key another one succeeded, as far as the name of its Secret shows. Pure.
//!
//! Our controller derives that name from the predecessor, or for the first key from a stored text. Upstream's names are
//! random.

use envelope::Fingerprint;
use sealing::{Predecessor, successor_name};

/// Number of names that are tried for one predecessor: the controller takes the next name if one is in use, which
/// hardly ever happens.
const ATTEMPTS: usize = 64;

/// The predecessor of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Descent {
    /// None: the controller had no key when it made this one.
    First,
    /// A key that is known here.
    Of(Fingerprint),
    /// The name does not show it.
    Unknown,
}

impl Descent {
    /// The descent of the key in the Secret with this name; `origin` is the text for first keys, `known` every possible
    /// predecessor.
    pub(crate) fn of(
        name: &str,
        prefix: &str,
        origin: Option<&str>,
        known: impl IntoIterator<Item = Fingerprint>,
    ) -> Self {
        let follows = |predecessor: &Predecessor| {
            (0..ATTEMPTS).any(|attempt| successor_name(prefix, predecessor, attempt) == name)
        };
        if let Some(key) = known.into_iter().find(|key| follows(&Predecessor::Key(*key))) {
            return Self::Of(key);
        }
        let is_first = origin.is_some_and(|origin| follows(&Predecessor::None(origin.to_owned())));
        if is_first { Self::First } else { Self::Unknown }
    }
}
