//! [`Gist`]: what a status says, in a few bytes.

use api::{Condition, SealedSecretStatus};
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// Hashes of what a status says, without its times.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gist {
    said: u64,
    /// None if it names no Secret.
    target: Option<u64>,
}

impl Gist {
    pub(crate) fn of(status: &SealedSecretStatus) -> Self {
        let said = |condition: &Condition| {
            (
                condition.type_.clone(),
                condition.status as u8,
                condition.reason.clone(),
                condition.message.clone(),
            )
        };
        let conditions: Vec<_> = status.conditions.iter().map(said).collect();
        let target = status.target.as_ref().map(|target| hash(&(&target.resource_version, &target.scope)));
        Self { said: hash(&(conditions, status.observed_generation)), target }
    }

    /// Whether it says something else. A CustomResourceDefinition that does not have `target`, or a field of it, drops it; that is no
    /// difference.
    pub(crate) fn differs(&self, ours: &Self) -> bool {
        self.said != ours.said || (self.target.is_some() && self.target != ours.target)
    }
}

/// Of this process only.
pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
