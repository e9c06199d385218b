//! Files: read, written whole or not at all, updated in place, found below a directory, and decoded.

pub(crate) mod decoded;
pub(crate) mod encoding;
pub(crate) mod file_update;
pub(crate) mod input;
pub(crate) mod output;
pub(crate) mod walk;
