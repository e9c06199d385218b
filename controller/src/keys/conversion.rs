//! Stores keys in another form: wrapped, wrapped anew, in plain again, or with an escrow copy beside them. The leader does it, where a user
//! requested it by an annotation, or the flags say so.
//!
//! [`plan`] says what is to be done, and is pure; [`converter`] does it.
//!
//! Decided: a Secret's type and an immutable Secret's data cannot change, so each form is a Secret of its own. The new one is created, read back
//! and unwrapped before the old one is deleted; a process that ends in between leaves both, and the next one deletes the old.

pub(crate) mod converter;
pub(crate) mod plan;
