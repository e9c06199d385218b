//! This process: its panics, core dumps, shutdown, readiness and clock. Imports nothing of the other rooms.

pub(crate) mod backoff;
pub(crate) mod boot_clock;
pub mod core_dumps;
pub(crate) mod error_chain;
pub mod panic_guard;
pub mod readiness;
pub mod shutdown;
