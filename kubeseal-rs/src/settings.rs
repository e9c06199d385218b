//! The flags that several commands share, as clap reads them, and the types of their values. `target` and `cluster` resolve them.
//! A new flag is a field of one of the `_flags` structs; a flag of one command only is in the file of the command.

pub(crate) mod certificate_flags;
pub(crate) mod connection_flags;
pub(crate) mod flag_value;
pub(crate) mod key_store_flags;
pub(crate) mod kubeconfig_flags;
pub(crate) mod project_flags;
pub(crate) mod recipient_flags;
pub(crate) mod recovery_flags;
pub(crate) mod sensitive;
pub(crate) mod timeout;
pub(crate) mod trust_flags;
pub(crate) mod unlock_flags;
pub(crate) mod usage_error;
