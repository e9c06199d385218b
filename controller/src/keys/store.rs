//! The key Secrets of the cluster: watched, read, refused where they are no sealing keys, and written.

pub(crate) mod events;
pub(crate) mod foreign_namespaces;
pub(crate) mod key_records;
pub(crate) mod key_secret;
pub(crate) mod rejected;
pub(crate) mod rejections;
pub(crate) mod ring;
pub(crate) mod watch;
pub(crate) mod watched;
pub(crate) mod write;
