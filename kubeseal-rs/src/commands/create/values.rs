//! [`Values`] and [`KeyCheck`]: types that all forms of `create` use.

use crate::error::CommandError;
use envelope::Plaintext;
use std::collections::{BTreeMap, BTreeSet};

/// The values of a Secret, by key.
pub(crate) type Values = BTreeMap<String, Plaintext>;

/// Refuses keys before the user is prompted for their values.
pub(crate) type KeyCheck<'a> = &'a dyn Fn(&BTreeSet<&str>) -> Result<(), CommandError>;
