//! [`Observed`]: what the schedule knows of the key Secrets. No private key is in it, so that the schedule can be tested
//! over decades without making one.

use crate::keys::renewal::key_age::Dates;
use crate::keys::renewal_request::annotation::Ask;
use envelope::Fingerprint;
use jiff::Timestamp;

/// The Secrets that are, were, or want to be sealing keys, as they stand now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Observed {
    /// In no order.
    pub secrets: Vec<KeySecret>,
    /// Whether any key has counted since this process started.
    pub had_any: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeySecret {
    /// A name that is taken, whatever stands in it.
    pub name: String,
    /// What stands in it.
    pub standing: Standing,
    /// Which requests about other keys it says it answers.
    pub answers: Vec<Ask>,
}

/// What a Secret is to the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A key that counts.
    Active {
        /// Whose.
        fingerprint: Fingerprint,
        /// Since when it is one.
        dates: Dates,
        /// Its Secret asks for renewal ([`api::sealing_key::RENEW`]).
        asked: Option<Ask>,
    },
    /// A key that leaked.
    Leaked {
        /// Whose.
        fingerprint: Fingerprint,
        /// The start of its certificate's validity.
        since: Timestamp,
    },
    /// Retired, refused, or no key at all.
    Out,
}
