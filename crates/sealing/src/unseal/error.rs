//! [`InFull`]: why a SealedSecret does not become a Secret, told with what depends on its values.

use crate::message::faulty_templates_in_full;
use crate::unseal::UnsealError;
use std::borrow::Borrow;
use std::fmt;

/// An error as a user who may read the values may read it, or the controller's log: with the lines in which templates failed, and why.
/// Never for a status or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InFull<E>(pub E);

impl<E: Borrow<UnsealError>> fmt::Display for InFull<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.borrow() {
            UnsealError::Templates { items, templates } => {
                f.write_str(&faulty_templates_in_full(items, templates))
            }
            error => error.fmt(f),
        }
    }
}

impl<E: Borrow<UnsealError> + fmt::Debug> std::error::Error for InFull<E> {}
