//! [`Memory`] and [`Inputs`]: what [`ObjectStates`](crate::unseal::state::object_states::ObjectStates) returns, and what
//! it compares.

use crate::unseal::cause::identity::Identity;
use api::{Scope, SealedSecretStatus};
use std::time::Duration;

/// Everything that an outcome depends on, as it was when it was decided. The same inputs have the same outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Default))]
pub(crate) struct Inputs {
    /// The SealedSecret's generation, which identifies its spec.
    pub generation: Option<i64>,
    /// The scope in the SealedSecret's annotations.
    pub scope: Scope,
    /// The digest of the annotation for the recipients.
    pub recipients: Option<String>,
    /// Drift is corrected, by the flags and the SealedSecret's annotations.
    pub correct_drift: bool,
    /// A digest of the keys in the SealedSecret's annotations that are known, and their items: any user may write many names.
    pub hint: Option<[u8; 32]>,
    /// As far as is known, a leaked key sealed it: if it does not open, that is why.
    pub revoked: bool,
    /// The version of the ring of keys.
    pub ring_version: u64,
    /// The version of the existing Secret.
    pub target_version: Option<String>,
}

/// What is remembered of one SealedSecret at one moment. Each field is a fact for a decision or a report.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
pub(crate) struct Memory {
    /// The status as this process or another client last wrote it, else as the watch shows it.
    pub status: Option<SealedSecretStatus>,
    /// What that status says has failed, if this process wrote it.
    pub cause: Option<Identity>,
    /// The latest version of the SealedSecret that is known.
    pub version: Option<String>,
    /// The API server has not accepted that status yet, though nothing has changed since.
    pub is_unwritten: bool,
    /// How long the status must not be written, because another client overwrites it each time.
    pub status_delay: Option<Duration>,
    /// This process has unsealed this generation.
    pub unsealed: bool,
    /// The Secret was corrected not long ago: another client made the present difference.
    pub is_contested: bool,
    /// How long the Secret must not be corrected, because another client reverts it each time.
    pub correction_delay: Option<Duration>,
    /// The Secret of a deleted SealedSecret exists for so long that the garbage collector will not delete it.
    pub is_collector_late: bool,
}
