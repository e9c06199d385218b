//! This process: the name it was called by, its version, its core dumps, and memory that is wiped.

pub(crate) mod core_dumps;
pub(crate) mod program;
pub(crate) mod wiped;
