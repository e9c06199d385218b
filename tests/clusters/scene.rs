//! What a test does in a [`Scene`](crate::stage::Scene): with a cluster, with SealedSecrets, with the commands of kubeseal, in a repository.

pub(crate) mod cluster;
pub(crate) mod items;
pub(crate) mod program;
pub(crate) mod repository;
