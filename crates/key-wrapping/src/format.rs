//! The document `wrapped.json`, as FORMAT.md has it. Pure.

pub(crate) mod context;
pub(crate) mod data_key;
pub(crate) mod document;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod slot;
