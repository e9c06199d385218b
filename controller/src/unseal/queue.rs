//! Which SealedSecret is reconciled next, how many at the same time, and who may use a processor.

pub(crate) mod admission;
pub(crate) mod cpu_permits;
pub(crate) mod fair_queue;
pub(crate) mod large_objects;
