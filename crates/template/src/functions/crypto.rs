//! Functions with keys, hashes, passwords and randomness: sprig's "Cryptographic functions" and random strings.

mod certificates;
mod derive_password;
mod hashes;
mod random;

use super::signature::Function;

pub(super) const FILES: &[&[Function]] =
    &[certificates::FUNCTIONS, derive_password::FUNCTIONS, hashes::FUNCTIONS, random::FUNCTIONS];
