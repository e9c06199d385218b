//! The format from outside: the vectors that a second implementation wrote, and documents that were changed at random.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod case;
mod fuzz;
mod vectors;
