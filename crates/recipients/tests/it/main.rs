//! The format from outside: what is read and refused, that what is written reads back, and the vectors that a second implementation wrote.
//! `crates/sealing/tests` opens the vectors too, as the controller does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod format;
mod reader;
mod vectors;
