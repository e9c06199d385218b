//! The renderer from outside: held to what Go makes of the same templates, and to its own bounds.
//!
//! Templates that are meant to exhaust memory are in `bombs`, a test binary of its own: it measures the memory of its process.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod corpus;
mod honest;
mod mutations;
mod oracle;
mod panics;
mod refusals;
mod shapes;
mod shared;
