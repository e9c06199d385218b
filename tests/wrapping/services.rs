//! The key management services, one a file.
//!
//! | kind | controller's identity | not as in production |
//! |---|---|---|
//! | [`Plugin`](plugin::Plugin) | the socket | the key lies in a file |
//! | [`Bao`](bao::Bao) | a token of its ServiceAccount | |
//! | [`Aws`](aws::Aws) | variables of the container | checks no signature |
//! | [`AwsRole`](aws_role::AwsRole) | a role by its ServiceAccount's token (IRSA) | loses its keys when it ends |
//! | [`Google`](google::Google) | the metadata server (Workload Identity) | encrypts nothing |

pub(crate) mod aws;
pub(crate) mod aws_role;
pub(crate) mod bao;
pub(crate) mod google;
pub(crate) mod plugin;
pub(crate) mod test_service;
