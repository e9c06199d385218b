//! The format from outside: what is read and refused, and that what is written reads back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod format;
