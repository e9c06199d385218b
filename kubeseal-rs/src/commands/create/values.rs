//! [`Values`] and [`KeyCheck`]: what all forms of `create` read and check.

use crate::commands::create::error::CreateError;
use envelope::Plaintext;
use std::collections::{BTreeMap, BTreeSet};

/// The values of a Secret, by key.
pub(crate) type Values = BTreeMap<String, Plaintext>;

/// Refuses keys before the user is asked for their values.
pub(crate) type KeyCheck<'a> = &'a dyn Fn(&BTreeSet<&str>) -> Result<(), CreateError>;
