//! How a kubeconfig's user authenticates: credential plugin, auth-provider, token file. Each is a file here, which `session`
//! calls.

pub(crate) mod auth_provider;
pub(crate) mod plugin;
pub(crate) mod token_file;
