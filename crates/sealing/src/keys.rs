//! The sealing keys of clusters, and [`Keys`]: what a user has to open SealedSecrets with.

pub(crate) mod key_ring;
pub(crate) mod sealing_key;
pub(crate) mod successor_name;

use crate::keys::key_ring::KeyRing;
use recipients::{AgeRecipient, ObjectKey};
use std::fmt;

/// Opens the object key that an age file holds, which is for this recipient. None if no identity of the user opens it.
pub type AgeOpener<'a> = &'a dyn Fn(&AgeRecipient, &[u8]) -> Option<ObjectKey>;

/// The keys of a user.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// Sealing keys, as of a backup.
    pub ring: &'a KeyRing,
    /// Age identities, if there are any.
    pub age: Option<AgeOpener<'a>>,
}

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({:?}, age: {})", self.ring, self.age.is_some())
    }
}
