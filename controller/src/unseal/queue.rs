//! What bounds the work at one time: [`admission`] the SealedSecrets, [`cpu_permits`] the processors and large objects,
//! and [`render_rate`] how often one SealedSecret is rendered anew. [`fair_queue`] shares the first two among the
//! namespaces.

pub(crate) mod admission;
pub(crate) mod cpu_permits;
pub(crate) mod fair_queue;
pub(crate) mod render_rate;
