//! What upstream's flags ask for without a command, one file each.

pub(crate) mod fetch_cert;
pub(crate) mod merge_into;
pub(crate) mod raw;
pub(crate) mod re_encrypt;
pub(crate) mod recovery_unseal;
pub(crate) mod seal;
pub(crate) mod validate;
