//! The flags that several commands share, as clap reads them, and the types of their values. What they resolve to is in `target`.

pub(crate) mod certificate_flags;
pub(crate) mod connection_flags;
pub(crate) mod flag_value;
pub(crate) mod key_store_flags;
pub(crate) mod sensitive;
pub(crate) mod timeout;
pub(crate) mod unlock_flags;
pub(crate) mod usage_error;
