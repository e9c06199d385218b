//! How a kubeconfig's user authenticates: credential plugin, auth-provider, token file.

pub(crate) mod auth_provider;
pub(crate) mod plugin;
pub(crate) mod token_file;
