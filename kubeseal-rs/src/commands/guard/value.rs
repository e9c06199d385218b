//! Whether a text is a secret value, or a placeholder for one: `plain` decides, `credential` is for text that may also
//! be configuration.

pub(crate) mod credential;
pub(crate) mod expression;
pub(crate) mod plain;
pub(crate) mod reference;
pub(crate) mod sealed;
