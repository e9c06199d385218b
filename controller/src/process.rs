//! This process: its panics, core dumps, shutdown, readiness and clock. Imports no other module of the controller.

pub(crate) mod backoff;
pub(crate) mod boot_clock;
pub(crate) mod core_dumps;
pub(crate) mod error_chain;
pub(crate) mod panic_guard;
pub(crate) mod readiness;
pub(crate) mod shutdown;
