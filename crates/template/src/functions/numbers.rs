//! Functions of numbers: sprig's "Integer math", "Float math" and conversions.

pub(super) mod cast;
mod conversions;
mod maths;

use super::signature::Function;

pub(super) const FILES: &[&[Function]] = &[conversions::FUNCTIONS, maths::FUNCTIONS];
