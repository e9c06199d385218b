//! What a test puts into the cluster beside a chart: Flux, an admission policy, SealedSecrets that no key opens.

pub mod admission_policy;
pub mod flux;
pub mod unopenable;
