//! When a sealing key is renewed, and the loop that does it.

pub(crate) mod api_server_clock;
pub(crate) mod clock_skew;
pub(crate) mod due;
pub(crate) mod first_key_name;
pub(crate) mod generate;
pub(crate) mod key_age;
pub(crate) mod observed;
pub(crate) mod plan;
pub(crate) mod renewer;
pub(crate) mod schedule;
#[cfg(test)]
pub(crate) mod simulation;
pub(crate) mod successor_name;
