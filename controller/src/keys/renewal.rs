//! When a sealing key is renewed, and the loop that does it.
//!
//! [`schedule`] says which key is the newest and when it is due; [`plan`], what to do now; [`settle`] does it until nothing is
//! left to do; [`renewer`] runs `settle` whenever the keys, the time or the requests change. The tests in `simulation`
//! run `settle` in several replicas over simulated decades. [`signal`] is SIGUSR1.

pub(crate) mod clock_skew;
pub(crate) mod due;
pub(crate) mod first_key_name;
pub(crate) mod generate;
pub(crate) mod hold;
pub(crate) mod plan;
pub(crate) mod renewer;
pub(crate) mod schedule;
pub(crate) mod settle;
pub(crate) mod signal;
#[cfg(test)]
pub(crate) mod simulation;
#[cfg(test)]
pub(crate) mod test_keys;
