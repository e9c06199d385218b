//! The wire format from outside: keys and certificates, properties, and values that upstream's kubeseal sealed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod keys;
mod properties;
mod vectors;
