//! Renewals that a user asks for: by the annotation on a key Secret, or by SIGUSR1.

pub(crate) mod annotation;
pub(crate) mod listen;
pub(crate) mod requests;
pub(crate) mod signal;
